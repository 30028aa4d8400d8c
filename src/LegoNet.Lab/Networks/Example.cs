namespace LegoNet.Lab.Networks;

/// <summary>A record as one term of what training minimises.</summary>
/// <param name="Row">The record.</param>
/// <param name="Label">The class it is shown with, which need not be its own.</param>
/// <param name="Weight">The term's weight; below 0 the loss is raised instead, as far as that of a guess.</param>
/// <param name="Until">The probability of the label from which on a term with a weight above 0 has had enough; 1 for never.</param>
internal readonly record struct Example(int Row, int Label, float Weight = 1, float Until = 1);
