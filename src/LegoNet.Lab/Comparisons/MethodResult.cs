namespace LegoNet.Lab.Comparisons;

/// <summary>One method's runs of one task.</summary>
/// <param name="Method">The method's name.</param>
/// <param name="Seeds">A run for each seed; none where the method failed.</param>
/// <param name="Oracles">
/// Models that the method's oracle trained on the retained records, for KLoM; 0 where the model is its oracle to the byte with every seed, and
/// there is nothing to measure.
/// </param>
/// <param name="OracleKlom">What a model that never saw the records gets: each oracle against the others; null without oracles.</param>
/// <param name="Failure">Why the method could not do the task, in one sentence; null where it did.</param>
public sealed record MethodResult(
    string Method, IReadOnlyList<SeedResult> Seeds, int Oracles, KlomFigures? OracleKlom, string? Failure = null);
