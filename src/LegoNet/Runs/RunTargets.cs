using LegoNet.Data.Formats;
using LegoNet.Records;

namespace LegoNet.Runs;

/// <summary>
/// Whom and what a run forgets: keyed tags, in key order, each with the place of its request; and the same under the keys of registered caches.
/// </summary>
internal sealed class RunTargets
{
    private const int KeyBytes = 2 * RecordKey.TagBytes;
    private const string KeysName = "keys";
    private const string SubjectsName = "subjects";
    private const string RequestsName = "requests";
    private const string CachePrefix = "cache.";

    private readonly SafetensorsFile _file;

    private RunTargets(SafetensorsFile file)
    {
        _file = file;
        var requests = file.Get<int>(RequestsName, -1);
        All = [.. Read(file, KeysName).Zip(requests.ToArray())];
    }

    /// <summary>The targets, and the number of the request for each, from 1.</summary>
    public IReadOnlyList<(TagTarget Target, int Request)> All { get; }

    /// <summary>Writes targets.</summary>
    /// <param name="targets">The targets by name, in the order of the requests.</param>
    /// <param name="key">The model's tag key.</param>
    /// <param name="caches">Registered caches, by their own names, and their keys.</param>
    public static byte[] Write(IReadOnlyCollection<ForgetTarget> targets, TagKey key, IReadOnlyList<(string Id, TagKey Key)> caches)
    {
        var all = targets.Select((t, i) => (Target: TagTarget.Of(t, key), Request: i + 1))
            .OrderBy(t => t.Target.Key)
            .ThenBy(t => t.Request)
            .DistinctBy(t => t.Target)
            .ToArray();
        var writer = new SafetensorsWriter();
        writer.Add<int>(RequestsName, all.Select(t => t.Request).ToArray(), all.Length);
        Add(writer, KeysName, [.. all.Select(t => t.Target)]);
        foreach (var (id, cacheKey) in caches)
        {
            Add(writer, CachePrefix + id, [.. targets.Select(t => TagTarget.Of(t, cacheKey)).OrderBy(t => t.Key)]);
        }

        return writer.ToArray();
    }

    public static RunTargets Parse(ReadOnlyMemory<byte> bytes, string file) => new(SafetensorsFile.Parse(bytes, file, LegoNetError.Damaged));

    /// <summary>The targets in a range of keys.</summary>
    public IEnumerable<(TagTarget Target, int Request)> In(KeyRange range)
        => All.Where(t => KeyRange.SlotOf(t.Target.Key) is var slot && slot >= range.First && slot < range.End);

    /// <summary>The targets as a registered cache knows them; null for one that was not registered when the run was planned.</summary>
    public IReadOnlyList<TagTarget>? InCache(string id) => _file.Header.TryGet(CachePrefix + id, out _) ? Read(_file, CachePrefix + id) : null;

    private static void Add(SafetensorsWriter writer, string name, TagTarget[] targets)
    {
        writer.Add<byte>(
            name,
            place =>
            {
                for (var i = 0; i < targets.Length; i++)
                {
                    targets[i].Key.WriteSubjectTag(place[(i * KeyBytes)..]);
                    targets[i].Key.WriteRecordTag(place[((i * KeyBytes) + RecordKey.TagBytes)..]);
                }
            },
            targets.Length,
            KeyBytes);
        writer.Add<byte>($"{name}.{SubjectsName}", [.. targets.Select(t => (byte)(t.IsSubject ? 1 : 0))], targets.Length);
    }

    private static TagTarget[] Read(SafetensorsFile file, string name)
    {
        var keys = file.Get<byte>(name, -1, KeyBytes);
        var subjects = file.Get<byte>($"{name}.{SubjectsName}", -1);
        var targets = new TagTarget[subjects.Length];
        for (var i = 0; i < targets.Length; i++)
        {
            var key = keys.Slice(i * KeyBytes, KeyBytes);
            targets[i] = new TagTarget(new RecordKey(key, key[RecordKey.TagBytes..]), subjects[i] != 0);
        }

        return targets;
    }
}
