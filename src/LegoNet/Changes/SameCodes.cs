using LegoNet.Records;

namespace LegoNet.Changes;

/// <summary>
/// Counts copies: records of other subjects whose code equals that of a record about to be forgotten. They stay, and whoever asks
/// for an erasure should know.
/// </summary>
internal static class SameCodes
{
    private const int FewRecords = 32;

    public static long CountElsewhere(RecordStore store, StoredShards shards, IReadOnlyList<RowRef> removed)
    {
        if (removed.Count == 0)
        {
            return 0;
        }

        var codes = new RemovedCodes(removed);
        var keys = removed.Select(row => row.Key).ToHashSet();

        // Equal codes have equal routes, so a copy's subject is in the index of every shard that the record is in, and few others
        // are; for many records one pass over all rows is cheaper.
        var candidates = removed.Count > FewRecords
            ? store.Rows()
            : removed.SelectMany(row => InAllShards(shards, row)).Distinct().SelectMany(store.FindPrefix);
        return candidates.LongCount(row => !keys.Contains(row.Key) && codes.HasCopyIn(row));
    }

    /// <summary>How many subjects are searched for copies of a row.</summary>
    public static int CandidatesFor(StoredShards shards, RowRef row) => InAllShards(shards, row).Count;

    /// <summary>The subjects (the first 32 bits of their tags) that have rows in all shards of a record's route.</summary>
    private static List<uint> InAllShards(StoredShards shards, RowRef row)
    {
        uint[][] subjects = [.. row.Route.ToArray().Select(adapter => shards.Read(adapter).Subjects).OrderBy(s => s.Length)];
        var common = new List<uint>();
        foreach (var subject in subjects[0])
        {
            if (subjects.Skip(1).All(s => Array.BinarySearch(s, subject) >= 0))
            {
                common.Add(subject);
            }
        }

        return common;
    }
}
