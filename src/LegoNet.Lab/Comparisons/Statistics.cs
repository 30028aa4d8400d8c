namespace LegoNet.Lab.Comparisons;

/// <summary>Order statistics.</summary>
internal static class Statistics
{
    public static double Median(IReadOnlyList<double> values) => Quantile(values, 0.5);

    /// <summary>A quantile, between two values where it lies between them.</summary>
    /// <param name="values">At least one value.</param>
    /// <param name="share">From 0 to 1.</param>
    public static double Quantile(IReadOnlyList<double> values, double share)
    {
        double[] sorted = [.. values.Order()];
        var place = share * (sorted.Length - 1);
        var below = (int)place;
        return sorted[below] + ((place - below) * (sorted[Math.Min(below + 1, sorted.Length - 1)] - sorted[below]));
    }
}
