namespace LegoNet.Lab.Attacks;

/// <summary>
/// The receiver operating characteristic of some trials. Trials of one model share that model, and trials of one record are scored by the same
/// shadow models, so neither are independent: confidence intervals are of 1,000 bootstrap resamples of models and records together (a trial counts
/// as often as its model times as often as its record; Owen 2007), each with thresholds of its own, which is rather too wide. Those of a share
/// reach as far as Wilson's for independent trials at least, since what never happened happens in no resample either.
/// </summary>
internal sealed class RocCurve
{
    private const int Resamples = 1000;
    private const double Tail = 0.025;
    private static readonly double[] s_rates = [0.001, 0.01, 0.1];

    private readonly Trial[] _trials;
    private readonly long _seed;

    /// <param name="trials">The trials, of both kinds.</param>
    /// <param name="seed">Seed of the resamples.</param>
    public RocCurve(IEnumerable<Trial> trials, long seed)
    {
        _trials = [.. trials.OrderByDescending(t => t.Score)];
        _seed = seed;
    }

    /// <summary>The curve, with intervals.</summary>
    public AttackCurve Curve(AttackQuestion question, string records)
    {
        var points = new List<CurvePoint>();
        var (area, rates) = Measure(_ => 1, points);
        var resampled = Resample();
        var (low, high) = Interval(resampled, m => m.Area);
        var positives = _trials.Count(t => t.IsPositive);
        var at = s_rates.Select((rate, r) =>
        {
            var (least, most) = Interval(resampled, m => m.Rates[r]);
            var (from, to) = Share.Interval(rates[r], positives);
            return new OperatingPoint(rate, rates[r], Math.Min(least, from), Math.Max(most, to));
        });
        var negatives = _trials.Length - positives;
        return new AttackCurve(question, records, positives, negatives, area, low, high, [.. at], Thin(points, negatives));
    }

    private static (double Low, double High) Interval(Measures[] resampled, Func<Measures, double> measure)
    {
        double[] ordered = [.. resampled.Select(measure).Order()];
        return (ordered[(int)(Tail * ordered.Length)], ordered[^(1 + (int)(Tail * ordered.Length))]);
    }

    // Evenly on a log axis, from one false positive to all.
    private static CurvePoint[] Thin(List<CurvePoint> points, int negatives)
    {
        const int steps = 57;
        var rates = Enumerable.Range(0, steps).Select(i => Math.Pow(negatives, (i + 1 - steps) / (steps - 1.0)));
        var kept = rates.Prepend(0).Select(rate => points.LastOrDefault(p => p.FalsePositives <= rate * (1 + 1e-9)));
        return [.. kept.OfType<CurvePoint>().Select(Round).Prepend(new CurvePoint(0, 0)).Append(new CurvePoint(1, 1)).Distinct()];
    }

    // To what a chart shows, and a file need not be longer for.
    private static CurvePoint Round(CurvePoint point) => new(Math.Round(point.FalsePositives, 6), Math.Round(point.TruePositives, 6));

    // Those without a trial of one kind tell nothing.
    private Measures[] Resample()
    {
        int[] models = [.. _trials.Select(t => t.Model).Distinct().Order()], records = [.. _trials.Select(t => t.Record).Distinct().Order()];
        int[] ofModels = new int[models[^1] + 1], ofRecords = new int[records[^1] + 1];
        return [.. Enumerable.Range(0, Resamples).Select(Measured).Where(m => double.IsFinite(m.Area))];

        Measures Measured(int resample)
        {
            var draws = new Draws(_seed, -16, resample);
            Draw(draws, models, ofModels);
            Draw(draws, records, ofRecords);
            return Measure(t => ofModels[t.Model] * ofRecords[t.Record], null);
        }

        static void Draw(Draws draws, int[] present, int[] times)
        {
            Array.Clear(times);
            for (var i = 0; i < present.Length; i++)
            {
                times[present[draws.Below(present.Length)]]++;
            }
        }
    }

    private Measures Measure(Func<Trial, int> weight, List<CurvePoint>? points)
    {
        int[] weights = Array.ConvertAll(_trials, t => weight(t));
        long positives = 0, negatives = 0, named = 0, wrong = 0;
        for (var i = 0; i < _trials.Length; i++)
        {
            positives += _trials[i].IsPositive ? weights[i] : 0;
            negatives += _trials[i].IsPositive ? 0 : weights[i];
        }

        var (area, rates) = (0.0, new double[s_rates.Length]);
        for (var i = 0; i < _trials.Length;)
        {
            var (score, namedBefore, wrongBefore) = (_trials[i].Score, named, wrong);
            for (; i < _trials.Length && _trials[i].Score.Equals(score); i++)
            {
                named += _trials[i].IsPositive ? weights[i] : 0;
                wrong += _trials[i].IsPositive ? 0 : weights[i];
            }

            // Of equal scores half are taken to be in the right order.
            area += 0.5 * (named + namedBefore) * (wrong - wrongBefore);
            for (var r = 0; r < rates.Length; r++)
            {
                rates[r] = wrong <= s_rates[r] * negatives ? named / (double)positives : rates[r];
            }

            points?.Add(new CurvePoint(wrong / (double)negatives, named / (double)positives));
        }

        return new Measures(area / positives / negatives, rates);
    }

    /// <param name="Area">The area under the curve; not a number where a kind has no trial.</param>
    /// <param name="Rates">The most true positives within each rate of false ones.</param>
    private readonly record struct Measures(double Area, double[] Rates);
}
