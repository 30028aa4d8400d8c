namespace LegoNet;

/// <summary>Progress of a long operation.</summary>
/// <param name="Stage">What is being done, e.g. "encoding", "fitting adapters".</param>
/// <param name="Done">Units done: records, adapters or files.</param>
/// <param name="Total">Units in all, where known.</param>
public readonly record struct LegoNetProgress(string Stage, long Done, long? Total);
