namespace LegoNet.Lab.Attacks;

/// <summary>
/// The score of a likelihood-ratio attack on one record (LiRA; Carlini et al., 2022, arXiv 2112.03570): is its margin more like those under
/// models that had the record, or more like those under models that never saw it? Both are taken for Gaussian.
/// </summary>
internal static class LikelihoodRatio
{
    // Methods without chance can give one margin under all models.
    private const double LeastVariance = 1e-6;

    /// <summary>ln p(margin | had) − ln p(margin | never saw): above 0 for a record that rather was there.</summary>
    /// <param name="margin">The record's margin under the attacked model.</param>
    /// <param name="had">Its margins under shadow models that had it; at least two.</param>
    /// <param name="never">Its margins under shadow models that never saw it; at least two.</param>
    public static double Of(double margin, ReadOnlySpan<double> had, ReadOnlySpan<double> never) => LogDensity(margin, had) - LogDensity(margin, never);

    private static double LogDensity(double value, ReadOnlySpan<double> sample)
    {
        double mean = 0, squares = 0;
        foreach (var s in sample)
        {
            mean += s / sample.Length;
        }

        foreach (var s in sample)
        {
            squares += (s - mean) * (s - mean);
        }

        var variance = Math.Max(squares / (sample.Length - 1), LeastVariance);
        return -0.5 * (Math.Log(2 * Math.PI * variance) + ((value - mean) * (value - mean) / variance));
    }
}
