using System.Text.Json;
using LegoNet.Adapters;
using LegoNet.Numerics;
using LegoNet.Specs;

namespace LegoNet.Tests.Adapters;

/// <summary>Cross-validation inside a shard as the documentation says it, from plain fits.</summary>
internal sealed class PlainAuto
{
    private const int FactorSteps = 12;
    private const double Units = 1 << 20;

    private readonly DrawnShard _shard;
    private readonly int[][] _folds;
    private readonly PlainFit _all;

    // The shift of the matrix that was factored last for each fold: one within rounding of it is not factored again.
    private readonly double[] _shifts;

    /// <param name="shard">The rows.</param>
    /// <param name="declaration">The trainer's.</param>
    public PlainAuto(DrawnShard shard, string declaration)
    {
        using var json = JsonDocument.Parse(declaration);
        _shard = shard.Sorted();
        var folds = json.RootElement.GetProperty("folds").GetInt32();
        int[] fold = [.. Enumerable.Range(0, _shard.Codes.Length).Select(r => FoldOf(_shard.Codes[r], _shard.Words[r], folds))];
        _folds = [.. Enumerable.Range(0, folds).Select(f => Enumerable.Range(0, fold.Length).Where(r => fold[r] == f).ToArray())];
        _all = Plain(_folds.SelectMany(f => f));
        _shifts = new double[folds];
        Candidates = [.. Lambdas("ridge").Select(l => (false, l)), .. Lambdas("softmax").Select(l => (true, l))];
        Trials = Walk();
        Chosen = Best();

        IEnumerable<double> Lambdas(string name)
            => json.RootElement.TryGetProperty(name, out var array) ? array.EnumerateArray().Select(l => l.GetDouble()).ToArray() : [];
    }

    /// <summary>The candidates as they are declared.</summary>
    public (bool IsSoftmax, double Lambda)[] Candidates { get; }

    /// <summary>What was found of each candidate, or null where it was not reached.</summary>
    public Trial?[] Trials { get; }

    /// <summary>The number of the candidate that is chosen.</summary>
    public int Chosen { get; }

    /// <summary>The trials as a file holds them.</summary>
    public double[] Numbers
        => [.. Trials.SelectMany(t => t is { } trial ? (double[])[1 / trial.Factor, trial.Loss / _all.Rows, (double)trial.Errors / _all.Rows] : [-1, -1, -1])];

    /// <summary>The adapter: the chosen candidate fitted to all rows.</summary>
    public LinearAdapter Adapter()
    {
        var (isSoftmax, lambda) = Candidates[Chosen];
        var weights = isSoftmax ? _all.Softmax(lambda)
            : _all.IsDual ? _all.Weights(Ridge(_all, true, lambda))
            : [.. Ridge(_all, false, lambda).Chunk(_all.Width)];
        if (IsRegression)
        {
            weights[0][^1] += _shard.Labels.Target!.Steps / 2 / 127.0;
        }

        return PlainScores.Of(_shard.Labels, weights, Trials[Chosen]!.Value.Factor);
    }

    private bool IsRegression => _shard.Labels.Task == LearningTask.Regression;

    // Along each trainer's λ, both at a time, for as long as the loss falls; a trainer that errs more than 1.1 times as often as the other at
    // its first λ goes no further.
    private Trial?[] Walk()
    {
        var trials = new Trial?[Candidates.Length];
        List<int[]> walks = [.. Candidates.Select((c, i) => (c.IsSoftmax, i)).GroupBy(c => c.IsSoftmax, c => c.i).Select(kind => kind.ToArray())];
        for (var step = 0; walks.Count > 0; step++)
        {
            foreach (var walk in walks)
            {
                trials[walk[step]] = Try(Candidates[walk[step]]);
            }

            var fewest = walks.Min(walk => trials[walk[step]]!.Value.Errors);
            walks = [.. walks.Where(walk => step + 1 < walk.Length && GoesOn(trials[walk[step]]!.Value, step == 0 ? null : trials[walk[step - 1]], fewest))];
        }

        return trials;

        static bool GoesOn(Trial trial, Trial? before, long fewest) => before is { } previous ? trial.Loss < previous.Loss : trial.Errors <= 1.1 * fewest;
    }

