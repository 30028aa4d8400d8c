using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using LegoNet.Common;

namespace LegoNet.Numerics;

/// <summary>
/// The penalised log loss of linear logits over rows of codes, Σ loss(W x, y) + μ/2 |W|², as a function of W [L, D]. Weights are rounded to
/// int16 for the products with codes, and p − y to multiples of 1/32767 for the gradient: both products are exact integers, and so are the
/// same whatever the order of rows, the vector width or the threads.
/// </summary>
internal sealed unsafe class CodeLogLoss : IPreconditionedFunction, IDisposable
{
    private const double ResidualUnits = short.MaxValue;

    // Of a row's loss: below 2^20 it is a number of these, so that losses of 2^23 rows sum in an int64.
    private const double LossUnits = 1 << 20;
    private const double LargestLoss = 1 << 20;

    // Products, in multiply-adds, below which another thread costs more than it saves.
    private const double LeastWork = 4e6;

    private readonly LogLoss _loss;
    private readonly RowRange[] _ranges;
    private readonly double _penalty;
    private readonly IPreconditioner _preconditioner;
    private readonly int _width;
    private readonly int _chunkRows;
    private readonly short[] _weights;
    private readonly Worker[] _workers;

    /// <summary>Creates the function.</summary>
    /// <param name="rows">The codes.</param>
    /// <param name="loss">The rows' labels.</param>
    /// <param name="ranges">The rows that count; they do not overlap.</param>
    /// <param name="penalty">μ.</param>
    /// <param name="preconditioner">The approximate inverse of the Hessian.</param>
    /// <param name="threads">Threads to use.</param>
    public CodeLogLoss(CodeRows rows, LogLoss loss, RowRange[] ranges, double penalty, IPreconditioner preconditioner, int threads)
    {
        _loss = loss;
        _penalty = penalty;
        _preconditioner = preconditioner;
        _width = rows.Dimension + 1;
        _chunkRows = CodePass.ChunkRowsFor(loss.Outputs);
        _ranges = [.. ranges.SelectMany(range => range.Split(_chunkRows))];
        _weights = new short[checked(loss.Outputs * _width)];
        var work = (double)ranges.Sum(r => (long)r.Count) * _weights.Length;
        _workers = [.. Enumerable.Range(0, (int)Math.Clamp(work / LeastWork, 1, Math.Min(threads, Math.Max(1, _ranges.Length))))
            .Select(_ => new Worker(rows.CreatePass(_chunkRows)))];
    }

    public bool IsQuadratic => _loss.IsSquared;

    public int Length => _weights.Length;

    public double Evaluate(Direction at, Span<double> gradient)
    {
        var weights = at.Coordinates;
        var step = QuantisedWeights.Round(weights, _width, _weights);
        var next = -1;
        InParallel.ForEach(_workers, _workers.Length, worker =>
        {
            worker.Pass.SetWeights(_weights);
            worker.Loss = 0;
            for (int i; (i = Interlocked.Increment(ref next)) < _ranges.Length;)
            {
                Run(worker, _ranges[i], step);
            }
        });

        var sums = new long[_weights.Length];
        long loss = 0;
        foreach (var worker in _workers)
        {
            worker.Pass.MoveTo(sums);
            loss += worker.Loss;
        }

        for (var i = 0; i < sums.Length; i++)
        {
            gradient[i] = sums[i] / ResidualUnits;
        }

        FixedOrder.AddScaled(_penalty, weights, gradient);
        return (loss / LossUnits) + (_penalty / 2 * FixedOrder.Dot(weights, weights));
    }

    public Direction Precondition(ReadOnlySpan<double> gradient)
    {
        var step = gradient.ToArray();
        _preconditioner.Apply(step, _loss.Outputs);
        return new Direction(step);
    }

