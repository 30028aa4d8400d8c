namespace LegoNet.Lab.Networks;

/// <summary>A record as one term of what training minimises.</summary>
/// <param name="Row">The record.</param>
/// <param name="Label">The class it is shown with, which need not be its own.</param>
/// <param name="Weight">The term's weight; below 0 the loss is raised instead.</param>
/// <param name="Until">
/// The probability of the label at which the term has had enough, from below or, with a weight below 0, from above; null for never, or for that
/// of a guess.
/// </param>
internal readonly record struct Example(int Row, int Label, float Weight = 1, float? Until = null);
