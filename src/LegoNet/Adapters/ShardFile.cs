using LegoNet.Data.Formats;
using LegoNet.Records;

namespace LegoNet.Adapters;

/// <summary>
/// What a model keeps beside an adapter: which subjects have rows in its shard (the first 32 bits of their tags, ascending,
/// distinct), and the trainer's sums where it keeps them. With it a refit finds a few rows without reading the whole store.
/// </summary>
internal sealed record ShardFile(uint[] Subjects, IReadOnlyDictionary<string, long[]>? Sums)
{
    private const string SubjectsName = "subjects";

    /// <summary>The index of a shard with these rows.</summary>
    public static uint[] SubjectsOf(IReadOnlyList<RowRef> rows)
    {
        var subjects = new uint[rows.Count];
        for (var i = 0; i < subjects.Length; i++)
        {
            subjects[i] = rows[i].Key.SubjectPrefix;
        }

        return Distinct(subjects);
    }

    /// <summary>The index after subjects came and went.</summary>
    public uint[] SubjectsWith(IEnumerable<uint> added, IEnumerable<uint> removed)
    {
        // Many may go at once: what stays between them is copied piece by piece.
        var kept = new List<uint>(Subjects.Length);
        var start = 0;
        foreach (var subject in removed.Order())
        {
            if (Array.BinarySearch(Subjects, start, Subjects.Length - start, subject) is >= 0 and var place)
            {
                kept.AddRange(Subjects.AsSpan(start, place - start));
                start = place + 1;
            }
        }

        kept.AddRange(Subjects.AsSpan(start));
        kept.AddRange(added);
        return Distinct([.. kept]);
    }

    /// <summary>Sorts subjects and keeps each once. What is nearly in order is sorted fast.</summary>
    public static uint[] Distinct(uint[] subjects)
    {
        subjects.AsSpan().Sort();
        var kept = 0;
        foreach (var subject in subjects)
        {
            if (kept == 0 || subjects[kept - 1] != subject)
            {
                subjects[kept++] = subject;
            }
        }

        return kept == subjects.Length ? subjects : subjects[..kept];
    }

    public byte[] ToFile()
    {
        var writer = new SafetensorsWriter();
        foreach (var (name, values) in (Sums ?? new Dictionary<string, long[]>()).OrderBy(s => s.Key, StringComparer.Ordinal))
        {
            writer.Add<long>(name, place => values.CopyTo(place), values.Length);
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
