namespace LegoNet.Lab.Networks;

/// <summary>An optimiser and its step.</summary>
/// <param name="Kind">Which.</param>
/// <param name="LearningRate">The step.</param>
/// <param name="Momentum">SGD: what is kept of the update before. Adam: what is kept of the mean.</param>
/// <param name="WeightDecay">Added to the gradient, times the parameter.</param>
internal sealed record OptimiserOptions(OptimiserKind Kind, float LearningRate, float Momentum = 0.9f, float WeightDecay = 0);
