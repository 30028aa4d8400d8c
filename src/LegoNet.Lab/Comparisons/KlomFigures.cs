using LegoNet.Lab.Measures;

namespace LegoNet.Lab.Comparisons;

/// <summary>KL divergences of margins to the oracles, in nats, over forgotten records and over the others that were drawn.</summary>
/// <param name="Forgotten">The median over forgotten records.</param>
/// <param name="ForgottenWorst">Their 95th percentile.</param>
/// <param name="Others">The median over retained and test records.</param>
/// <param name="OthersWorst">Their 95th percentile.</param>
public sealed record KlomFigures(double Forgotten, double ForgottenWorst, double Others, double OthersWorst)
{
    private const double Middle = 0.5;
    private const double Worst = 0.95;

    /// <summary>Compares one model with oracles.</summary>
    /// <param name="margins">The model's margins, [points], forgotten records first.</param>
    /// <param name="oracles">Those of the oracles, [oracles][points].</param>
    /// <param name="forgotten">How many of the points are forgotten records.</param>
    internal static KlomFigures Of(double[] margins, IReadOnlyList<double[]> oracles, int forgotten)
    {
        var points = Klom.Of(margins, oracles);
        var (went, others) = (points[..forgotten], points[forgotten..]);
        return new KlomFigures(
            Statistics.Quantile(went, Middle), Statistics.Quantile(went, Worst), Statistics.Quantile(others, Middle), Statistics.Quantile(others, Worst));
    }

    /// <summary>What an oracle itself gets: each against the others, and then the median.</summary>
    internal static KlomFigures OfOracles(double[][] oracles, int forgotten)
    {
        KlomFigures[] each = [.. oracles.Select((own, i) => Of(own, [.. oracles.Where((_, j) => j != i)], forgotten))];
        double Median(Func<KlomFigures, double> figure) => Statistics.Median([.. each.Select(figure)]);
        return new KlomFigures(Median(k => k.Forgotten), Median(k => k.ForgottenWorst), Median(k => k.Others), Median(k => k.OthersWorst));
    }
}
