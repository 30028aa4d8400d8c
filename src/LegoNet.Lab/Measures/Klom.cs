namespace LegoNet.Lab.Measures;

/// <summary>
/// KL divergence of margins (KLoM): how far a record's margins under models that forgot are from those under retrained oracles, over seeds.
/// </summary>
/// <remarks>
/// Both sides are taken for Gaussian, since there are tens of models here and not hundreds as in the literature, where histograms do. A model is
/// compared alone and gets the oracles' own spread: that of a few seeds says nothing. A spread is taken for 10⁻³ at least, so that methods
/// without chance stay comparable.
/// </remarks>
public static class Klom
{
    /// <summary>The fewest oracles whose spread means something.</summary>
    public const int LeastOracles = 20;

    private const double LeastVariance = 1e-6;

    /// <summary>Compares one model's margins with those of oracles.</summary>
    /// <param name="margins">The model's, [points].</param>
    /// <param name="oracles">Of each retrained oracle, those of the same points, [oracles][points]; at least two.</param>
    /// <returns>KL(oracles ‖ model) in nats for each point, [points].</returns>
    /// <exception cref="ArgumentException">There are too few oracles, or they are not of the same points.</exception>
    public static double[] Of(IReadOnlyList<double> margins, IReadOnlyList<IReadOnlyList<double>> oracles)
    {
        ArgumentNullException.ThrowIfNull(margins);
        ArgumentNullException.ThrowIfNull(oracles);
        if (oracles.Count < 2 || oracles.Any(o => o.Count != margins.Count))
        {
            throw new ArgumentException("Margins are not of the same points, or there are fewer than two oracles.", nameof(oracles));
        }

        return [.. Enumerable.Range(0, margins.Count).Select(point =>
        {
            var (mean, variance) = Moments([.. oracles.Select(o => o[point])]);
            return 0.5 * (mean - margins[point]) * (mean - margins[point]) / variance;
        })];
    }

    private static (double Mean, double Variance) Moments(double[] values)
    {
        var mean = values.Average();
        return (mean, Math.Max(values.Sum(v => (v - mean) * (v - mean)) / Math.Max(values.Length - 1, 1), LeastVariance));
    }
}