    /// <summary>Scores of rows by some weights, which are rounded as in an evaluation.</summary>
    /// <param name="pass">A pass over the rows.</param>
    /// <param name="weights">W, [L, D].</param>
    /// <param name="range">The rows.</param>
    /// <param name="scores">Receives the scores of output c from c · stride on.</param>
    /// <param name="stride">The distance between outputs, at least the number of rows.</param>
    public static void Scores(CodePass pass, ReadOnlySpan<double> weights, RowRange range, Span<double> scores, int stride)
    {
        var rounded = new short[weights.Length];
        var step = QuantisedWeights.Round(weights, pass.Dimension + 1, rounded);
        pass.SetWeights(rounded);
        using var products = new PinnedBuffer<int>((long)pass.Outputs * pass.ChunkRows);
        for (var first = 0; first < range.Count; first += pass.ChunkRows)
        {
            var count = Math.Min(pass.ChunkRows, range.Count - first);
            pass.Multiply(range.First + first, count, products.Pointer);
            for (var c = 0; c < pass.Outputs; c++)
            {
                var to = scores.Slice((c * stride) + first, count);
                for (var r = 0; r < count; r++)
                {
                    to[r] = products.Pointer[(c * pass.ChunkRows) + r] * step;
                }
            }
        }
    }

    public void Dispose()
    {
        foreach (var worker in _workers)
        {
            worker.Dispose();
        }
    }

    private void Run(Worker worker, RowRange rows, double step)
    {
        var entries = _loss.Outputs * _chunkRows;
        if (step > 0)
        {
            worker.Pass.Multiply(rows.First, rows.Count, worker.Products.Pointer);
        }
        else
        {
            new Span<int>(worker.Products.Pointer, entries).Clear();
        }

        LogitsOf(worker.Products.Pointer, step, worker.Logits.Pointer, entries);
        _loss.Evaluate(rows.First, rows.Count, _chunkRows, worker.Logits.Pointer, worker.Logits.Pointer, worker.Losses.Pointer);
        for (var r = 0; r < rows.Count; r++)
        {
            worker.Loss += (long)(Math.Min(worker.Losses.Pointer[r], LargestLoss) * LossUnits);
        }

        Quantise(worker.Logits.Pointer, worker.Residuals.Pointer, entries);
        var end = Math.Min((rows.Count + CodePass.BlockRows - 1) / CodePass.BlockRows * CodePass.BlockRows, _chunkRows);
        for (var c = 0; c < _loss.Outputs; c++)
        {
            new Span<short>(worker.Residuals.Pointer + ((nint)c * _chunkRows) + rows.Count, end - rows.Count).Clear();
        }

        worker.Pass.Add(rows.First, rows.Count, worker.Residuals.Pointer);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void LogitsOf(int* products, double step, double* logits, int entries)
    {
        var factor = Vector512.Create(step);
        for (var i = 0; i < entries; i += 8)
        {
            var (lower, upper) = Vector256.Widen(Vector256.Load(products + i));
            (Vector512.ConvertToDouble(Vector512.Create(lower, upper)) * factor).Store(logits + i);
        }
    }

    // To nearest, ties to even, in the low bits; what lies within ±1 cannot leave an int16.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Quantise(double* residuals, short* quantised, int entries)
    {
        for (var i = 0; i < entries; i += 8)
        {
            var shifted = (Vector512.Load(residuals + i) * Vector512.Create(ResidualUnits)) + Vector512.Create(PortableMath.Rounder);
            var bits = shifted.AsInt64();
            var words = Vector256.Narrow(bits.GetLower(), bits.GetUpper());
            Vector128.Narrow(words.GetLower(), words.GetUpper()).Store(quantised + i);
        }
    }

    private sealed class Worker(CodePass pass) : IDisposable
    {
        public CodePass Pass { get; } = pass;

        public PinnedBuffer<int> Products { get; } = new((long)pass.Outputs * pass.ChunkRows);

        public PinnedBuffer<double> Logits { get; } = new((long)pass.Outputs * pass.ChunkRows);

        public PinnedBuffer<short> Residuals { get; } = new((long)pass.Outputs * pass.ChunkRows);

        public PinnedBuffer<double> Losses { get; } = new(pass.ChunkRows);

        public long Loss { get; set; }

        public void Dispose()
        {
            Pass.Dispose();
            Products.Dispose();
            Logits.Dispose();
            Residuals.Dispose();
            Losses.Dispose();
        }
    }
}
