using LegoNet.Lab.Comparisons;

namespace LegoNet.Lab.Reports;

/// <summary>A figure over seeds.</summary>
/// <param name="Mean">Its mean.</param>
/// <param name="Median">Its median.</param>
/// <param name="Low">The least.</param>
/// <param name="High">The greatest.</param>
/// <param name="Deviation">The standard deviation of one seed; null of a single one.</param>
internal sealed record Spread(double Mean, double Median, double Low, double High, double? Deviation)
{
    /// <summary>Of some values; null where there are none.</summary>
    public static Spread? Of(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        if (sorted.Length == 0)
        {
            return null;
        }

        var mean = sorted.Average();
        return new Spread(
            mean,
            Statistics.Median(sorted),
            sorted[0],
            sorted[^1],
            sorted.Length == 1 ? null : Math.Sqrt(sorted.Sum(v => (v - mean) * (v - mean)) / (sorted.Length - 1)));
    }
}