    // Each trainer stands with the λ of its least loss. The one with fewer errors wins, or with less loss if they err alike; and then the smallest
    // of its λ whose loss is at most 3 % more.
    private int Best()
    {
        var tried = Enumerable.Range(0, Candidates.Length).Where(i => Trials[i] is not null).ToArray();
        var leasts = new[] { false, true }.Select(kind => tried.Where(i => Candidates[i].IsSoftmax == kind).OrderBy(i => Loss(i)))
            .Where(kind => kind.Any()).Select(kind => kind.First());
        var winner = leasts.OrderBy(i => Trials[i]!.Value.Errors).ThenBy(Loss).First();
        var most = Loss(winner) * (IsRegression ? 1 : 1.03);
        return tried.Where(i => Candidates[i].IsSoftmax == Candidates[winner].IsSoftmax && Loss(i) <= most).OrderBy(i => Candidates[i].Lambda).First();

        double Loss(int i) => Trials[i]!.Value.Loss;
    }

    private Trial Try((bool IsSoftmax, double Lambda) candidate)
    {
        var scores = new double[_all.Rows][];
        for (var f = 0; f < _folds.Length; f++)
        {
            var own = FoldScores(candidate.IsSoftmax, candidate.Lambda, f);
            own.CopyTo(scores, _folds[..f].Sum(fold => fold.Length));
        }

        if (IsRegression)
        {
            return new Trial(1, SquaredErrors(scores), 0);
        }

        var (factor, loss) = Temperature(scores, candidate.IsSoftmax ? 1 : 10);
        return new Trial(factor, loss, Enumerable.Range(0, scores.Length).Sum(r => Errors(scores[r], _all.Y[r])));
    }

    // The highest score is another's, the lower class among equals; or labels on the wrong side of 0.
    private long Errors(double[] scores, int[] y) => _shard.Labels.Task == LearningTask.Multiclass
        ? y[Array.IndexOf(scores, scores.Max())] == 1 ? 0 : 1
        : scores.Zip(y).Count(s => (s.First >= 0) != (s.Second == 1));

    // In squared steps; each row's is rounded, and cut at four times the range.
    private double SquaredErrors(double[][] scores)
    {
        var most = 4.0 * _shard.Labels.Target!.Steps;
        var units = Math.Pow(2, Math.Floor(Math.Log2(Math.Pow(2, 31) / (most * most))));
        return scores.Select((s, r) => Math.Clamp(s[0] - _all.Target(r, 0), -most, most)).Sum(e => (long)Math.Round(e * e * units)) / units;
    }

    private static int FoldOf(sbyte[] code, int[] label, int folds)
    {
        var hash = (ulong)code.Length;
        var whole = code.Length / 8 * 8;
        for (var j = 0; j < whole; j += 8)
        {
            ulong word = 0;
            for (var b = 0; b < 8; b++)
            {
                word |= (ulong)(byte)code[j + b] << (8 * b);
            }

            Add(word);
        }

        for (var j = whole; j < code.Length; j++)
        {
            Add((byte)code[j]);
        }

        foreach (var word in label)
        {
            Add((uint)word);
        }

        return (int)(SplitMix64.Mix(hash) % (ulong)folds);

        void Add(ulong word)
        {
            var product = unchecked((hash ^ word) * 0x9E3779B97F4A7C15);
            hash = (product << 29) | (product >> 35);
        }
    }

    private PlainFit Plain(IEnumerable<int> rows)
    {
        var only = _shard.Only(rows);
        return new PlainFit(_shard.Labels, only.Codes, only.Words);
    }

