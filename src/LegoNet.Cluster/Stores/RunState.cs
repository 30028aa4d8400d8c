namespace LegoNet.Cluster.Stores;

/// <summary>How a run stands in the store, at one moment.</summary>
/// <param name="IsRegistered">Whether it is there.</param>
/// <param name="Live">Tasks that wait or are worked on.</param>
/// <param name="Parked">Tasks that failed for good, in order.</param>
/// <param name="Idle">Tasks whose jobs are about to be removed, or whose worker died while it did so.</param>
/// <param name="Workers">Workers that have said lately that they live.</param>
internal sealed record RunState(bool IsRegistered, IReadOnlySet<int> Live, IReadOnlyList<int> Parked, IReadOnlySet<int> Idle, int Workers);
