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

        IEnumerable<double> Lambdas(string name)
            => json.RootElement.TryGetProperty(name, out var array) ? array.EnumerateArray().Select(l => l.GetDouble()).ToArray() : [];
    }

    /// <summary>The candidates as they are declared.</summary>
    public (bool IsSoftmax, double Lambda)[] Candidates { get; }

    /// <summary>
    /// Of each candidate the temperature and the mean loss; 1 and −1 where it was not tried: along each trainer's λ, both at a time, for as
    /// long as the loss falls.
    /// </summary>
    public double[] Trials()
    {
        double[] trials = [.. Candidates.SelectMany(_ => (double[])[1, -1])];
        int[][] walks = [.. new[] { false, true }.Select(kind => Enumerable.Range(0, Candidates.Length).Where(i => Candidates[i].IsSoftmax == kind).ToArray())];
        bool[] ended = [false, false];
        for (var step = 0; step < Candidates.Length; step++)
        {
            for (var kind = 0; kind < 2; kind++)
            {
                if (ended[kind] || step >= walks[kind].Length)
                {
                    continue;
                }

                var i = walks[kind][step];
                var (isSoftmax, lambda) = Candidates[i];
                double[][] scores = [.. _folds.SelectMany((_, f) => FoldScores(isSoftmax, lambda, f))];
                var (factor, loss) = Temperature(scores, isSoftmax ? 1 : 10);
                (trials[2 * i], trials[(2 * i) + 1]) = (1 / factor, loss / _all.Rows);
                ended[kind] = step > 0 && trials[(2 * i) + 1] >= trials[(2 * i) - 1];
            }
        }

        return trials;
    }

    /// <summary>Weights of logits by a candidate fitted to all rows, [L][D].</summary>
    public double[][] Fit(int candidate)
    {
        var (isSoftmax, lambda) = Candidates[candidate];
        return isSoftmax ? _all.Softmax(lambda)
            : _all.IsDual ? _all.Weights(Ridge(_all, true, lambda))
            : [.. Ridge(_all, false, lambda).Chunk(_all.Width)];
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

    private double[] Ridge(PlainFit rows, bool isDual, double shift)
    {
        // 0 and 1 for classes, −1 and 1 for single logits.
        var isClass = _shard.Labels.Task == LearningTask.Multiclass;
        long Target(int r, int c) => isClass ? rows.Y[r][c] : (2 * rows.Y[r][c]) - 1;
        double[] targets =
        [
            .. Enumerable.Range(0, rows.Outputs).SelectMany(c => isDual
                ? Enumerable.Range(0, rows.Rows).Select(r => (double)Target(r, c))
                : Enumerable.Range(0, rows.Width).Select(j => (double)Enumerable.Range(0, rows.Rows).Sum(r => Target(r, c) * rows.X[r][j]))),
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
