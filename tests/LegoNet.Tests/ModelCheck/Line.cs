namespace LegoNet.Tests.ModelCheck;

/// <summary>An entry of the ledger as the reference remembers it.</summary>
internal sealed record Line(int Sequence, DateTimeOffset Time, string Operation, IReadOnlySet<Target> Targets, string RootAfter, string Digest)
{
    /// <summary>The caches that were given up unpurged.</summary>
    public IReadOnlyList<CacheEntry> Dropped { get; init; } = [];
}
