using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using LegoNet.Common;

namespace LegoNet.Numerics;

/// <summary>Weights from a solution in the dual form.</summary>
internal static unsafe class DualForm
{
    private const int Lanes = 8;
    private const int Block = 4 * Lanes;

    // Multiply-adds from which on another thread is worth its start.
    private const long WorthAThread = 1 << 20;

    /// <summary>
    /// w = Σ_r α_r x_r for every output, x_r followed by <see cref="GramKernel.Bias"/>: one fused multiply-add chain per weight in ascending r,
    /// lanes across weights.
    /// </summary>
    /// <param name="codes">Row-major codes [m, d].</param>
    /// <param name="dimension">d.</param>
    /// <param name="duals">α, [L, m].</param>
    /// <param name="outputs">L.</param>
    /// <param name="threads">Threads to use.</param>
    /// <returns>[L, d + 1].</returns>
    public static double[] Weights(ReadOnlySpan<sbyte> codes, int dimension, ReadOnlySpan<double> duals, int outputs, int threads = 1)
    {
        var rows = codes.Length / dimension;
        var width = dimension + 1;
        var weights = new double[checked(outputs * width)];
        fixed (sbyte* x = codes)
        fixed (double* alpha = duals)
        fixed (double* to = weights)
        {
            var (xs, alphas, sums) = ((nint)x, (nint)alpha, (nint)to);
            InParallel.Ranges(
                (width + Block - 1) / Block,
                1 + (int)(WorthAThread / ((long)rows * Block * outputs)),
                threads,
                (first, end) =>
                {
                    for (var block = first; block < end; block++)
                    {
                        Combine((sbyte*)xs, rows, dimension, (double*)alphas, outputs, block * Block, (double*)sums);
                    }
                });
        }

        return weights;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Combine(sbyte* codes, int rows, int dimension, double* duals, int outputs, int start, double* weights)
    {
        using var block = new PinnedBuffer<double>((long)rows * Block);
        var sums = stackalloc double[Block];
        var columns = Math.Min(Block, dimension + 1 - start);
        for (var row = 0; row < rows; row++)
        {
            var line = block.Pointer + ((nint)row * Block);
            for (var j = 0; j < columns; j++)
            {
                var column = start + j;
                line[j] = column == dimension ? GramKernel.Bias : codes[((nint)row * dimension) + column];
            }
        }

        for (var c = 0; c < outputs; c++)
        {
            Vector512<double> w0 = default, w1 = default, w2 = default, w3 = default;
            var alphas = duals + ((nint)c * rows);
            for (var row = 0; row < rows; row++)
            {
                var alpha = Vector512.Create(alphas[row]);
                var x = block.Pointer + ((nint)row * Block);
                w0 = Vector512.FusedMultiplyAdd(alpha, Vector512.Load(x), w0);
                w1 = Vector512.FusedMultiplyAdd(alpha, Vector512.Load(x + Lanes), w1);
                w2 = Vector512.FusedMultiplyAdd(alpha, Vector512.Load(x + (2 * Lanes)), w2);
                w3 = Vector512.FusedMultiplyAdd(alpha, Vector512.Load(x + (3 * Lanes)), w3);
            }

            w0.Store(sums);
            w1.Store(sums + Lanes);
            w2.Store(sums + (2 * Lanes));
            w3.Store(sums + (3 * Lanes));
            new ReadOnlySpan<double>(sums, columns).CopyTo(new Span<double>(weights + ((nint)c * (dimension + 1)) + start, columns));
        }
    }
}
