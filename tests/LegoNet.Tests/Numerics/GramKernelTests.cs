using FsCheck;
using FsCheck.Fluent;
using LegoNet.Numerics;

namespace LegoNet.Tests.Numerics;

public class GramKernelTests
{
    public static TheoryData<int, int> Shapes => new()
    {
        { 1, 1 }, { 1, 2 }, { 2, 1 }, { 3, 7 }, { 5, 16 }, { 4, 24 }, { 7, 25 }, { 33, 47 }, { 64, 48 }, { 65, 49 }, { 257, 33 },

        // Longer than one chunk of every micro-kernel (256 steps of four rows), with a rest in rows and in columns.
        { 1031, 53 },
    };

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Gram_EveryWidth_EqualsReference(int rows, int dimension)
    {
        var codes = TestCodes.Random(rows * dimension, (ulong)((rows * 1000) + dimension));
        var expected = ReferenceGram(codes, dimension);
        AssertGram<TileScalar>(codes, dimension, expected);
        AssertGram<Tile128>(codes, dimension, expected);
        AssertGram<Tile256>(codes, dimension, expected);
        AssertGram<Tile512>(codes, dimension, expected);
        AssertGram<TileVnni>(codes, dimension, expected);
        var sums = new long[expected.Length];
        GramKernel.AddGram(codes, dimension, sums);
        Assert.Equal(expected, sums);
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void KernelMatrix_EveryWidth_EqualsReference(int dimension, int rows)
    {
        var codes = TestCodes.Random(rows * dimension, (ulong)((rows * 1000) + dimension));
        var expected = ReferenceKernel(codes, dimension);
        AssertKernel<TileScalar>(codes, dimension, expected);
        AssertKernel<Tile128>(codes, dimension, expected);
        AssertKernel<Tile256>(codes, dimension, expected);
        AssertKernel<Tile512>(codes, dimension, expected);
        AssertKernel<TileVnni>(codes, dimension, expected);
        var kernel = new long[expected.Length];
        kernel.AsSpan().Fill(99);
        GramKernel.KernelMatrix(codes, dimension, kernel);
        Assert.Equal(expected, kernel);
    }

    // Large enough for several ranges of every micro-kernel, with rests in rows and columns.
    [Theory]
    [InlineData(1031, 337)]
    [InlineData(2048, 336)]
    public void GramAndKernelMatrix_EveryWidthAndNumberOfThreads_EqualReference(int rows, int dimension)
    {
        var codes = TestCodes.Random(rows * dimension, (ulong)rows);
        var gram = ReferenceGram(codes, dimension);
        var kernel = ReferenceKernel(codes, rows);
        foreach (var threads in (int[])[1, 2, 3, 7])
        {
            AssertGram<TileScalar>(codes, dimension, gram, threads);
            AssertGram<Tile128>(codes, dimension, gram, threads);
            AssertGram<Tile256>(codes, dimension, gram, threads);
            AssertGram<Tile512>(codes, dimension, gram, threads);
            AssertGram<TileVnni>(codes, dimension, gram, threads);
            AssertKernel<TileScalar>(codes, rows, kernel, threads);
            AssertKernel<Tile128>(codes, rows, kernel, threads);
            AssertKernel<Tile256>(codes, rows, kernel, threads);
            AssertKernel<Tile512>(codes, rows, kernel, threads);
            AssertKernel<TileVnni>(codes, rows, kernel, threads);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    [InlineData(0)]
    public void Gram_ExtremeCodesBeyondInt32_AreExact(int sign)
    {
        // 140,000 rows of ±127: a sum of squares is 2,258,060,000, which an int32 cannot hold.
        const int Rows = 140_000;
        const int Dimension = 3;
        var codes = TestCodes.Extreme(Rows * Dimension, sign);
        var sums = new long[GramKernel.PackedLength(Dimension + 1)];
        GramKernel.AddGram(codes, Dimension, sums);
        Assert.Equal(ReferenceGram(codes, Dimension), sums);
        Assert.Equal(2_258_060_000L, sums[GramKernel.Index(1, 1)]);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    public void KernelMatrix_ExtremeCodesOfManyDimensions_AreExact(int sign)
    {
        const int Dimension = 140_000;
        var codes = TestCodes.Extreme(2 * Dimension, sign);
        var kernel = new long[3];
        GramKernel.KernelMatrix(codes, Dimension, kernel);
        Assert.All(kernel, k => Assert.Equal((Dimension + 1L) * 127 * 127, k));
    }

    [Fact]
    public void SubtractGram_AfterAdd_LeavesTheSumsOfTheRest()
        => Prop.ForAll(
            ArbMap.Default.ArbFor<(byte, byte, byte)>(),
            t =>
            {
                var (dimension, kept, gone) = ((t.Item1 % 60) + 1, t.Item2 % 70, t.Item3 % 20);
                var codes = TestCodes.Random((kept + gone) * dimension, t.Item1 + (ulong)(t.Item2 * 256));
                var rest = codes.AsSpan(0, kept * dimension);
                var sums = new long[GramKernel.PackedLength(dimension + 1)];
                GramKernel.AddGram(codes, dimension, sums);
                GramKernel.SubtractGram(codes.AsSpan(kept * dimension), dimension, sums);
                return sums.AsSpan().SequenceEqual(ReferenceGram(rest, dimension));
            }).QuickCheckThrowOnFailure();

    [Fact]
    public void ClassSums_AddedAndSubtracted_EqualReference()
    {
        const int Classes = 5;
        foreach (var (rows, dimension) in new[] { (0, 3), (1, 1), (40, 15), (100, 37) })
        {
            var codes = TestCodes.Random(rows * dimension, 7);
            var classes = Enumerable.Range(0, rows).Select(r => (int)(SplitMix64.Mix((ulong)r) % (Classes - 1))).ToArray();
            var targets = new int[rows * Classes];
            for (var r = 0; r < rows; r++)
            {
                targets[(r * Classes) + classes[r]] = 1;
            }

            var sums = new long[Classes * (dimension + 1)];
            GramKernel.AddClassSums(codes, dimension, classes, Classes, sums);
            Assert.Equal(ReferenceTargets(codes, dimension, targets, Classes), sums);
            GramKernel.SubtractClassSums(codes, dimension, classes, Classes, sums);
            Assert.All(sums, s => Assert.Equal(0, s));
        }
    }

    [Fact]
    public void ClassSums_UnknownClass_Throws()
        => Assert.Throws<ArgumentOutOfRangeException>(() => GramKernel.AddClassSums([1, 2], 2, [3], 3, new long[9]));

    [Fact]
    public void TargetSums_AddedAndSubtracted_EqualReference()
    {
        foreach (var (rows, dimension, count) in new[] { (0, 3, 1), (1, 1, 1), (40, 15, 2), (100, 37, 3) })
        {
            var codes = TestCodes.Random(rows * dimension, 9);
            var targets = Enumerable.Range(0, rows * count).Select(i => (int)SplitMix64.Mix((ulong)i)).ToArray();
            var sums = new long[count * (dimension + 1)];
            GramKernel.AddTargetSums(codes, dimension, targets, count, sums);
            Assert.Equal(ReferenceTargets(codes, dimension, targets, count), sums);
            GramKernel.SubtractTargetSums(codes, dimension, targets, count, sums);
            Assert.All(sums, s => Assert.Equal(0, s));
        }
    }

    [Fact]
    public void TargetSums_JustBelowAndAtTheExactLimit_SumsOrRefuses()
    {
        // int.MaxValue · 127 · 33,026 rows is just below 2^53, one row more is above it.
        const int Rows = 33_027;
        var codes = TestCodes.Extreme(Rows, 1);
        var targets = new int[Rows];
        Array.Fill(targets, int.MaxValue);
        var sums = new long[2];
        GramKernel.AddTargetSums(codes.AsSpan(0, Rows - 1), 1, targets.AsSpan(0, Rows - 1), 1, sums);
        Assert.All(sums, s => Assert.Equal(127L * int.MaxValue * (Rows - 1), s));
        var error = Assert.Throws<LegoNetException>(() => GramKernel.AddTargetSums(codes, 1, targets, 1, sums));
        Assert.Equal(LegoNetError.BadInput, error.Error);
    }

    [Fact]
    public void Index_OfTheLastEntry_IsTheLengthLessOne()
    {
        Assert.Equal(GramKernel.PackedLength(65_535) - 1, GramKernel.Index(65_534, 65_534));
        Assert.Throws<LegoNetException>(() => GramKernel.PackedLength(70_000));
    }

    [Fact]
    public void AddGram_SumsOfAnotherLength_Throws()
        => Assert.Throws<ArgumentException>(() => GramKernel.AddGram([1, 2], 2, new long[5]));

    private static void AssertGram<TTile>(sbyte[] codes, int dimension, long[] expected, int threads = 1)
        where TTile : struct, IIntegerTile
    {
        if (!TTile.IsSupported)
        {
            return;
        }

        var sums = new long[expected.Length];
        GramKernel.Gram<TTile>(codes, dimension, sums, subtract: false, threads);
        Assert.Equal(expected, sums);
        GramKernel.Gram<TTile>(codes, dimension, sums, subtract: true, threads);
        Assert.True(!sums.AsSpan().ContainsAnyExcept(0L));
    }

    private static void AssertKernel<TTile>(sbyte[] codes, int dimension, long[] expected, int threads = 1)
        where TTile : struct, IIntegerTile
    {
        if (!TTile.IsSupported)
        {
            return;
        }

        var kernel = new long[expected.Length];
        GramKernel.KernelMatrix<TTile>(codes, dimension, kernel, threads);
        Assert.Equal(expected, kernel);
    }

    private static long[] ReferenceGram(ReadOnlySpan<sbyte> codes, int dimension)
    {
        var sums = new long[(dimension + 1) * (dimension + 2) / 2];
        for (var r = 0; r < codes.Length / dimension; r++)
        {
            var row = codes.Slice(r * dimension, dimension);
            for (var i = 0; i <= dimension; i++)
            {
                for (var j = 0; j <= i; j++)
                {
                    long a = i == dimension ? 127 : row[i];
                    long b = j == dimension ? 127 : row[j];
                    sums[(i * (i + 1) / 2) + j] += a * b;
                }
            }
        }

        return sums;
    }

    private static long[] ReferenceKernel(sbyte[] codes, int dimension)
    {
        var rows = codes.Length / dimension;
        var kernel = new List<long>();
        for (var i = 0; i < rows; i++)
        {
            for (var j = 0; j <= i; j++)
            {
                long sum = 127 * 127;
                for (var t = 0; t < dimension; t++)
                {
                    sum += codes[(i * dimension) + t] * codes[(j * dimension) + t];
                }

                kernel.Add(sum);
            }
        }

        return [.. kernel];
    }

    private static long[] ReferenceTargets(sbyte[] codes, int dimension, int[] targets, int count)
    {
        var sums = new long[count * (dimension + 1)];
        for (var r = 0; r < codes.Length / dimension; r++)
        {
            for (var c = 0; c < count; c++)
            {
                for (var j = 0; j <= dimension; j++)
                {
                    sums[(c * (dimension + 1)) + j] += (long)targets[(r * count) + c] * (j == dimension ? 127 : codes[(r * dimension) + j]);
                }
            }
        }

        return sums;
    }
}
