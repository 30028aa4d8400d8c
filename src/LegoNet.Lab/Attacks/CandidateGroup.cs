namespace LegoNet.Lab.Attacks;

/// <summary>Records that are attacked, chosen in one way.</summary>
/// <param name="Name">How they were chosen, e.g. "random".</param>
/// <param name="Rows">Their rows in the sample, ascending.</param>
public sealed record CandidateGroup(string Name, IReadOnlyList<int> Rows);
