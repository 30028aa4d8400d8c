using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace LegoNet.Numerics;

/// <summary>A kernel matrix K = X Xᵀ of integers, and what fits without some of its rows need of it.</summary>
/// <param name="lower">The packed lower triangle (<see cref="GramKernel.Index"/>).</param>
/// <param name="order">m.</param>
internal sealed unsafe class KernelRows(long[] lower, int order)
{
    private const int Lanes = 8;

    /// <summary>The kernel matrix of all rows but some.</summary>
    /// <param name="without">The rows to leave out.</param>
    public long[] Without(RowRange without)
    {
        var rest = new long[GramKernel.PackedLength(order - without.Count)];
        var next = 0;
        for (var i = 0; i < order; i++)
        {
            if (i >= without.First && i < without.First + without.Count)
            {
                continue;
            }

            var row = lower.AsSpan(GramKernel.Index(i, 0), i + 1);
            var before = Math.Min(row.Length, without.First);
            row[..before].CopyTo(rest.AsSpan(next));
            next += before;
            if (i >= without.First + without.Count)
            {
                var after = row[(without.First + without.Count)..];
                after.CopyTo(rest.AsSpan(next));
                next += after.Length;
            }
        }

        return rest;
    }

    /// <summary>
    /// Scores of some rows by a combination of the others, Σ_t α_t K[t, r]: in ascending t, lanes across rows.
    /// </summary>
    /// <param name="of">The rows to score.</param>
    /// <param name="duals">α, [L, m − of.Count].</param>
    /// <param name="outputs">L.</param>
    /// <param name="scores">Receives the scores of output c from c · stride on.</param>
    /// <param name="stride">The distance between outputs.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Scores(RowRange of, ReadOnlySpan<double> duals, int outputs, Span<double> scores, int stride)
    {
        var others = order - of.Count;
        using var column = new PinnedBuffer<double>((long)others * Lanes);
        var sums = stackalloc double[Lanes];
        for (var first = 0; first < of.Count; first += Lanes)
        {
            var count = Math.Min(Lanes, of.Count - first);
            for (var t = 0; t < others; t++)
            {
                var other = t < of.First ? t : t + of.Count;
                for (var lane = 0; lane < count; lane++)
                {
                    var row = of.First + first + lane;
                    column.Pointer[((nint)t * Lanes) + lane] = lower[other > row ? GramKernel.Index(other, row) : GramKernel.Index(row, other)];
                }
            }

            for (var c = 0; c < outputs; c++)
            {
                var sum = Vector512<double>.Zero;
                fixed (double* alpha = duals.Slice(c * others, others))
                {
                    for (var t = 0; t < others; t++)
                    {
                        sum += Vector512.Load(column.Pointer + ((nint)t * Lanes)) * Vector512.Create(alpha[t]);
                    }
                }

                sum.Store(sums);
                new ReadOnlySpan<double>(sums, count).CopyTo(scores[((c * stride) + first)..]);
            }
        }
    }
}
