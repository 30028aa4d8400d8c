namespace LegoNet.Lab.Comparisons;

/// <summary>Shares of records whose class a model says.</summary>
/// <param name="Retained">Of the records that stay.</param>
/// <param name="Forgotten">Of those that are forgotten.</param>
/// <param name="Test">Of records that no model saw, but for those of a class that is forgotten as a whole.</param>
public sealed record Accuracies(double Retained, double Forgotten, double Test);
