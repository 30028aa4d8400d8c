namespace LegoNet.Ensembles;

/// <summary>What the ensemble says of one record.</summary>
/// <param name="Label">The label as sources spell it: a class, a number, or classes joined by '|'.</param>
/// <param name="Index">Number of the top class; −1 for regression.</param>
/// <param name="Scores">Mean scores of the activated adapters, [C]; for regression the predicted target, [1].</param>
/// <param name="Probabilities">Probabilities, [C]; for regression empty.</param>
public sealed record Prediction(string Label, int Index, double[] Scores, double[] Probabilities);
