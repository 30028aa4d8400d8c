namespace LegoNet.Lab.Attacks;

/// <summary>One attack on one record.</summary>
/// <param name="Score">How much the record looks like one of the kind that is looked for.</param>
/// <param name="IsPositive">Whether it is one.</param>
/// <param name="Model">The attacked model.</param>
/// <param name="Record">The record.</param>
internal readonly record struct Trial(double Score, bool IsPositive, int Model, int Record);
