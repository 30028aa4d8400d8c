namespace LegoNet.Lab.Attacks;

/// <summary>
/// Do some records score higher than others of their class? Tests of ranks, whose level holds exactly where the records could change places,
/// whatever the scores' distribution.
/// </summary>
/// <remarks>Scores are first turned into places within the class, so classes whose scores differ do not disturb.</remarks>
internal sealed class RankTest
{
    // The smallest p-value that they can show is 10⁻⁵.
    private const int Permutations = 99_999;
    private const int Few = 10;

    private readonly int[] _strata;
    private readonly bool[] _named;
    private readonly int[][] _members;
    private readonly int[] _namedCounts;

    /// <param name="strata">Class of each record, [m], from 0.</param>
    /// <param name="named">Which are in question, [m]; the others are unseen.</param>
    public RankTest(int[] strata, bool[] named)
    {
        (_strata, _named) = (strata, named);
        _members = [.. Enumerable.Range(0, strata.Length).GroupBy(i => strata[i]).Where(g => g.Any(i => named[i])).Select(g => g.ToArray())];
        _namedCounts = [.. _members.Select(m => m.Count(i => named[i]))];
    }

    /// <summary>The smallest p-value that so many records can give: all of them on top.</summary>
    public double Least
    {
        get
        {
            double log = 0;
            for (var c = 0; c < _members.Length; c++)
            {
                for (var i = 0; i < _namedCounts[c]; i++)
                {
                    log += Math.Log(_namedCounts[c] - i) - Math.Log(_members[c].Length - i);
                }
            }

            return Math.Exp(log);
        }
    }

    /// <summary>Each record's place in its class: mean rank over count + 1, so between 0 and 1.</summary>
    public double[] Places(double[] scores)
    {
        var places = new double[scores.Length];
        foreach (var group in Enumerable.Range(0, scores.Length).GroupBy(i => _strata[i]))
        {
            int[] order = [.. group.OrderBy(i => scores[i])];
            for (int start = 0, end; start < order.Length; start = end)
            {
                for (end = start + 1; end < order.Length && scores[order[end]] == scores[order[start]]; end++)
                {
                }

                for (var i = start; i < end; i++)
                {
                    places[order[i]] = (start + 1 + end) / 2.0 / (order.Length + 1);
                }
            }
        }

        return places;
    }

    /// <summary>The sum over the named records less its mean, in standard deviations over all exchanges of places.</summary>
    public double Standardised(double[] values)
    {
        double difference = 0, variance = 0;
        for (var c = 0; c < _members.Length; c++)
        {
            var (members, count) = (_members[c], _members[c].Length);
            var mean = members.Average(i => values[i]);
            difference += members.Where(i => _named[i]).Sum(i => values[i] - mean);
            var squares = members.Sum(i => (values[i] - mean) * (values[i] - mean));
            variance += count < 2 ? 0 : _namedCounts[c] * (double)(count - _namedCounts[c]) / ((double)count * (count - 1)) * squares;
        }

        return variance > 0 ? difference / Math.Sqrt(variance) : 0;
    }

    /// <summary>How often an exchange of places by chance gives as high a sum over the named records.</summary>
    /// <param name="values">Values of the records, [m], higher for those that stand out.</param>
    /// <param name="draws">The chance.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <returns>The p-value, and whether it is only the smallest that so many exchanges can show.</returns>
    public (double PValue, bool IsBound) Exchange(double[] values, Draws draws, CancellationToken cancellationToken)
    {
        double[][] pools = [.. _members.Select(m => Array.ConvertAll(m, i => values[i]))];
        var observed = _members.Sum(m => m.Where(i => _named[i]).Sum(i => values[i]));

        // Sums in another order differ in the last bits.
        var limit = observed - (1e-9 * (1 + Math.Abs(observed)));
        var reached = 0;
        for (var p = 0; p < Permutations; p++)
        {
            if (p % 1024 == 0)
            {
                cancellationToken.ThrowIfCancellationRequested();
            }

            double sum = 0;
            for (var c = 0; c < pools.Length; c++)
            {
                var pool = pools[c];
                for (var i = 0; i < _namedCounts[c]; i++)
                {
                    var j = i + draws.Below(pool.Length - i);
                    (pool[i], pool[j]) = (pool[j], pool[i]);
                    sum += pool[i];
                }
            }

            reached += sum >= limit ? 1 : 0;
        }

        return ((1.0 + reached) / (1 + Permutations), reached < Few);
    }
}
