using LegoNet.Records;

namespace LegoNet.Runs;

/// <summary>What became of the records of a range of keys.</summary>
/// <param name="Slots">The trie's node of each slot of the range; null where a slot has no records.</param>
/// <param name="Shards">Rows of each adapter, [n].</param>
/// <param name="Repeated">Records that repeat another one and were passed over.</param>
internal sealed record RecordsOfRange(IReadOnlyList<NodeRef?> Slots, IReadOnlyList<long> Shards, long Repeated)
{
    /// <summary>Records.</summary>
    public long Count => Slots.Sum(s => s?.Count ?? 0);

    public static RecordsOfRange Read(TrainRun run, int range)
    {
        var content = run.ResultOf(run.TaskOf(TrainPlan.Records, range)).Content;
        return new RecordsOfRange(
            [.. content.ObjectsAndNulls("slots").Select(s => s is null ? null : InteriorNode.ReadRef(s))],
            [.. (content.OptionalNumbers("shards") ?? []).Select(n => (long)n)],
            content.Integer("repeated", 0, long.MaxValue));
    }
}
