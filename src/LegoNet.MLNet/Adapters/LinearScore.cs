namespace LegoNet.MLNet.Adapters;

/// <summary>A linear model as ML.NET fitted it to code / 127.</summary>
/// <param name="Weights">Weights, [d].</param>
/// <param name="Bias">Bias.</param>
internal sealed record LinearScore(float[] Weights, float Bias);
