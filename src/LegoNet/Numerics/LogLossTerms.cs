namespace LegoNet.Numerics;

/// <summary>What a factor on scores does to their log loss, summed over rows.</summary>
/// <param name="Loss">The loss.</param>
/// <param name="Slope">Its first derivative by the factor.</param>
/// <param name="Curvature">Its second derivative.</param>
/// <param name="Margin">How far the scores of the labels lie above the mean of all scores.</param>
internal readonly record struct LogLossTerms(double Loss, double Slope, double Curvature, double Margin);
