namespace LegoNet.Cluster.Stores;

/// <summary>How a run stands in the store, at one moment.</summary>
/// <param name="IsRegistered">Whether it is there.</param>
/// <param name="Live">Jobs that wait or are worked on.</param>
/// <param name="Parked">Tasks that failed for good.</param>
/// <param name="Workers">Workers that have said lately that they live.</param>
internal sealed record RunState(bool IsRegistered, int Live, IReadOnlyList<int> Parked, int Workers);
