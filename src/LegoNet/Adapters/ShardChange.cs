namespace LegoNet.Adapters;

/// <summary>How a shard came from the one that sums were taken over.</summary>
/// <param name="removed">Rows that went.</param>
/// <param name="added">Rows that came.</param>
/// <param name="rows">Rows after the change.</param>
/// <param name="after">Finds the rows after the change.</param>
public sealed class ShardChange(Shard removed, Shard added, long rows, Func<Shard> after)
{
    /// <summary>Rows that went.</summary>
    public Shard Removed { get; } = removed;

    /// <summary>Rows that came.</summary>
    public Shard Added { get; } = added;

    /// <summary>Rows after the change, m.</summary>
    public long Rows { get; } = rows;

    /// <summary>The rows after the change. They are searched in the store when they are first asked for.</summary>
    public Shard After => field ??= after();
}
