namespace LegoNet.Lab.Attacks;

/// <summary>
/// How far a model's margins stand above what models say that never saw the records, record by record, in units of those models' spread.
/// </summary>
/// <remarks>
/// A model that learned from more records is surer of all of them, of some more than of others. So what margins follow from a record's class
/// and from the mean and spread under the other models is taken off first, fitted over all records that are compared, the unseen ones
/// included, and with the same weight: what is left can be compared between records of a class.
/// </remarks>
internal static class MarginSurprise
{
    private const double LeastSpread = 1e-3;

    /// <summary>Scores records.</summary>
    /// <param name="margins">Under the model, [m].</param>
    /// <param name="shadows">Under models that never saw the records, [models][m].</param>
    /// <param name="without">A shadow model to leave out, as it is the model itself; −1 for none.</param>
    /// <param name="strata">Class of each record, [m].</param>
    public static double[] Of(double[] margins, double[][] shadows, int without, int[] strata)
    {
        var count = margins.Length;
        var (means, spreads) = Moments(shadows, without, count);
        var floor = Math.Max(LeastSpread, 0.2 * Median(spreads));
        spreads = Array.ConvertAll(spreads, s => Math.Max(s, floor));

        // All in units of the spread's square as weights; centred by class, then two slopes.
        double[] rest = [.. margins.Zip(means, (m, mean) => m - mean)], weights = Array.ConvertAll(spreads, s => 1 / (s * s));
        double[] first = [.. means], second = [.. spreads];
        foreach (var group in Enumerable.Range(0, count).GroupBy(i => strata[i]))
        {
            int[] members = [.. group];
            var sum = members.Sum(i => weights[i]);
            foreach (var column in (double[][])[rest, first, second])
            {
                var mean = members.Sum(i => weights[i] * column[i]) / sum;
                Array.ForEach(members, i => column[i] -= mean);
            }
        }

        // As if two more records had said that there is no slope, for where there are hardly any.
        double aa = Dot(first, first), bb = Dot(second, second), ab = Dot(first, second), a = Dot(first, rest), b = Dot(second, rest);
        aa += 2 * aa / count;
        bb += 2 * bb / count;
        var determinant = (aa * bb) - (ab * ab);
        var (slope, bend) = determinant > 1e-9 * aa * bb ? (((bb * a) - (ab * b)) / determinant, ((aa * b) - (ab * a)) / determinant)
            : (aa > 0 ? a / aa : 0, 0);
        return [.. Enumerable.Range(0, count).Select(i => (rest[i] - (slope * first[i]) - (bend * second[i])) / spreads[i])];

        double Dot(double[] x, double[] y) => Enumerable.Range(0, count).Sum(i => weights[i] * x[i] * y[i]);
    }

    private static (double[] Means, double[] Spreads) Moments(double[][] shadows, int without, int count)
    {
        var models = shadows.Length - (without >= 0 ? 1 : 0);
        double[] means = new double[count], squares = new double[count];
        for (var s = 0; s < shadows.Length; s++)
        {
            for (var i = 0; i < count && s != without; i++)
            {
                means[i] += shadows[s][i] / models;
            }
        }

        for (var s = 0; s < shadows.Length; s++)
        {
            for (var i = 0; i < count && s != without; i++)
            {
                squares[i] += (shadows[s][i] - means[i]) * (shadows[s][i] - means[i]);
            }
        }

        return (means, Array.ConvertAll(squares, q => Math.Sqrt(q / (models - 1))));
    }

    private static double Median(double[] values) => values.Order().ElementAt(values.Length / 2);
}
