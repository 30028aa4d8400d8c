namespace LegoNet.Lab.Networks;

/// <summary>Probabilities from logits, with the same bits on every machine.</summary>
internal static class Softmax
{
    private const double Log2E = 1.4426950408889634;
    private const double Ln2High = 0.6931471803691238;
    private const double Ln2Low = 1.9082149292705877e-10;

    /// <summary>Replaces logits by probabilities.</summary>
    /// <param name="row">One record's logits, [C].</param>
    /// <returns>ln Σ e^logit, within 10⁻⁶ of itself.</returns>
    public static double Apply(Span<float> row)
    {
        var top = row[0];
        foreach (var logit in row)
        {
            top = MathF.Max(top, logit);
        }

        double sum = 0;
        Span<double> powers = row.Length <= 256 ? stackalloc double[row.Length] : new double[row.Length];
        for (var c = 0; c < row.Length; c++)
        {
            sum += powers[c] = Exp((double)row[c] - top);
        }

        for (var c = 0; c < row.Length; c++)
        {
            row[c] = (float)(powers[c] / sum);
        }

        return top + Math.Log(sum);
    }

    /// <summary>e^x for x ≤ 0, within 10⁻¹³ of itself; 0 below −708. (Cody and Waite's reduction, and the Taylor series.)</summary>
    public static double Exp(double x)
    {
        if (!(x >= -708))
        {
            return 0;
        }

        var n = Math.Round(x * Log2E);
        var r = x - (n * Ln2High);
        r -= n * Ln2Low;
        var p = 1.0;
        for (var i = 12; i > 0; i--)
        {
            p = 1 + (p * r / i);
        }

        return BitConverter.Int64BitsToDouble(((long)n + 1023) << 52) * p;
    }
}
