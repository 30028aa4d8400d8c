namespace LegoNet.Adapters;

/// <summary>What cross-validation found of a candidate.</summary>
/// <param name="Factor">What its scores are multiplied by to be logits: one over the temperature.</param>
/// <param name="Loss">The loss of all rows by fits without their folds; infinite where a fit was impossible or not tried.</param>
internal readonly record struct Trial(double Factor, double Loss)
{
    /// <summary>A candidate that could not be fitted or was not tried.</summary>
    public static Trial None { get; } = new(1, double.PositiveInfinity);
}
