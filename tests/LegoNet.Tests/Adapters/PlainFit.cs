using System.Runtime.Intrinsics;
using LegoNet.Adapters;
using LegoNet.Numerics;
using LegoNet.Specs;

namespace LegoNet.Tests.Adapters;

/// <summary>
/// The fits of softmax adapters as the formulas say them, and ridge's where it goes by passes: plain loops over long and double. They share
/// nothing with the product but its exponential, its logarithm and its Cholesky factorisation.
/// </summary>
internal sealed class PlainFit
{
    private const int Memory = 8;
    private const double PassTolerance = 1e-7;

    private readonly LabelLayout _labels;
    private readonly int[][] _words;

    /// <param name="labels">How labels are stored.</param>
    /// <param name="codes">A code for each row.</param>
    /// <param name="words">A label for each row.</param>
    public PlainFit(LabelLayout labels, sbyte[][] codes, int[][] words)
    {
        _labels = labels;
        _words = words;
        Rows = codes.Length;
        Width = codes[0].Length + 1;
        Outputs = labels.Task == LearningTask.Binary ? 1 : labels.Outputs;
        double classes = labels.Classes.Count;
        Share = labels.Task == LearningTask.Multilabel ? 0.1 : Math.Max(0.1, (classes - 1) / (classes * classes));

        // A constant of 127 stands after every code.
        X = [.. codes.Select(code => (long[])[.. code.Select(x => (long)x), 127])];
        Y = [.. words.Select(word => (int[])[.. Enumerable.Range(0, Outputs).Select(c => Has(word, c) ? 1 : 0)])];
    }

    public int Rows { get; }

    public int Width { get; }

    public int Outputs { get; }

    public long[][] X { get; }

    /// <summary>0 or 1 for each row and output.</summary>
    public int[][] Y { get; }

    /// <summary>Whether the rows' products with each other are fewer than the columns'.</summary>
    public bool IsDual => Rows <= Width;

    /// <summary>h, of which with Σ x xᵀ the curvature of the loss is made.</summary>
    public double Share { get; }

    /// <summary>The mean over columns of Σ x², as the dual form or the primal one adds it up: λ is relative to it.</summary>
    public double Energy(bool isDual)
    {
        double total = X.Sum(x => x.Sum(v => v * v));
        return isDual ? total / Rows * Rows / Width : total / Width;
    }

    /// <summary>Weights of logits, [L][D], of rows that were sorted first where the fit is dual.</summary>
    public double[][] Softmax(double lambda)
    {
        var evaluations = SoftmaxFit.EvaluationsFor(Rows, Width);
        var shift = lambda / Share * Energy(IsDual);
        return IsDual
            ? Weights(Dual(lambda, shift, evaluations))
            : [.. Primal(lambda * Energy(false), Inverse(Gram(), Width, shift), evaluations).Chunk(Width)];
    }

    /// <summary>Weights of logits, [L][D], where no matrix is factored: by more passes, preconditioned by the diagonal of Xᵀ X.</summary>
    public double[][] ByPasses(bool isSoftmax, double lambda, int passes, double[]? start = null)
    {
        var penalty = lambda * X.Sum(x => x.Sum(v => v * v)) / Width * (isSoftmax ? 1 : 0.5);
        double[] diagonal = [.. Enumerable.Range(0, Width).Select(j => ((isSoftmax ? Share : 0.5) * X.Sum(x => x[j] * x[j])) + penalty)];
        return [.. Primal(penalty, g => [.. g.Select((v, i) => v / diagonal[i % Width])], passes, PassTolerance, !isSoftmax, start).Chunk(Width)];
    }

    /// <summary>(G + σ)⁻¹ of L vectors.</summary>
    public static double[] Solve(long[] lower, int order, double shift, double[] vectors)
    {
        var solved = (double[])vectors.Clone();
        Assert.True(Cholesky.TrySolve(lower, order, [.. Enumerable.Repeat(shift, order)], solved, vectors.Length / order));
        return solved;
    }

