namespace LegoNet.Lab.Measures;

/// <summary>
/// KL divergence of margins (KLoM): how far a record's margins under models that forgot are from those under retrained oracles, over seeds.
/// </summary>
/// <remarks>
/// Both sides are taken for Gaussian, since there are tens of models here and not hundreds as in the literature, where histograms do; one
/// model alone gets the oracles' own spread. A spread is taken for 10⁻³ at least, so that methods without chance stay comparable.
/// </remarks>
public static class Klom
{
    /// <summary>The fewest oracles whose spread means something.</summary>
    public const int LeastOracles = 20;

    private const double LeastVariance = 1e-6;

    /// <summary>Compares margins.</summary>
    /// <param name="margins">Of each model that forgot, those of the points, [models][points]; at least one model.</param>
    /// <param name="oracles">Of each retrained oracle, those of the same points, [oracles][points]; at least <see cref="LeastOracles"/>.</param>
    /// <returns>KL(oracles ‖ models) in nats for each point, [points].</returns>
    /// <exception cref="ArgumentException">There are too few of either, or they are not of the same points.</exception>
    public static double[] Of(IReadOnlyList<IReadOnlyList<double>> margins, IReadOnlyList<IReadOnlyList<double>> oracles)
    {
        ArgumentNullException.ThrowIfNull(margins);
        ArgumentNullException.ThrowIfNull(oracles);
        if (margins.Count == 0 || oracles.Count < LeastOracles)
        {
            throw new ArgumentException(
                $"{margins.Count} models are compared with {oracles.Count} oracles; at least 1 and {LeastOracles} are needed.", nameof(oracles));
        }

        var points = margins[0].Count;
        if (margins.Concat(oracles).Any(m => m.Count != points))
        {
            throw new ArgumentException("Margins are not of the same points.", nameof(margins));
        }

        return [.. Enumerable.Range(0, points).Select(point =>
        {
            var (mean, variance) = Moments([.. oracles.Select(o => o[point])]);
            var (otherMean, otherVariance) = Moments([.. margins.Select(m => m[point])]);
            otherVariance = margins.Count == 1 ? variance : otherVariance;
            return 0.5 * (Math.Log(otherVariance / variance) + ((variance + ((mean - otherMean) * (mean - otherMean))) / otherVariance) - 1);
        })];
    }

    private static (double Mean, double Variance) Moments(double[] values)
    {
        var mean = values.Average();
        return (mean, Math.Max(values.Sum(v => (v - mean) * (v - mean)) / Math.Max(values.Length - 1, 1), LeastVariance));
    }
}
