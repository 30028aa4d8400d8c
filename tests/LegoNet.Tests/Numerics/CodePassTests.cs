using System.Runtime.Intrinsics;
using LegoNet.Numerics;

namespace LegoNet.Tests.Numerics;

public unsafe class CodePassTests
{
    private static readonly int[] s_outputs = [1, 2, 3, 4, 5, 6, 7, 8, 9, 20, 33];

    [Fact]
    public void EveryForm_AroundEveryBoundaryOfTheShape_EqualsPlainLoops()
    {
        // Every length of a code; outputs and rows so that each meets each remainder of its own blocks.
        for (var dimension = 1; dimension <= 130; dimension++)
        {
            foreach (var offset in (int[])[0, 4, 7])
            {
                var outputs = s_outputs[(dimension + offset) % s_outputs.Length];
                var rows = 1 + ((dimension * 7) + (offset * 5)) % 67;
                var codes = TestCodes.Random(rows * dimension, (ulong)dimension);
                Check(codes, dimension, Weights(outputs * (dimension + 1), 32767), Residuals(rows * outputs, 65535), chunkRows: offset == 0 ? 16 : 64);
            }
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(15)]
    [InlineData(16)]
    [InlineData(17)]
    [InlineData(255)]
    [InlineData(256)]
    [InlineData(257)]
    [InlineData(514)]
    public void EveryForm_AnyNumberOfRows_EqualsPlainLoops(int rows)
        => Check(TestCodes.Random(rows * 37, 5), 37, Weights(5 * 38, 900), Residuals(rows * 5, 65535), chunkRows: 256);

    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    [InlineData(0)]
    public void EveryForm_ExtremeCodesAndResiduals_AreExact(int sign)
    {
        // 127 · 32767 · 1,300 rows is more than twice what an int32 holds.
        const int Rows = 1300;
        const int Dimension = 35;
        const int Outputs = 3;
        short[] residuals = [.. Enumerable.Range(0, Rows * Outputs)
            .Select(i => (short)(i < Rows ? 32767 : i < 2 * Rows ? -32767 : (i & 1) == 0 ? 32767 : -32767))];
        short[] weights = [.. Enumerable.Range(0, Outputs * (Dimension + 1)).Select(i => (short)(i <= Dimension ? 32767 : -32767))];
        Check(TestCodes.Extreme(Rows * Dimension, sign), Dimension, weights, residuals, chunkRows: 256);
    }

    [Fact]
    public void EveryForm_CodesThatAreMostlyZeros_EqualsPlainLoops()
    {
        const int Dimension = 100;
        var codes = TestCodes.Random(200 * Dimension, 3);
        for (var i = 0; i < codes.Length; i++)
        {
            // Whole rows of zeros too.
            codes[i] = i / Dimension % 9 == 0 || SplitMix64.Mix((ulong)i) % 10 != 0 ? (sbyte)0 : codes[i];
        }

        Check(codes, Dimension, Weights(6 * (Dimension + 1), 32767), Residuals(200 * 6, 65535), chunkRows: 64);
    }

    [Fact]
    public void EveryForm_LargestWeightsOfManyColumns_FitAnInt32()
    {
        const int Dimension = 65_534;
        var quantised = new short[Dimension + 1];
        QuantisedWeights.Round(Enumerable.Repeat(1.0, Dimension + 1).ToArray(), Dimension + 1, quantised);
        Check(TestCodes.Extreme(2 * Dimension, 1), Dimension, quantised, [32767, -32767], chunkRows: 16);
    }

    [Fact]
    public void MoveTo_Twice_AddsOnlyWhatCameSince()
    {
        sbyte[] codes = [3, -5];
        foreach (var sparse in (bool[])[false, true])
        {
            using var rows = new CodeRows(codes, 2, 1, [new RowRange(0, 1)], 1, sparse);
            using var pass = rows.CreatePass(16);
            using var residuals = new PinnedBuffer<short>(16);
            residuals.Pointer[0] = 7;
            var sums = new long[3];
            pass.Add(0, 1, residuals.Pointer);
            pass.MoveTo(sums);
            pass.MoveTo(sums);
            Assert.Equal([21, -35, 7 * GramKernel.Bias], sums);
            pass.Add(0, 1, residuals.Pointer);
            pass.MoveTo(sums);
            Assert.Equal([42, -70, 14 * GramKernel.Bias], sums);
        }
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(100, false)]
    public void CodeRows_TakesTheSparseForm_WhereCodesAreMostlyZeros(int percent, bool isSparse)
    {
        var codes = new sbyte[50 * 400];
        for (var i = 0; i < codes.Length; i++)
        {
            codes[i] = (sbyte)(SplitMix64.Mix((ulong)i) % 100 < (ulong)percent ? 9 : 0);
        }

        codes[0] = 1;
        using var rows = new CodeRows(codes, 400, 8, [new RowRange(0, 50)], 1);
        using var pass = rows.CreatePass(16);
        Assert.Equal(isSparse, pass.GetType().GetGenericTypeDefinition() == typeof(SparseCodePass<,>));
    }

    private static void Check(sbyte[] codes, int dimension, short[] weights, short[] residuals, int chunkRows)
    {
        var outputs = weights.Length / (dimension + 1);
        var rows = codes.Length / dimension;
        var (products, sums) = Reference(codes, dimension, weights, residuals, outputs);

        // Ranges that passes keep to, and some that they run across.
        RowRange[] whole = [new(0, rows)];
        RowRange[] parts = rows < 3 ? whole : [new(0, rows / 3), new(rows / 3, 0), new(rows / 3, rows - (rows / 3))];
        foreach (var (form, ranges) in ((bool?, RowRange[])[])[(false, whole), (true, whole), (true, parts), (null, parts)])
        {
            using var all = new CodeRows(codes, dimension, outputs, ranges, 2, form);
            CheckPass(all.CreatePass(chunkRows));
            CheckPass(all.CreatePass<PairLanesScalar, int>(chunkRows));
            if (PairLanes128.IsSupported)
            {
                CheckPass(all.CreatePass<PairLanes128, Vector128<int>>(chunkRows));
            }

            if (PairLanes256.IsSupported)
            {
                CheckPass(all.CreatePass<PairLanes256, Vector256<int>>(chunkRows));
            }

            if (PairLanes512.IsSupported)
            {
                CheckPass(all.CreatePass<PairLanes512, Vector512<int>>(chunkRows));
            }
        }

        void CheckPass(CodePass pass)
        {
            using var owner = pass;
            using var to = new PinnedBuffer<int>(outputs * chunkRows);
            using var from = new PinnedBuffer<short>(outputs * chunkRows);
            var actual = new int[products.Length];
            pass.SetWeights(weights);
            for (var first = 0; first < rows; first += chunkRows)
            {
                var count = Math.Min(chunkRows, rows - first);
                var end = Math.Min((count + CodePass.BlockRows - 1) / CodePass.BlockRows * CodePass.BlockRows, chunkRows);
                pass.Multiply(first, count, to.Pointer);
                for (var c = 0; c < outputs; c++)
                {
                    for (var r = 0; r < chunkRows; r++)
                    {
                        // Beyond the rows' last block stands what may not count.
                        from.Pointer[(c * chunkRows) + r] = r < count ? residuals[(c * rows) + first + r] : r < end ? (short)0 : (short)12345;
                        if (r < count)
                        {
                            actual[(c * rows) + first + r] = to.Pointer[(c * chunkRows) + r];
                        }
                    }
                }

                pass.Add(first, count, from.Pointer);
            }

            var added = new long[sums.Length];
            pass.MoveTo(added);
            var form = $"{pass.GetType().Name}, {pass.GetType().GenericTypeArguments[0].Name}, {rows} × {dimension}, {outputs} outputs";
            Assert.True(products.AsSpan().SequenceEqual(actual), $"products: {form}");
            Assert.True(sums.AsSpan().SequenceEqual(added), $"sums: {form}");
        }
    }

    private static (int[] Products, long[] Sums) Reference(sbyte[] codes, int dimension, short[] weights, short[] residuals, int outputs)
    {
        var rows = codes.Length / dimension;
        var width = dimension + 1;
        var products = new int[outputs * rows];
        var sums = new long[outputs * width];
        for (var c = 0; c < outputs; c++)
        {
            for (var r = 0; r < rows; r++)
            {
                long product = 0;
                for (var j = 0; j < width; j++)
                {
                    var x = j < dimension ? codes[(r * dimension) + j] : GramKernel.Bias;
                    product += x * weights[(c * width) + j];
                    sums[(c * width) + j] += x * residuals[(c * rows) + r];
                }

                products[(c * rows) + r] = checked((int)product);
            }
        }

        return (products, sums);
    }

    private static short[] Weights(int count, int largest)
        => [.. Enumerable.Range(0, count).Select(i => (short)((int)(SplitMix64.Mix((ulong)i + 77) % (ulong)((2 * largest) + 1)) - largest))];

    private static short[] Residuals(int count, int spread)
        => [.. Enumerable.Range(0, count).Select(i => (short)((int)(SplitMix64.Mix((ulong)i + 99) % (ulong)spread) - (spread / 2)))];
}