    /// <summary>Wᶜ = Σ_r α_r x_r, one fused step a row.</summary>
    public double[][] Weights(double[] duals)
    {
        var weights = Enumerable.Range(0, Outputs).Select(_ => new double[Width]).ToArray();
        for (var c = 0; c < Outputs; c++)
        {
            for (var j = 0; j < Width; j++)
            {
                for (var r = 0; r < Rows; r++)
                {
                    weights[c][j] = Math.FusedMultiplyAdd(duals[(c * Rows) + r], X[r][j], weights[c][j]);
                }
            }
        }

        return weights;
    }

    /// <summary>The lower triangle of Xᵀ X, row by row.</summary>
    public long[] Gram() => Triangle(Width, (i, j) => X.Sum(x => x[i] * x[j]));

    /// <summary>The lower triangle of X Xᵀ.</summary>
    public long[] Kernel() => Triangle(Rows, (r, t) => X[r].Zip(X[t], (a, b) => a * b).Sum());

    /// <summary>Minimises over W [L · D], whose logits are rounded products.</summary>
    public double[] Primal(
        double penalty,
        Func<double[], double[]> inverse,
        int evaluations,
        double tolerance = SoftmaxFit.Tolerance,
        bool isSquared = false,
        double[]? start = null)
    {
        start ??= new double[Outputs * Width];
        return Minimise(new Vector(start, start), Evaluate, Precondition, evaluations, tolerance, isSquared).Point;

        (double, double[]) Evaluate(Vector at)
        {
            var (step, rounded) = Round(at.Point, Width);
            var sums = new long[Outputs * Width];
            long losses = 0;
            for (var r = 0; r < Rows; r++)
            {
                var logits = new double[Outputs];
                for (var c = 0; c < Outputs; c++)
                {
                    long product = 0;
                    for (var j = 0; j < Width; j++)
                    {
                        product += X[r][j] * rounded[(c * Width) + j];
                    }

                    logits[c] = product * step;
                }

                var (loss, residuals) = isSquared ? SquaredLoss(logits, r) : RowLoss(logits, Y[r]);
                losses += (long)(Math.Min(loss, 1 << 20) * (1 << 20));
                for (var c = 0; c < Outputs; c++)
                {
                    var residual = (long)Math.Round(residuals[c] * 32767);
                    for (var j = 0; j < Width; j++)
                    {
                        sums[(c * Width) + j] += residual * X[r][j];
                    }
                }
            }

            double[] gradient = [.. sums.Select((s, i) => (s / 32767.0) + (penalty * at.Point[i]))];
            return ((losses / (double)(1 << 20)) + (penalty / 2 * Dot(at.Point, at.Point)), gradient);
        }

        Vector Precondition(double[] gradient)
        {
            var step = inverse(gradient);
            return new Vector(step, step);
        }
    }

    /// <summary>Minimises over A [L · m], where W = A X and the logits are A K.</summary>
    public double[] Dual(double lambda, double wanted, int evaluations)
    {
        var penalty = lambda * Energy(true);
        var kernel = Kernel();
        var shift = Shift(kernel, Rows, wanted);
        var zero = new double[Outputs * Rows];
        return Minimise(new Vector(zero, zero), Evaluate, Precondition, evaluations, SoftmaxFit.Tolerance, isQuadratic: false).Point;

        (double, double[]) Evaluate(Vector at)
        {
            double sum = 0;
            var gradient = new double[Outputs * Rows];
            for (var r = 0; r < Rows; r++)
            {
                var (loss, residuals) = RowLoss([.. Enumerable.Range(0, Outputs).Select(c => at.Dual[(c * Rows) + r])], Y[r]);
                sum += loss;
                for (var c = 0; c < Outputs; c++)
                {
                    gradient[(c * Rows) + r] = residuals[c] + (penalty * at.Point[(c * Rows) + r]);
                }
            }

            return (sum + (penalty / 2 * Dot(at.Point, at.Dual)), gradient);
        }

        // K (K + σ)⁻¹ B = B − σ (K + σ)⁻¹ B.
        Vector Precondition(double[] gradient)
        {
            double[] step = [.. Solve(kernel, Rows, shift, gradient).Select(v => v * (1 / Share))];
            return new Vector(step, [.. gradient.Select((g, i) => (g * (1 / Share)) + (-shift * step[i]))]);
        }
    }

    /// <summary>(h (G + σ))⁻¹ of L vectors at once.</summary>
    public Func<double[], double[]> Inverse(long[] lower, int order, double wanted)
    {
        var shift = Shift(lower, order, wanted);
        return vectors => [.. Solve(lower, order, shift, vectors).Select(v => v * (1 / Share))];
    }