    // Scores of a fold's rows, [row][L], by a fit to the others.
    private double[][] FoldScores(bool isSoftmax, double lambda, int f)
    {
        var fold = _folds[f];
        if (fold.Length == 0 || fold.Length == _all.Rows)
        {
            return [.. fold.Select(_ => new double[_all.Outputs])];
        }

        var rest = Plain(_folds.Where((_, other) => other != f).SelectMany(rows => rows));
        var own = Plain(fold);
        var shift = isSoftmax ? lambda / _all.Share : lambda;
        shift = _shifts[f] = Math.Abs(_shifts[f] - shift) <= 1e-12 * shift ? _shifts[f] : shift;
        var evaluations = SoftmaxFit.EvaluationsFor(_all.Rows, _all.Width);
        if (_all.IsDual)
        {
            var duals = isSoftmax ? rest.Dual(lambda, shift * rest.Energy(true), evaluations) : Ridge(rest, true, shift);
            return [.. own.X.Select(x => Enumerable.Range(0, _all.Outputs).Select(c =>
            {
                double sum = 0;
                for (var t = 0; t < rest.Rows; t++)
                {
                    sum += rest.X[t].Zip(x, (a, b) => a * b).Sum() * duals[(c * rest.Rows) + t];
                }

                return sum;
            }).ToArray())];
        }

        var weights = isSoftmax
            ? rest.Primal(lambda * rest.Energy(false), rest.Inverse(rest.Gram(), rest.Width, shift * rest.Energy(false)), evaluations)
            : Ridge(rest, false, shift);
        var (step, rounded) = PlainFit.Round(weights, _all.Width);
        return [.. own.X.Select(x => rounded.Chunk(_all.Width).Select(w => w.Zip(x, (a, b) => a * b).Sum() * step).ToArray())];
    }

    private static double[] Ridge(PlainFit rows, bool isDual, double shift)
    {
        double[] targets =
        [
            .. Enumerable.Range(0, rows.Outputs).SelectMany(c => isDual
                ? Enumerable.Range(0, rows.Rows).Select(r => (double)rows.Target(r, c))
                : Enumerable.Range(0, rows.Width).Select(j => (double)Enumerable.Range(0, rows.Rows).Sum(r => rows.Target(r, c) * rows.X[r][j]))),
        ];
        return PlainFit.Solve(isDual ? rows.Kernel() : rows.Gram(), isDual ? rows.Rows : rows.Width, shift * rows.Energy(isDual), targets);
    }

    // Newton's method on the factor, between those that are known to be too small and too large; the labels are smoothed by one row.
    private (double Factor, double Loss) Temperature(double[][] scores, double start)
    {
        var smoothing = 1.0 / (_all.Rows + 1);
        var (factor, low, high) = (start, 1.0 / 1024, 1024.0);
        var best = (Factor: factor, Loss: double.PositiveInfinity);
        for (var step = 0; step < FactorSteps; step++)
        {
            var (loss, slope, curvature, margin) = Terms(scores, factor);
            var value = loss + (smoothing * factor * margin);
            best = value < best.Loss ? (factor, value) : best;
            slope += smoothing * margin;
            (low, high) = slope < 0 ? (factor, high) : (low, factor);
            var next = factor - (slope / curvature);
            next = next > low && next < high ? next : Math.Sqrt(low * high);
            if (Math.Abs(next - factor) <= 1e-4 * factor)
            {
                break;
            }

            factor = next;
        }

        return best;
    }

    private (double Loss, double Slope, double Curvature, double Margin) Terms(double[][] scores, double factor)
    {
        long losses = 0, slopes = 0, curvatures = 0, margins = 0;
        var isClass = _shard.Labels.Task == LearningTask.Multiclass;
        for (var r = 0; r < scores.Length; r++)
        {
            var (loss, residuals) = _all.RowLoss([.. scores[r].Select(s => s * factor)], _all.Y[r]);
            double slope = 0, squares = 0, means = 0, margin = 0;
            for (var c = 0; c < residuals.Length; c++)
            {
                double s = scores[r][c], y = _all.Y[r][c], p = residuals[c] + y;
                slope += residuals[c] * s;
                squares += p * s * s;
                if (isClass)
                {
                    means += p * s;
                    margin += (y - (1.0 / residuals.Length)) * s;
                }
                else
                {
                    squares -= p * s * (p * s);
                    margin += (y - 0.5) * s;
                }
            }

            losses += Rounded(loss);
            slopes += Rounded(slope);
            curvatures += Rounded(squares - (means * means));
            margins += Rounded(margin);
        }

        return (losses / Units, slopes / Units, curvatures / Units, margins / Units);
    }

    private static long Rounded(double term) => (long)Math.Round(Math.Clamp(term, -Units, Units) * Units);
}
