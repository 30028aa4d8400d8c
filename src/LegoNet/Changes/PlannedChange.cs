using LegoNet.Audit;
using LegoNet.Caching;
using LegoNet.Records;

namespace LegoNet.Changes;

/// <summary>Which rows a change takes out and puts in.</summary>
internal sealed record PlannedChange(IReadOnlyList<RowRef> Removed, IReadOnlyList<RowRef> Added, IReadOnlyList<string> Tags)
{
    /// <summary>The shard files that planning has read already; null where it has read none.</summary>
    public StoredShards? Shards { get; init; }

    public long SameCodeElsewhere { get; init; }

    public long ForgottenBefore { get; init; }

    /// <summary>What registered caches of encodings have to drop before the change is acknowledged.</summary>
    public PurgeTargets CacheTargets { get; init; } = PurgeTargets.None;

    /// <summary>What was made of the change before, by tasks; null where it is made now.</summary>
    public IMadeChange? Made { get; init; }

    /// <summary>The entry of the change that did what is asked for already, e.g. before a crash that lost its receipt.</summary>
    public LedgerHead? DoneBefore { get; init; }

    public bool IsEmpty => Removed.Count == 0 && Added.Count == 0;

    /// <summary>The change as the store wants it: by key, a replaced key once.</summary>
    public RowChange[] InKeyOrder()
    {
        var changes = new SortedDictionary<RecordKey, RowRef?>();
        foreach (var row in Removed)
        {
            changes[row.Key] = null;
        }

        foreach (var row in Added)
        {
            changes[row.Key] = row;
        }

        return [.. changes.Select(c => new RowChange(c.Key, c.Value))];
    }
}