    public static double Exp(double x) => PortableMath.Exp(Vector512.Create(x))[0];

    public static double Log(double x) => PortableMath.Log(Vector512.Create(x))[0];

    /// <summary>The loss of one row and p − y.</summary>
    public (double Loss, double[] Residuals) RowLoss(double[] logits, int[] y)
    {
        var residuals = new double[logits.Length];
        if (_labels.Task == LearningTask.Multiclass)
        {
            var largest = logits.Max();
            var e = logits.Select(z => Exp(z - largest)).ToArray();
            double sum = 0;
            foreach (var v in e)
            {
                sum += v;
            }

            var share = 1 / sum;
            for (var c = 0; c < e.Length; c++)
            {
                residuals[c] = (e[c] * share) - y[c];
            }

            return (Log(sum) - (logits[Array.IndexOf(y, 1)] - largest), residuals);
        }

        double loss = 0;
        for (var c = 0; c < logits.Length; c++)
        {
            var z = logits[c];
            var e = Exp(-Math.Abs(z));
            residuals[c] = ((z >= 0 ? 1 : e) / (1 + e)) - y[c];
            loss += Log(1 + e) + (z >= 0 ? z : 0) - (y[c] * z);
        }

        return (loss, residuals);
    }

    /// <summary>What ridge fits to: 0 and 1 for classes, −1 and 1 for single logits, steps from the middle of the range for numbers.</summary>
    public long Target(int row, int output) => _labels.Task switch
    {
        LearningTask.Multiclass => Y[row][output],
        LearningTask.Regression => _words[row][0] - (_labels.Target!.Steps / 2),
        _ => (2 * Y[row][output]) - 1,
    };

    /// <summary>The least power of two with which weights fit an int16, and their products with codes an int32.</summary>
    public static (double Step, long[] Rounded) Round(double[] weights, int width)
    {
        double largest = weights.Max(Math.Abs), largestSum = 0;
        if (largest == 0)
        {
            return (1, new long[weights.Length]);
        }

        for (var start = 0; start < weights.Length; start += width)
        {
            double sum = 0;
            for (var j = 0; j < width; j++)
            {
                sum += Math.Abs(weights[start + j]);
            }

            largestSum = Math.Max(largestSum, sum);
        }

        var room = Math.Min(32767 / largest, ((int.MaxValue / 127) - ((width + 1) / 2)) / largestSum);
        var step = 1.0;
        while (1 / step > room)
        {
            step *= 2;
        }

        while (2 / step <= room)
        {
            step /= 2;
        }

        return (step, [.. weights.Select(w => (long)Math.Clamp(Math.Round(w / step), -32767, 32767))]);
    }

    private static long[] Triangle(int order, Func<int, int, long> entry)
        => [.. Enumerable.Range(0, order).SelectMany(i => Enumerable.Range(0, i + 1).Select(j => entry(i, j)))];

    // σ, or more where G + σ is not positive definite in float64.
    private static double Shift(long[] lower, int order, double shift)
    {
        for (var more = 1024.0; !Cholesky.TrySolve(lower, order, [.. Enumerable.Repeat(shift, order)], new double[order], 1); more *= 1024)
        {
            shift = Math.Max(shift, double.Epsilon) * more;
        }

        return shift;
    }

    // A quarter of the squared error up to an error of 2, and from there on as steep as it is there.
    private (double Loss, double[] Residuals) SquaredLoss(double[] scores, int row)
    {
        double[] errors = [.. scores.Select((s, c) => 0.5 * (s - Target(row, c)))];
        double[] bounded = [.. errors.Select(e => Math.Clamp(e, -1, 1))];
        return (errors.Zip(bounded, (e, b) => b * (e + e - b)).Sum(), bounded);
    }

