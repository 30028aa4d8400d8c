using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace LegoNet.Numerics;

/// <summary>
/// Log loss of logits and its derivative, row by row: softmax over the outputs against a class, or a sigmoid for each output against 0 or 1;
/// and, for scores that are fitted to targets, half of half the squared error, whose derivative stays within ±1 for errors within ±2.
/// Lanes run over rows, so a row's numbers do not depend on its neighbours.
/// </summary>
internal sealed unsafe class LogLoss
{
    private const int Lanes = 8;

    private readonly double[]? _classes;
    private readonly double[]? _targets;
    private readonly int _rows;

    private LogLoss(int outputs, int rows, double[]? classes, double[]? targets, bool isSquared = false)
    {
        IsSquared = isSquared;
        Outputs = outputs;
        _rows = rows;
        _classes = classes;
        _targets = targets;
    }

    /// <summary>Outputs, L.</summary>
    public int Outputs { get; }

    /// <summary>Whether it is the squared error.</summary>
    public bool IsSquared { get; }

    /// <summary>Softmax over L outputs.</summary>
    /// <param name="classes">The class of each row, [m], each in 0…L − 1.</param>
    /// <param name="outputs">L.</param>
    public static LogLoss Softmax(ReadOnlySpan<int> classes, int outputs)
    {
        var padded = new double[Padded(classes.Length)];
        for (var r = 0; r < classes.Length; r++)
        {
            padded[r] = classes[r];
        }

        return new LogLoss(outputs, classes.Length, padded, null);
    }

    /// <summary>A sigmoid for each of L outputs.</summary>
    /// <param name="rows">m.</param>
    /// <param name="outputs">L.</param>
    /// <param name="isPositive">Whether a row (first argument) has an output (second).</param>
    public static LogLoss Sigmoid(int rows, int outputs, Func<int, int, bool> isPositive)
        => new(outputs, rows, null, Table(rows, outputs, (row, c) => isPositive(row, c) ? 1 : 0));

    /// <summary>A quarter of the squared error of each of L outputs; beyond an error of 2 it grows no faster than there (Huber 1964).</summary>
    /// <param name="rows">m.</param>
    /// <param name="outputs">L.</param>
    /// <param name="target">The target of a row (first argument) and an output (second), from −1 to 1.</param>
    public static LogLoss Squared(int rows, int outputs, Func<int, int, double> target)
        => new(outputs, rows, null, Table(rows, outputs, target), isSquared: true);

    /// <summary>Losses of some rows, and what the loss changes by with each logit.</summary>
    /// <param name="first">The first row.</param>
    /// <param name="count">Rows; room for a multiple of eight is there wherever rows are written.</param>
    /// <param name="stride">The distance between outputs in <paramref name="logits"/> and <paramref name="residuals"/>.</param>
    /// <param name="logits">[L, stride].</param>
    /// <param name="residuals">Receives p − y, [L, stride]; may be where the logits are.</param>
    /// <param name="losses">Receives each row's loss in natural logarithms, [count]; for sigmoids the sum over outputs.</param>
    public void Evaluate(int first, int count, int stride, double* logits, double* residuals, double* losses)
    {
        if (_classes is not null)
        {
            fixed (double* classes = _classes)
            {
                EvaluateSoftmax(classes + first, count, stride, logits, residuals, losses);
            }
        }
        else if (IsSquared)
        {
            fixed (double* targets = _targets)
            {
                EvaluateSquared(targets + first, count, stride, logits, residuals, losses);
            }
        }
        else
        {
            fixed (double* targets = _targets)
            {
                EvaluateSigmoid(targets + first, count, stride, logits, residuals, losses);
            }
        }
    }

