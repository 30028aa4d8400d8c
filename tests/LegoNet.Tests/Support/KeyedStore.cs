using LegoNet.Audit;
using LegoNet.Data.Files;
using LegoNet.Records;
using LegoNet.Store;

namespace LegoNet.Tests.Support;

/// <summary>A record store in memory over chosen keys, whose records' contents do not matter, and proofs about it.</summary>
internal sealed class KeyedStore : IDisposable
{
    public static readonly TagKey TagKey = TagKey.FromBytes([.. Enumerable.Range(0, 32).Select(i => (byte)i)]);
    public static readonly SigningKey SigningKey = SigningKey.CreateRandom();

    public static readonly LedgerPosition Head = new(Digests.Of([1]), 7, Digests.Of([2]));
    public const string Manifest = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";

    private static readonly DateTimeOffset s_time = new(2026, 11, 21, 7, 1, 2, 345, TimeSpan.Zero);
    private readonly MemoryFiles _files = new();
    private readonly RecordStore _store;

    public KeyedStore(IEnumerable<RecordKey> keys, int segmentRows = 3)
    {
        var layout = Models.Definition(segmentRows: segmentRows).Spec.Rows;
        RecordKey[] ordered = [.. keys.Distinct().Order()];
        var rows = new MemoryRows(layout, Math.Max(1, ordered.Length));
        var stored = Array.ConvertAll(ordered, key => rows.Add(key, [0], new sbyte[layout.Dimension], Models.Fingerprint));
        for (var i = 0; i < rows.Routes.Length; i++)
        {
            rows.Routes[i] = (ushort)(i % layout.Active);
        }

        using var empty = new RecordStore(layout, null, _files, TagKey);
        using var built = empty.Build(stored, _files, threads: 1);

        // Opened anew, so that a proof reads what was written.
        _store = new RecordStore(layout, built.Root, _files, TagKey);
        Keys = ordered;
        Tags = built.Root?.Tags ?? TagTree.Empty;
        Root = RootDigests.Of(Manifest, Tags);
    }

    public IReadOnlyList<RecordKey> Keys { get; }

    /// <summary>Hash of the tag tree.</summary>
    public string Tags { get; }

    public string Root { get; }

    public static byte[] SubjectTag(in RecordKey key)
    {
        var tag = new byte[RecordKey.TagBytes];
        key.WriteSubjectTag(tag);
        return tag;
    }

    public (List<TagStep> Path, TagEnd? End) Descend(byte[] subjectTag)
    {
        var path = new List<TagStep>();
        return (path, _store.Descend(subjectTag, path));
    }

    public MembershipProof Prove(byte[] subjectTag)
    {
        var (path, end) = Descend(subjectTag);
        return MembershipProof.Create("somebody", subjectTag, s_time, Head, Root, Manifest, path, end, SigningKey);
    }

    public void Dispose() => _store.Dispose();
}
