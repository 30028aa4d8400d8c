namespace LegoNet.Lab.Attacks;

/// <summary>A share of records, and how sure it is.</summary>
internal static class Share
{
    private const double Z = 1.959964;

    /// <summary>A 95 % confidence interval (Wilson 1927).</summary>
    /// <param name="share">The share that was found.</param>
    /// <param name="count">Of so many records, from 1.</param>
    public static (double Low, double High) Interval(double share, int count)
    {
        var middle = (share + (Z * Z / (2 * count))) / (1 + (Z * Z / count));
        var half = Z / (1 + (Z * Z / count)) * Math.Sqrt((share * (1 - share) / count) + (Z * Z / (4.0 * count * count)));
        return (Math.Max(0, middle - half), Math.Min(1, middle + half));
    }
}
