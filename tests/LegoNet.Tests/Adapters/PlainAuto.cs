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

    // Where the fits without each fold ended, by candidate.
    private readonly List<double[][]> _ends = [];

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
        Candidates = [.. Lambdas("ridge").Select(l => (false, l)), .. Lambdas("softmax").Select(l => (true, l))];

        IEnumerable<double> Lambdas(string name)
            => json.RootElement.TryGetProperty(name, out var array) ? array.EnumerateArray().Select(l => l.GetDouble()).ToArray() : [];
    }

    /// <summary>The candidates as they are declared.</summary>
    public (bool IsSoftmax, double Lambda)[] Candidates { get; }

    /// <summary>Of each candidate the temperature and the mean loss.</summary>
    public double[] Trials()
    {
        var ends = _folds.Select(_ => new double[_all.Outputs * _all.Width]).ToArray();
        var trials = new List<double>();
        foreach (var (isSoftmax, lambda) in Candidates)
        {
            var scores = _folds.Select((_, f) => FoldScores(isSoftmax, lambda, f, ends)).SelectMany(s => s).ToArray();
            _ends.Add([.. ends]);
            var (factor, loss) = Temperature(scores, isSoftmax ? 1 : 10);
            trials.AddRange([1 / factor, loss / _all.Rows]);
        }

        return [.. trials];
    }

    /// <summary>Weights of logits by a candidate fitted to all rows, [L][D]: where there are columns' sums, from the mean of the fits without folds.</summary>
    public double[][] Fit(int candidate)
    {
        var (isSoftmax, lambda) = Candidates[candidate];
        var penalty = _all.Penalty(lambda);
        if (_all.IsDual)
        {
            return isSoftmax ? _all.Softmax(lambda, SoftmaxFit.Evaluations) : _all.Weights(Ridge(_all, true, penalty));
        }

        if (!isSoftmax)
        {
            return [.. Ridge(_all, false, penalty).Chunk(_all.Width)];
        }

        var start = new double[_all.Outputs * _all.Width];
        foreach (var end in _ends[candidate])
        {
            start = [.. start.Select((s, i) => s + (1.0 / _folds.Length * end[i]))];
        }

        return [.. _all.Primal(start, penalty, PlainFit.Inverse(_all.Gram(), _all.Width, penalty), SoftmaxFit.FoldEvaluations).Chunk(_all.Width)];
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
    private double[][] FoldScores(bool isSoftmax, double lambda, int f, double[][] ends)
    {
        var fold = _folds[f];
        if (fold.Length == 0 || fold.Length == _all.Rows)
        {
            return [.. fold.Select(_ => new double[_all.Outputs])];
        }

        var rest = Plain(_folds.Where((_, other) => other != f).SelectMany(rows => rows));
        var own = Plain(fold);
        var penalty = rest.Penalty(lambda, _all.IsDual);
        if (_all.IsDual)
        {
            var duals = isSoftmax ? rest.Dual(penalty, SoftmaxFit.FoldEvaluations) : Ridge(rest, true, penalty);
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
            ? rest.Primal(ends[f], penalty, PlainFit.Inverse(_all.Gram(), _all.Width, _all.Penalty(lambda)), SoftmaxFit.FoldEvaluations)
            : Ridge(rest, false, penalty);
        ends[f] = isSoftmax ? weights : ends[f];
        var (step, rounded) = PlainFit.Round(weights, _all.Width);
        return [.. own.X.Select(x => rounded.Chunk(_all.Width).Select(w => w.Zip(x, (a, b) => a * b).Sum() * step).ToArray())];
    }

    private double[] Ridge(PlainFit rows, bool isDual, double penalty)
    {
        // 0 and 1 for classes, −1 and 1 for single logits.
        var isClass = _shard.Labels.Task == LearningTask.Multiclass;
        long Target(int r, int c) => isClass ? rows.Y[r][c] : (2 * rows.Y[r][c]) - 1;
        var order = isDual ? rows.Rows : rows.Width;
        double[] solution =
        [
            .. Enumerable.Range(0, rows.Outputs).SelectMany(c => isDual
                ? Enumerable.Range(0, rows.Rows).Select(r => (double)Target(r, c))
                : Enumerable.Range(0, rows.Width).Select(j => (double)Enumerable.Range(0, rows.Rows).Sum(r => Target(r, c) * rows.X[r][j]))),
        ];
        Assert.True(Cholesky.TrySolve(isDual ? rows.Kernel() : rows.Gram(), order, [.. Enumerable.Repeat(penalty, order)], solution, rows.Outputs));
        return solution;
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
