using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using LegoNet.Numerics;

namespace LegoNet.Tests.Numerics;

public class CholeskyTests
{
    // Below, at and above the strip (8), the block of columns (64) and the chunk of earlier columns (128).
    public static TheoryData<int, int> Sizes => new()
    {
        { 1, 1 }, { 2, 3 }, { 7, 1 }, { 8, 8 }, { 9, 10 }, { 24, 17 }, { 33, 1 }, { 63, 2 }, { 64, 26 }, { 65, 5 }, { 129, 3 }, { 200, 20 }, { 331, 10 },
    };

    [Theory]
    [MemberData(nameof(Sizes))]
    public void FactorAndSolve_EveryWidth_HaveTheReferencesBits(int n, int count)
    {
        var (lower, diagonal, b) = Problem(n, count);
        var (factor, x) = ReferenceSolve(lower, diagonal, b, n, count);
        AssertBits<LanesScalar, double>(lower, diagonal, b, n, count, factor, x);
        AssertBits<Lanes128, Vector128<double>>(lower, diagonal, b, n, count, factor, x);
        AssertBits<Lanes256, Vector256<double>>(lower, diagonal, b, n, count, factor, x);
        AssertBits<Lanes512, Vector512<double>>(lower, diagonal, b, n, count, factor, x);

        var solved = (double[])b.Clone();
        Assert.True(Cholesky.TrySolve(lower, n, diagonal, solved, count));
        AssertSameBits(x, solved);
    }

