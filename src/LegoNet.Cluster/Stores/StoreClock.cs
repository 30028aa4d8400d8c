using System.Diagnostics;

namespace LegoNet.Cluster.Stores;

/// <summary>
/// The store's clock. Nodes of a cluster judge by time stamps which of them has died, so a machine whose own clock is wrong would fail
/// live nodes, or be failed, over and over. All go by PostgreSQL's clock instead: it is asked now and then, and a stopwatch goes on from there.
/// </summary>
internal sealed class StoreClock : TimeProvider
{
    private readonly Lock _lock = new();
    private DateTimeOffset _set = DateTimeOffset.UtcNow;
    private long _at = Stopwatch.GetTimestamp();

    public override DateTimeOffset GetUtcNow()
    {
        lock (_lock)
        {
            return _set + Stopwatch.GetElapsedTime(_at);
        }
    }

    /// <summary>How far this machine's own clock is ahead of the store's; negative where it is behind.</summary>
    public TimeSpan Ahead => DateTimeOffset.UtcNow - GetUtcNow();

    /// <summary>Sets the clock.</summary>
    /// <param name="store">What the store's clock said.</param>
    /// <param name="asked">The stopwatch's reading when it was asked.</param>
    /// <param name="answered">And when the answer was there.</param>
    public void Set(DateTimeOffset store, long asked, long answered)
    {
        lock (_lock)
        {
            (_set, _at) = (store, asked + ((answered - asked) / 2));
        }
    }
}
