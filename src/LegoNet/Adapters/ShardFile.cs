using LegoNet.Formats;
using LegoNet.Records;

namespace LegoNet.Adapters;

/// <summary>
/// What a model keeps beside an adapter: which subjects have rows in its shard (the first 32 bits of their tags, ascending,
/// distinct), and the trainer's sums where it keeps them. With it a refit finds its rows without reading the whole store.
/// </summary>
internal sealed record ShardFile(uint[] Subjects, IReadOnlyDictionary<string, long[]>? Sums)
{
    private const string SubjectsName = "subjects";

    /// <summary>The index of a shard with these rows.</summary>
    public static uint[] SubjectsOf(IEnumerable<RowRef> rows) => [.. rows.Select(row => row.Key.SubjectPrefix).Distinct().Order()];

    public byte[] ToFile()
    {
        var writer = new SafetensorsWriter();
        foreach (var (name, values) in (Sums ?? new Dictionary<string, long[]>()).OrderBy(s => s.Key, StringComparer.Ordinal))
        {
            writer.Add<long>(name, values, values.Length);
        }

        writer.Add<uint>(SubjectsName, Subjects, Subjects.Length);
        return writer.ToArray();
    }

    public static ShardFile Parse(ReadOnlyMemory<byte> bytes, string file)
    {
        var parsed = SafetensorsFile.Parse(bytes, file, LegoNetError.Damaged);
        var sums = parsed.Header.Tensors
            .Where(t => t.Name != SubjectsName)
            .ToDictionary(t => t.Name, t => parsed.Get<long>(t.Name, -1).ToArray(), StringComparer.Ordinal);
        return new ShardFile(parsed.Get<uint>(SubjectsName, -1).ToArray(), sums.Count == 0 ? null : sums);
    }
}
