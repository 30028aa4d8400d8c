using LegoNet.Audit;

namespace LegoNet.Runs;

/// <summary>What came of a run.</summary>
/// <param name="Kind">What was planned: "train", "forget" or "score".</param>
/// <param name="Output">The model directory, or the file of scores.</param>
/// <param name="Receipt">
/// The signed receipt of a forget, made again from the ledger where an earlier attempt at finishing committed it; null for other runs.
/// </param>
public sealed record RunResult(string Kind, string Output, Receipt? Receipt = null);
