using LegoNet.Numerics;

namespace LegoNet.Tests.Numerics;

/// <summary>The two forms of the penalised log loss: over codes, and over a kernel matrix.</summary>
public class FitFunctionsTests
{
    private const double Share = 0.1;

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, false)]
    [InlineData(true, true)]
    public void CodeLogLoss_AnyThreadsOrderRangesAndForm_HasTheSameBits(bool softmax, bool sparse)
    {
        // So many products that five threads would be used.
        const int Rows = 1700;
        const int Dimension = 250;
        const int Outputs = 50;
        var codes = Codes(Rows, Dimension, sparse);
        int[] classes = [.. Enumerable.Range(0, Rows).Select(r => (int)(SplitMix64.Mix((ulong)r) % Outputs))];
        double[] weights = [.. Enumerable.Range(0, Outputs * (Dimension + 1)).Select(i => ((SplitMix64.Mix((ulong)i) >> 11) / (double)(1L << 53) - 0.5) / 500)];
        var expected = Evaluate(codes, classes, [new RowRange(0, Rows)], 1, null);
        foreach (var threads in (int[])[2, 5])
        {
            AssertSame(Evaluate(codes, classes, [new RowRange(0, Rows)], threads, null));
        }

        AssertSame(Evaluate(codes, classes, [new RowRange(0, 1), new RowRange(1, 298), new RowRange(299, 1), new RowRange(300, 1400)], 2, null));
        AssertSame(Evaluate(codes, classes, [new RowRange(700, 1000), new RowRange(0, 700)], 3, null));
        AssertSame(Evaluate(codes, classes, [new RowRange(0, Rows)], 2, !sparse));
        int[] order = [.. Enumerable.Range(0, Rows)];
        new Random(4).Shuffle(order);
        sbyte[] shuffled = [.. order.SelectMany(r => codes.Skip(r * Dimension).Take(Dimension))];
        AssertSame(Evaluate(shuffled, [.. order.Select(r => classes[r])], [new RowRange(0, Rows)], 2, null));

        (double Value, double[] Gradient) Evaluate(sbyte[] of, int[] labels, RowRange[] ranges, int threads, bool? form)
        {
            using var rows = new CodeRows(of, Dimension, Outputs, [new RowRange(0, of.Length / Dimension)], threads, form);
            var loss = softmax ? LogLoss.Softmax(labels, Outputs) : LogLoss.Sigmoid(Rows, Outputs, (r, c) => (labels[r] + c) % 3 == 0);
            using var function = new CodeLogLoss(rows, loss, ranges, 10, new DiagonalPreconditioner(new long[Dimension + 1], Share, 10), threads);
            var gradient = new double[function.Length];

            // Twice, since an evaluation must leave nothing behind.
            function.Evaluate(new Direction([.. weights.Select(w => -w)]), gradient);
            return (function.Evaluate(new Direction(weights), gradient), gradient);
        }

        void AssertSame((double Value, double[] Gradient) actual)
        {
            Assert.Equal(expected.Value, actual.Value);
            Assert.True(expected.Gradient.AsSpan().SequenceEqual(actual.Gradient));
        }
    }

    [Theory]
    [InlineData(true, 3)]
    [InlineData(false, 1)]
    [InlineData(false, 4)]
    public void CodeLogLossAndKernelLogLoss_RunToTheirEnd_GiveTheSameWeights(bool softmax, int outputs)
    {
        const int Rows = 60;
        const int Dimension = 40;
        const int Width = Dimension + 1;
        var codes = Codes(Rows, Dimension, sparse: false);
        int[] classes = [.. Enumerable.Range(0, Rows).Select(r => (int)(SplitMix64.Mix((ulong)r + 9) % 3))];
        var loss = softmax ? LogLoss.Softmax(classes, outputs) : LogLoss.Sigmoid(Rows, outputs, (r, c) => classes[r] == c % 3);
        var gram = new long[GramKernel.PackedLength(Width)];
        GramKernel.AddGram(codes, Dimension, gram);
        const double Penalty = 30_000;
        using var rows = new CodeRows(codes, Dimension, outputs, [new RowRange(0, Rows)], 1);
        using var factor = new ShiftedFactor(gram, Width, Penalty / Share, 1);
        using var primal = new CodeLogLoss(rows, loss, [new RowRange(0, Rows)], Penalty, new FactorPreconditioner(factor, Share), 1);
        var weights = new Direction(new double[primal.Length]);
        Assert.InRange(QuasiNewton.Minimise(primal, weights, 300, 1e-9, TestContext.Current.CancellationToken), 3, 200);

        var kernel = new long[GramKernel.PackedLength(Rows)];
        GramKernel.KernelMatrix(codes, Dimension, kernel);
        using var kernelFactor = new ShiftedFactor(kernel, Rows, Penalty / Share, 1);
        var dual = new KernelLogLoss(loss, Rows, Penalty, kernelFactor, Share);
        var duals = dual.Zero;
        Assert.InRange(QuasiNewton.Minimise(dual, duals, 300, 1e-13, TestContext.Current.CancellationToken), 3, 120);
        var expected = DualForm.Weights(codes, Dimension, duals.Coordinates, outputs);
        var largest = expected.Max(Math.Abs);
        Assert.True(largest > 1e-4);
        for (var i = 0; i < expected.Length; i++)
        {
            Assert.Equal(expected[i], weights.Coordinates[i], 2e-3 * largest);
        }
    }

    [Fact]
    public void KernelLogLoss_DualForm_IsTheKernelTimesTheCoordinates()
    {
        const int Rows = 20;
        const int Dimension = 30;
        var codes = Codes(Rows, Dimension, sparse: false);
        var kernel = new long[GramKernel.PackedLength(Rows)];
        GramKernel.KernelMatrix(codes, Dimension, kernel);
        using var factor = new ShiftedFactor(kernel, Rows, 5000 / Share, 2);
        var function = new KernelLogLoss(LogLoss.Softmax([.. Enumerable.Range(0, Rows).Select(r => r % 2)], 2), Rows, 5000, factor, Share);
        double[] gradient = [.. Enumerable.Range(0, 2 * Rows).Select(i => Math.Sin(i))];
        var step = function.Precondition(gradient);
        for (var i = 0; i < gradient.Length; i++)
        {
            double sum = 0, size = 0;
            for (var t = 0; t < Rows; t++)
            {
                var (a, b) = (Math.Max(i % Rows, t), Math.Min(i % Rows, t));
                var term = kernel[GramKernel.Index(a, b)] * step.Coordinates[(i / Rows * Rows) + t];
                sum += term;
                size += Math.Abs(term);
            }

            Assert.Equal(sum, step.Dual[i], 1e-10 * size);
            Assert.Equal(gradient[i], (Share * sum) + (5000 * step.Coordinates[i]), 1e-9);
        }
    }

    [Theory]
    [InlineData(0, 4)]
    [InlineData(3, 1)]
    [InlineData(5, 5)]
    [InlineData(9, 1)]
    [InlineData(0, 9)]
    [InlineData(4, 0)]
    public void KernelRows_WithoutSome_IsTheKernelOfTheOthersAndScoresThem(int first, int count)
    {
        const int Rows = 10;
        const int Dimension = 6;
        const int Outputs = 2;
        var codes = Codes(Rows, Dimension, sparse: false);
        var kernel = new long[GramKernel.PackedLength(Rows)];
        GramKernel.KernelMatrix(codes, Dimension, kernel);
        sbyte[] others = [.. codes[..(first * Dimension)], .. codes[((first + count) * Dimension)..]];
        var expected = new long[GramKernel.PackedLength(Rows - count)];
        GramKernel.KernelMatrix(others, Dimension, expected);
        var rows = new KernelRows(kernel, Rows);
        Assert.Equal(expected, rows.Without(new RowRange(first, count)));

        double[] duals = [.. Enumerable.Range(0, Outputs * (Rows - count)).Select(i => i - 3.0)];
        var scores = new double[Outputs * 16];
        rows.Scores(new RowRange(first, count), duals, Outputs, scores, 16);
        for (var r = 0; r < count; r++)
        {
            for (var c = 0; c < Outputs; c++)
            {
                double score = 0;
                for (var t = 0; t < Rows - count; t++)
                {
                    long product = 127 * 127;
                    for (var j = 0; j < Dimension; j++)
                    {
                        product += others[(t * Dimension) + j] * codes[((first + r) * Dimension) + j];
                    }

                    score += duals[(c * (Rows - count)) + t] * product;
                }

                Assert.Equal(score, scores[(c * 16) + r]);
            }
        }
    }

    private static sbyte[] Codes(int rows, int dimension, bool sparse)
    {
        var codes = TestCodes.Random(rows * dimension, 21);
        return sparse ? [.. codes.Select((x, i) => SplitMix64.Mix((ulong)i) % 50 == 0 ? x : (sbyte)0)] : codes;
    }
}
