namespace LegoNet.MLNet;

/// <summary>The declared range of every feature: it is mapped linearly to int8 codes, and what lies outside is clamped.</summary>
/// <remarks>Declared, never found in the data: a range that was taken from records would still tell of them after they are forgotten.</remarks>
/// <param name="Min">The lower end; finite.</param>
/// <param name="Max">The upper end; finite and above <paramref name="Min"/>.</param>
public sealed record FeatureRange(double Min, double Max)
{
    /// <summary>The range from −<paramref name="limit"/> to <paramref name="limit"/>.</summary>
    /// <param name="limit">Positive and finite.</param>
    public static FeatureRange Within(double limit) => new(-limit, limit);
}