    /// <summary>What a factor on scores does to their loss. Each row's terms are rounded to integers before they are added.</summary>
    /// <param name="count">The rows, from the first on.</param>
    /// <param name="stride">The distance between outputs, a multiple of eight.</param>
    /// <param name="scores">[L, stride].</param>
    /// <param name="residuals">p − y of scores × factor, [L, stride].</param>
    /// <param name="losses">The losses of scores × factor, [count].</param>
    /// <param name="units">Units to one.</param>
    /// <param name="largest">The size to which a row's terms are cut.</param>
    public LogLossTerms Terms(int count, int stride, double* scores, double* residuals, double* losses, double units, double largest)
    {
        long loss = 0, slope = 0, curvature = 0, margin = 0;
        var row = stackalloc double[3 * Lanes];
        for (var r = 0; r < count; r += Lanes)
        {
            Terms(r, stride, scores, residuals, row);
            for (var lane = 0; lane < Math.Min(Lanes, count - r); lane++)
            {
                loss += Rounded(losses[r + lane]);
                slope += Rounded(row[lane]);
                curvature += Rounded(row[Lanes + lane]);
                margin += Rounded(row[(2 * Lanes) + lane]);
            }
        }

        return new LogLossTerms(loss / units, slope / units, curvature / units, margin / units);

        long Rounded(double term) => (long)Math.Round(Math.Clamp(term, -largest, largest) * units);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void EvaluateSoftmax(double* classes, int count, int stride, double* logits, double* residuals, double* losses)
    {
        for (var r = 0; r < count; r += Lanes)
        {
            var z = logits + r;
            var to = residuals + r;
            var largest = Vector512.Load(z);
            for (var c = 1; c < Outputs; c++)
            {
                largest = Vector512.Max(largest, Vector512.Load(z + ((nint)c * stride)));
            }

            var own = Vector512.Load(classes + r);
            var sum = Vector512<double>.Zero;
            var ownLogit = sum;
            for (var c = 0; c < Outputs; c++)
            {
                var shifted = Vector512.Load(z + ((nint)c * stride)) - largest;
                ownLogit = Vector512.ConditionalSelect(Vector512.Equals(own, Vector512.Create((double)c)), shifted, ownLogit);
                var e = PortableMath.Exp(shifted);
                sum += e;
                e.Store(to + ((nint)c * stride));
            }

            var share = Vector512<double>.One / sum;
            for (var c = 0; c < Outputs; c++)
            {
                var p = Vector512.Load(to + ((nint)c * stride)) * share;
                var y = Vector512.ConditionalSelect(Vector512.Equals(own, Vector512.Create((double)c)), Vector512<double>.One, Vector512<double>.Zero);
                (p - y).Store(to + ((nint)c * stride));
            }

            (PortableMath.Log(sum) - ownLogit).Store(losses + r);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void EvaluateSigmoid(double* targets, int count, int stride, double* logits, double* residuals, double* losses)
    {
        var targetStride = Padded(_rows);
        for (var r = 0; r < count; r += Lanes)
        {
            var loss = Vector512<double>.Zero;
            for (var c = 0; c < Outputs; c++)
            {
                var z = Vector512.Load(logits + ((nint)c * stride) + r);
                var y = Vector512.Load(targets + ((nint)c * targetStride) + r);
                var e = PortableMath.Exp(-Vector512.Abs(z));
                var all = Vector512<double>.One + e;
                var isPositive = Vector512.GreaterThanOrEqual(z, Vector512<double>.Zero);
                var p = Vector512.ConditionalSelect(isPositive, Vector512<double>.One, e) / all;
                loss += PortableMath.Log(all) + Vector512.ConditionalSelect(isPositive, z, Vector512<double>.Zero) - (y * z);
                (p - y).Store(residuals + ((nint)c * stride) + r);
            }

            loss.Store(losses + r);
        }
    }

    // The first and second derivative by a factor on the scores, and the margin, of eight rows.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Terms(int first, int stride, double* scores, double* residuals, double* terms)
    {
        Vector512<double> slope = default, squares = default, means = default, margin = default;
        fixed (double* labels = _classes ?? _targets)
        {
            for (var c = 0; c < Outputs; c++)
            {
                var s = Vector512.Load(scores + ((nint)c * stride) + first);
                var residual = Vector512.Load(residuals + ((nint)c * stride) + first);
                var y = _classes is null
                    ? Vector512.Load(labels + ((nint)c * Padded(_rows)) + first)
                    : Vector512.ConditionalSelect(
                        Vector512.Equals(Vector512.Load(labels + first), Vector512.Create((double)c)), Vector512<double>.One, Vector512<double>.Zero);
                var p = residual + y;
                slope += residual * s;
                squares += p * s * s;
                if (_classes is null)
                {
                    squares -= p * s * (p * s);
                    margin += (y - Vector512.Create(0.5)) * s;
                }
                else
                {
                    means += p * s;
                    margin += (y - Vector512.Create(1.0 / Outputs)) * s;
                }
            }
        }

        slope.Store(terms);
        (squares - (means * means)).Store(terms + Lanes);
        margin.Store(terms + (2 * Lanes));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void EvaluateSquared(double* targets, int count, int stride, double* scores, double* residuals, double* losses)
    {
        var targetStride = Padded(_rows);
        var half = Vector512.Create(0.5);
        for (var r = 0; r < count; r += Lanes)
        {
            var loss = Vector512<double>.Zero;
            for (var c = 0; c < Outputs; c++)
            {
                var at = ((nint)c * stride) + r;
                var error = half * (Vector512.Load(scores + at) - Vector512.Load(targets + ((nint)c * targetStride) + r));
                var bounded = Vector512.Min(Vector512.Max(error, -Vector512<double>.One), Vector512<double>.One);
                loss += bounded * (error + error - bounded);
                bounded.Store(residuals + at);
            }

            loss.Store(losses + r);
        }
    }

    private static double[] Table(int rows, int outputs, Func<int, int, double> value)
    {
        var stride = Padded(rows);
        var table = new double[checked(stride * outputs)];
        for (var c = 0; c < outputs; c++)
        {
            for (var r = 0; r < rows; r++)
            {
                table[(c * stride) + r] = value(r, c);
            }
        }

        return table;
    }

    // Whole vectors are read from any row.
    private static int Padded(int rows) => rows + Lanes;
}
