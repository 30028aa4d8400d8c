namespace LegoNet.Lab.Attacks;

/// <summary>An attack at a fixed rate of false alarms.</summary>
/// <param name="FalsePositives">The share of never-seen records that the attack may name, e.g. 0.001.</param>
/// <param name="TruePositives">The share of the others that it then names.</param>
/// <param name="Low">Lower end of a 95 % confidence interval of that share.</param>
/// <param name="High">Its upper end.</param>
public sealed record OperatingPoint(double FalsePositives, double TruePositives, double Low, double High);
