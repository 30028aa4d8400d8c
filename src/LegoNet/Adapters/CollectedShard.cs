namespace LegoNet.Adapters;

/// <summary>What was collected of a shard in parts: its rows, or the sums over them where its trainer needs no more.</summary>
/// <param name="Rows">The rows; null where there are sums.</param>
/// <param name="Sums">The sums; null where there are rows.</param>
/// <param name="Subjects">The first 32 bits of its subjects' tags, ascending, each once.</param>
internal sealed record CollectedShard(Shard? Rows, Dictionary<string, long[]>? Sums, uint[] Subjects);
