namespace LegoNet.Lab.Attacks;

/// <summary>A two-dimensional Gaussian of a record's margins under shadow models that treated it in one way.</summary>
/// <param name="Before">Mean of the margins before.</param>
/// <param name="After">Mean of those after.</param>
/// <param name="Covariance">Their covariance.</param>
internal readonly record struct MarginGaussian(double Before, double After, MarginCovariance Covariance)
{
    /// <summary>Of some margins; at least two.</summary>
    public static MarginGaussian Of(ReadOnlySpan<MarginPair> margins)
    {
        double before = 0, after = 0, bb = 0, ba = 0, aa = 0;
        foreach (var m in margins)
        {
            before += m.Before / margins.Length;
            after += m.After / margins.Length;
        }

        foreach (var m in margins)
        {
            var (b, a) = (m.Before - before, m.After - after);
            bb += b * b;
            ba += b * a;
            aa += a * a;
        }

        var n = margins.Length - 1;
        return new MarginGaussian(before, after, new MarginCovariance(bb / n, ba / n, aa / n));
    }

    /// <summary>ln of the density at a pair, less a constant.</summary>
    /// <param name="margins">The pair.</param>
    /// <param name="usual">The mean covariance over records, which half of the covariance is taken from.</param>
    public double LogDensity(MarginPair margins, MarginCovariance usual)
    {
        // Methods without chance can give one margin under all models.
        const double leastVariance = 1e-6;
        var bb = (0.5 * (Covariance.Before + usual.Before)) + leastVariance;
        var aa = (0.5 * (Covariance.After + usual.After)) + leastVariance;
        var ba = 0.5 * (Covariance.Both + usual.Both);
        var (b, a, determinant) = (margins.Before - Before, margins.After - After, (bb * aa) - (ba * ba));
        return -0.5 * (Math.Log(determinant) + (((aa * b * b) - (2 * ba * b * a) + (bb * a * a)) / determinant));
    }
}