    // Large enough for several ranges of strips and of right-hand sides; whole, one more and one less than strips and blocks.
    [Theory]
    [InlineData(575, 77)]
    [InlineData(576, 48)]
    [InlineData(577, 49)]
    [InlineData(641, 80)]
    public void FactorAndSolve_EveryWidthAndNumberOfThreads_HaveTheSameBits(int n, int count)
    {
        var (lower, diagonal, b) = Problem(n, count);
        var strips = new double[Cholesky.StripLength(n)];
        Cholesky.Pack(lower, n, diagonal, strips);
        var factor = (double[])strips.Clone();
        Assert.True(Cholesky.TryFactor<LanesScalar, double>(factor, n));
        var x = (double[])b.Clone();
        Cholesky.Solve<LanesScalar, double>(factor, n, x, count);
        foreach (var threads in (int[])[1, 2, 3, 7])
        {
            var packed = new double[strips.Length];
            Cholesky.Pack(lower, n, diagonal, packed, threads);
            AssertSameBits(strips, packed);
            AssertBits<LanesScalar, double>(strips, b, n, count, threads, factor, x);
            AssertBits<Lanes128, Vector128<double>>(strips, b, n, count, threads, factor, x);
            AssertBits<Lanes256, Vector256<double>>(strips, b, n, count, threads, factor, x);
            AssertBits<Lanes512, Vector512<double>>(strips, b, n, count, threads, factor, x);
            var solved = (double[])b.Clone();
            Assert.True(Cholesky.TrySolve(lower, n, diagonal, solved, count, threads));
            AssertSameBits(x, solved);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void TryFactor_NotPositiveFarDown_ReturnsFalseForAnyThreads(int threads)
    {
        var (lower, diagonal, b) = Problem(600, 1);
        diagonal[555] = -1e12;
        Assert.False(Cholesky.TrySolve(lower, 600, diagonal, b, 1, threads));
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public void TrySolve_Residual_IsOfTheOrderOfRounding(int n, int count)
    {
        var (lower, diagonal, b) = Problem(n, count);
        var x = (double[])b.Clone();
        Assert.True(Cholesky.TrySolve(lower, n, diagonal, x, count));
        for (var c = 0; c < count; c++)
        {
            double residual = 0, size = 0;
            for (var i = 0; i < n; i++)
            {
                double sum = -b[(c * n) + i], scale = Math.Abs(b[(c * n) + i]);
                for (var j = 0; j < n; j++)
                {
                    var a = lower[GramKernel.Index(Math.Max(i, j), Math.Min(i, j))] + (i == j ? diagonal[i] : 0);
                    sum += a * x[(c * n) + j];
                    scale += Math.Abs(a * x[(c * n) + j]);
                }

                residual = Math.Max(residual, Math.Abs(sum));
                size = Math.Max(size, scale);
            }

            // Backward stable: about n rounding errors of 1.1e-16 in relation to the terms of the sum.
            Assert.True(residual <= 4e-16 * (n + 10) * size, $"right-hand side {c}: residual {residual} of {size}");
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(12)]
    [InlineData(100)]
    public void TrySolve_SingularMatrix_ReturnsFalseAndLeavesTheRightHandSides(int n)
    {
        // Rank 1 at most, so that the second pivot is exactly zero; for n = 1 the first is.
        var lower = new long[GramKernel.PackedLength(n)];
        if (n > 1)
        {
            lower.AsSpan().Fill(4);
        }

        var b = new double[n];
        b.AsSpan().Fill(3);
        Assert.False(Cholesky.TrySolve(lower, n, new double[n], b, 1));
        Assert.All(b, v => Assert.Equal(3, v));
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    [InlineData(-20_000.0)]
    public void TrySolve_DiagonalNotPositiveOrNotFinite_ReturnsFalse(double added)
    {
        var (lower, diagonal, b) = Problem(40, 2);
        diagonal[17] = added * 1e6;
        Assert.False(Cholesky.TrySolve(lower, 40, diagonal, b, 2));
    }

    [Fact]
    public void Factor_OfTheIdentity_IsTheIdentity()
    {
        const int N = 19;
        var lower = new long[GramKernel.PackedLength(N)];
        var ones = new double[N];
        ones.AsSpan().Fill(1);
        var b = Enumerable.Range(0, N).Select(i => i - 7.5).ToArray();
        var x = (double[])b.Clone();
        Assert.True(Cholesky.TrySolve(lower, N, ones, x, 1));
        Assert.Equal(b, x);
    }

    [Fact]
    public void StripLength_BeyondAnArray_IsRefused() => Assert.Throws<LegoNetException>(() => Cholesky.StripLength(70_000));

    private static (long[] Lower, double[] Diagonal, double[] RightHandSides) Problem(int n, int count)
    {
        var codes = TestCodes.Random((n + 5) * n, (ulong)n);
        var gram = new long[GramKernel.PackedLength(n + 1)];
        GramKernel.AddGram(codes, n, gram);
        var diagonal = new double[n];
        diagonal.AsSpan().Fill(1000.1);
        var b = Enumerable.Range(0, n * count).Select(i => (double)(int)SplitMix64.Mix((ulong)i)).ToArray();
        return (gram[..GramKernel.PackedLength(n)], diagonal, b);
    }

    private static void AssertBits<TLanes, TVector>(long[] lower, double[] diagonal, double[] b, int n, int count, double[] factor, double[] x)
        where TLanes : struct, ILanes<TVector>
        where TVector : struct
    {
        if (!TLanes.IsSupported)
        {
            return;
        }

        var strips = new double[Cholesky.StripLength(n)];
        Cholesky.Pack(lower, n, diagonal, strips);
        Assert.True(Cholesky.TryFactor<TLanes, TVector>(strips, n));
        for (var i = 0; i < n; i++)
        {
            for (var j = 0; j <= i; j++)
            {
                var value = strips[(int)Cholesky.StripOffset(i / 8) + (8 * j) + (i % 8)];
                Assert.Equal(BitConverter.DoubleToInt64Bits(factor[(i * n) + j]), BitConverter.DoubleToInt64Bits(value));
            }
        }

        var solved = (double[])b.Clone();
        Cholesky.Solve<TLanes, TVector>(strips, n, solved, count);
        AssertSameBits(x, solved);
    }

    private static void AssertBits<TLanes, TVector>(double[] strips, double[] b, int n, int count, int threads, double[] factor, double[] x)
        where TLanes : struct, ILanes<TVector>
        where TVector : struct
    {
        if (!TLanes.IsSupported)
        {
            return;
        }

        var factored = (double[])strips.Clone();
        Assert.True(Cholesky.TryFactor<TLanes, TVector>(factored, n, threads));
        AssertSameBits(factor, factored);
        var solved = (double[])b.Clone();
        Cholesky.Solve<TLanes, TVector>(factored, n, solved, count, threads);
        AssertSameBits(x, solved);
    }

    private static void AssertSameBits(double[] expected, double[] actual)
        => Assert.True(MemoryMarshal.Cast<double, long>(expected.AsSpan()).SequenceEqual(MemoryMarshal.Cast<double, long>(actual.AsSpan())));

    /// <summary>The documented order of operations, one element after the other.</summary>
    private static (double[] Factor, double[] X) ReferenceSolve(long[] lower, double[] diagonal, double[] b, int n, int count)
    {
        var l = new double[n * n];
        for (var i = 0; i < n; i++)
        {
            for (var j = 0; j <= i; j++)
            {
                double sum = lower[GramKernel.Index(i, j)];
                sum = i == j ? sum + diagonal[i] : sum;
                for (var k = 0; k < j; k++)
                {
                    sum = Math.FusedMultiplyAdd(-l[(i * n) + k], l[(j * n) + k], sum);
                }

                l[(i * n) + j] = i == j ? Math.Sqrt(sum) : sum / l[(j * n) + j];
            }
        }

        var x = (double[])b.Clone();
        for (var c = 0; c < count; c++)
        {
            var y = x.AsSpan(c * n, n);
            for (var i = 0; i < n; i++)
            {
                for (var k = 0; k < i; k++)
                {
                    y[i] = Math.FusedMultiplyAdd(-l[(i * n) + k], y[k], y[i]);
                }

                y[i] /= l[(i * n) + i];
            }

            for (var i = n - 1; i >= 0; i--)
            {
                for (var k = n - 1; k > i; k--)
                {
                    y[i] = Math.FusedMultiplyAdd(-l[(k * n) + i], y[k], y[i]);
                }

                y[i] /= l[(i * n) + i];
            }
        }

        return (l, x);
    }
}