    // L-BFGS (Nocedal 1980) with backtracking (Armijo 1966), or with steps to where a quadratic function is lowest.
    private static Vector Minimise(
        Vector x, Func<Vector, (double, double[])> evaluate, Func<double[], Vector> precondition, int evaluations, double tolerance, bool isQuadratic)
    {
        var (value, gradient) = evaluate(x);
        var preconditioned = precondition(gradient);
        var pairs = new List<(Vector S, double[] Y, Vector HY)>();
        var made = 1;
        while (made < evaluations)
        {
            var step = preconditioned;
            var rest = gradient;
            var shares = new double[pairs.Count];
            for (var i = pairs.Count - 1; i >= 0; i--)
            {
                var (s, y, hy) = pairs[i];
                shares[i] = s.Dot(rest) / s.Dot(y);
                rest = Plus(rest, -shares[i], y);
                step = step.Plus(-shares[i], hy);
            }

            if (pairs.Count > 0)
            {
                var (s, y, hy) = pairs[^1];
                step = step.Times(s.Dot(y) / hy.Dot(y));
            }

            for (var i = 0; i < pairs.Count; i++)
            {
                var (s, y, _) = pairs[i];
                step = step.Plus(shares[i] - (step.Dot(y) / s.Dot(y)), s);
            }

            var slope = step.Dot(gradient);
            if (!(slope > 0))
            {
                break;
            }

            var share = isQuadratic && pairs.Count == 0 ? 1.0 / 64 : 1;
            Vector? next = null;
            double nextValue = 0;
            double[] nextGradient = [];
            if (isQuadratic)
            {
                var tried = evaluate(x.Plus(-share, step)).Item2;
                made++;
                var bend = slope - step.Dot(tried);
                if (bend > 0)
                {
                    var further = slope / bend;
                    share *= further;
                    nextGradient = Plus([.. tried.Select(v => further * v)], 1 - further, gradient);
                    (next, nextValue) = (x.Plus(-share, step), value - (share * slope / 2));
                }
            }

            for (; !isQuadratic && made < evaluations && next is null; made++)
            {
                var tried = x.Plus(-share, step);
                (nextValue, nextGradient) = evaluate(tried);
                next = nextValue <= value - (1e-4 * share * slope) ? tried : null;
                share = next is null ? share / 2 : share;
            }

            if (next is null)
            {
                break;
            }

            var nextPreconditioned = precondition(nextGradient);
            var pair = (S: step.Times(-share), Y: Plus(nextGradient, -1, gradient), HY: nextPreconditioned.Plus(-1, preconditioned));
            var scale = pair.S.Dot(pair.Y) / pair.HY.Dot(pair.Y);
            if (pair.S.Dot(pair.Y) > 0 && double.IsFinite(scale) && scale > 0)
            {
                pairs.Add(pair);
                pairs = [.. pairs.TakeLast(Memory)];
            }

            var gain = value - nextValue;
            (x, gradient, preconditioned, value) = (next, nextGradient, nextPreconditioned, nextValue);
            if (gain <= tolerance * Math.Abs(value))
            {
                break;
            }
        }

        return x;
    }

    private static double[] Plus(double[] x, double factor, double[] y) => [.. x.Select((v, i) => v + (factor * y[i]))];

    // Sixteen sums side by side, added as a tree; what is left over follows.
    private static double Dot(double[] x, double[] y)
    {
        var sums = new double[16];
        var whole = x.Length / 16 * 16;
        for (var i = 0; i < whole; i++)
        {
            sums[i % 16] += x[i] * y[i];
        }

        for (var lanes = 8; lanes > 0; lanes /= 2)
        {
            for (var i = 0; i < lanes; i++)
            {
                sums[i] += sums[i + lanes];
            }
        }

        for (var i = whole; i < x.Length; i++)
        {
            sums[0] += x[i] * y[i];
        }

        return sums[0];
    }

    private bool Has(int[] word, int c) => _labels.Task switch
    {
        LearningTask.Multiclass => word[0] == c,
        LearningTask.Binary => word[0] == 1,
        _ => (word[c / 32] >> (c % 32) & 1) == 1,
    };

    /// <summary>A point or a step, and what its inner product with a gradient is taken of.</summary>
    private sealed record Vector(double[] Point, double[] Dual)
    {
        public double Dot(double[] gradient) => PlainFit.Dot(Dual, gradient);

        public Vector Plus(double factor, Vector other) => new(PlainFit.Plus(Point, factor, other.Point), PlainFit.Plus(Dual, factor, other.Dual));

        public Vector Times(double factor) => new([.. Point.Select(v => v * factor)], [.. Dual.Select(v => v * factor)]);
    }
}
