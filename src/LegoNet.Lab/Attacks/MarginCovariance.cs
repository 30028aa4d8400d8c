namespace LegoNet.Lab.Attacks;

/// <summary>A covariance of margins before and after a request.</summary>
internal readonly record struct MarginCovariance(double Before, double Both, double After)
{
    /// <summary>The mean of some; at least one.</summary>
    public static MarginCovariance Mean(IReadOnlyCollection<MarginCovariance> of)
        => new(of.Average(c => c.Before), of.Average(c => c.Both), of.Average(c => c.After));
}
