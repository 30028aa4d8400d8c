using System.Runtime.Intrinsics;

namespace LegoNet.Numerics;

/// <summary>Weights from a solution in the dual form.</summary>
internal static class DualForm
{
    /// <summary>
    /// w = Σ_r α_r x_r for every output, x_r followed by <see cref="GramKernel.Bias"/>: one fused multiply-add chain per weight in ascending r,
    /// lanes across weights.
    /// </summary>
    /// <param name="codes">Row-major codes [m, d].</param>
    /// <param name="dimension">d.</param>
    /// <param name="duals">α, [L, m].</param>
    /// <param name="outputs">L.</param>
    /// <returns>[L, d + 1].</returns>
    public static double[] Weights(ReadOnlySpan<sbyte> codes, int dimension, ReadOnlySpan<double> duals, int outputs)
    {
        const int Lanes = 8;
        const int Block = 4 * Lanes;
        var rows = codes.Length / dimension;
        var width = dimension + 1;
        var weights = new double[outputs * width];
        var block = new double[rows * Block];
        Span<double> sums = stackalloc double[Block];
        for (var start = 0; start < width; start += Block)
        {
            var columns = Math.Min(Block, width - start);
            for (var row = 0; row < rows; row++)
            {
                for (var j = 0; j < columns; j++)
                {
                    var column = start + j;
                    block[(row * Block) + j] = column == dimension ? GramKernel.Bias : codes[(row * dimension) + column];
                }
            }

            for (var c = 0; c < outputs; c++)
            {
                Vector512<double> w0 = default, w1 = default, w2 = default, w3 = default;
                for (var row = 0; row < rows; row++)
                {
                    var alpha = Vector512.Create(duals[(c * rows) + row]);
                    var x = block.AsSpan(row * Block, Block);
                    w0 = Vector512.FusedMultiplyAdd(alpha, Vector512.Create<double>(x), w0);
                    w1 = Vector512.FusedMultiplyAdd(alpha, Vector512.Create<double>(x[Lanes..]), w1);
                    w2 = Vector512.FusedMultiplyAdd(alpha, Vector512.Create<double>(x[(2 * Lanes)..]), w2);
                    w3 = Vector512.FusedMultiplyAdd(alpha, Vector512.Create<double>(x[(3 * Lanes)..]), w3);
                }

                w0.CopyTo(sums);
                w1.CopyTo(sums[Lanes..]);
                w2.CopyTo(sums[(2 * Lanes)..]);
                w3.CopyTo(sums[(3 * Lanes)..]);
                sums[..columns].CopyTo(weights.AsSpan((c * width) + start));
            }
        }

        return weights;
    }
}
