namespace LegoNet.Lab.Attacks;

/// <summary>A point of a receiver operating characteristic.</summary>
/// <param name="FalsePositives">The share of never-seen records that the attack names.</param>
/// <param name="TruePositives">The share of the others that it names.</param>
public sealed record CurvePoint(double FalsePositives, double TruePositives);
