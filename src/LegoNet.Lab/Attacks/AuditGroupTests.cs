namespace LegoNet.Lab.Attacks;

/// <summary>The tests of an audit: do some records stand out among unseen ones?</summary>
internal static class AuditGroupTests
{
    /// <summary>Tests.</summary>
    /// <param name="margins">Under the audited model, [m].</param>
    /// <param name="shadows">Under models that never saw any of the records, [models][m].</param>
    /// <param name="strata">Class of each record, [m].</param>
    /// <param name="rows">Training row of each record in question, [q]; these come first, the unseen records after them.</param>
    /// <param name="lost">Classes of which nothing but the records in question was there to learn from.</param>
    /// <param name="seed">Seed of the exchanges.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public static AuditedGroup Of(
        double[] margins, double[][] shadows, int[] strata, int[] rows, IReadOnlySet<int> lost, long seed, CancellationToken cancellationToken)
    {
        bool[] named = [.. Enumerable.Range(0, margins.Length).Select(i => i < rows.Length)];
        var test = new RankTest(strata, named);
        var scores = MarginSurprise.Of(margins, shadows, without: -1, strata);
        var places = test.Places(scores);
        double[][] others = [.. Enumerable.Range(0, shadows.Length).Select(s => test.Places(MarginSurprise.Of(shadows[s], shadows, s, strata)))];

        // A class may have few unseen records: its own are the strict comparison, all of them tell more finely who stands out.
        var strict = Alone(places, strata, rows.Length);
        var alone = Alone(scores, new int[scores.Length], rows.Length);
        var tests = new List<(string Name, double PValue)> { ("all together", Test(v => v, isNormal: true, 1)) };
        if (rows.Length > 1)
        {
            // A few among many that were forgotten: high places count most.
            tests.Add(("the highest of them", Test(v => -Math.Log(1 - v), isNormal: false, 2)));
            var singly = Enumerable.Range(0, rows.Length).Min(i => LeastAlone(i) * rows.Length);
            if (singly * 3 < AuditSettings.Level)
            {
                tests.Add(("each by itself", Math.Min(1, strict.Min() * rows.Length)));
            }
        }

        int[] ofLost = [.. Enumerable.Range(0, rows.Length).Where(i => lost.Contains(strata[i]))];
        if (ofLost.Length > 0)
        {
            tests.Add(("lost classes", Lost(ofLost)));
        }

        var corrected = Holm([.. tests.Select(t => t.PValue)]);
        var found = alone.Count(p => p <= 0.01);
        var (low, high) = Share.Interval(found / (double)rows.Length, rows.Length);
        return new AuditedGroup(
            [.. Enumerable.Range(0, rows.Length).Select(i => new AuditedRecord(rows[i], alone[i])).OrderBy(r => r.PValue).ThenBy(r => r.Row)],
            corrected.Min(),
            Math.Min(1, test.Least * tests.Count),
            [.. tests.Zip(corrected, (t, c) => new AuditTest(t.Name, t.PValue, c))],
            new OperatingPoint(0.01, found / (double)rows.Length, low, high));

        double LeastAlone(int i) => 1.0 / (1 + Enumerable.Range(rows.Length, margins.Length - rows.Length).Count(u => strata[u] == strata[i]));

        // Whoever knows a class of which nobody else is knows its unseen records too, so these are no comparison. But the shadow models know
        // nothing of it, and more records of other classes only take a model farther from saying it.
        double Lost(int[] at)
        {
            double Mean(double[] values) => at.Average(i => values[i]);
            var (t, degrees) = (Standing(Mean(margins), Array.ConvertAll(shadows, Mean)), shadows.Length - 1.0);
            return NormalTail.Above(NormalOf(t, degrees));
        }

        double Test(Converter<double, double> value, bool isNormal, int stream)
        {
            var values = Array.ConvertAll(places, value);
            var (p, isBound) = test.Exchange(values, new Draws(seed, -20, stream), cancellationToken);

            // Sums of places have lighter tails than the normal distribution, so there it is on the safe side.
            var z = isBound && isNormal ? Math.Max(NormalTail.Inverse(p), test.Standardised(values)) : NormalTail.Inverse(p);
            return NormalTail.Above(Calibrated(z, [.. others.Select(o => test.Standardised(Array.ConvertAll(o, value)))]));
        }
    }

    // Records of one person are surprising together, or not at all, and some are more so than others under every model. Each shadow model,
    // which saw none of them, tells how far the sum strays then; what it strays beyond chance is no trace.
    private static double Calibrated(double z, double[] nulls)
    {
        var mean = nulls.Average();
        var variance = nulls.Sum(n => (n - mean) * (n - mean)) / (nulls.Length - 1);
        var left = (z - Math.Max(0, mean)) / Math.Sqrt(Math.Max(1, variance));
        return variance > 1 ? NormalOf(left, nulls.Length - 1.0) : left;
    }

    // Student's t, whose tail is turned into the normal one's by Wallace's approximation (1959): a spread is estimated.
    private static double NormalOf(double t, double degrees)
        => Math.Sign(t) * Math.Sqrt(degrees * Math.Log(1 + (t * t / degrees))) * ((8 * degrees) + 1) / ((8 * degrees) + 3);

    // Student's t of one more value.
    private static double Standing(double value, double[] nulls)
    {
        var mean = nulls.Average();
        var variance = nulls.Sum(n => (n - mean) * (n - mean)) / (nulls.Length - 1);
        return (value - mean) / Math.Sqrt(Math.Max(variance, 1e-6) * (1 + (1.0 / nulls.Length)));
    }

    private static double[] Alone(double[] scores, int[] strata, int count)
    {
        var unseen = Enumerable.Range(count, scores.Length - count).ToLookup(i => strata[i], i => scores[i]);
        return [.. Enumerable.Range(0, count).Select(i => (1.0 + unseen[strata[i]].Count(u => u >= scores[i])) / (1 + unseen[strata[i]].Count()))];
    }

    private static double[] Holm(double[] values)
    {
        var corrected = new double[values.Length];
        int[] order = [.. Enumerable.Range(0, values.Length).OrderBy(i => values[i])];
        double most = 0;
        for (var i = 0; i < order.Length; i++)
        {
            corrected[order[i]] = most = Math.Min(1, Math.Max(most, values[order[i]] * (order.Length - i)));
        }

        return corrected;
    }
}
