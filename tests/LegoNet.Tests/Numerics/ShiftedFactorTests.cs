using LegoNet.Numerics;

namespace LegoNet.Tests.Numerics;

public class ShiftedFactorTests
{
    [Fact]
    public void Apply_IsTheInverse()
    {
        const int Order = 21;
        const double Penalty = 12_345.6;
        var gram = Gram(TestCodes.Random(40 * (Order - 1), 3), Order - 1);
        using var factor = new ShiftedFactor(gram, Order, Penalty / 0.1, 2);
        Assert.Equal(Penalty / 0.1, factor.Shift);
        Assert.True(factor.IsExact);
        double[] b = [.. Enumerable.Range(0, 2 * Order).Select(i => Math.Cos(i))];
        var x = (double[])b.Clone();
        new FactorPreconditioner(factor, 0.1).Apply(x, 2);
        for (var i = 0; i < b.Length; i++)
        {
            var sum = Penalty * x[i];
            for (var j = 0; j < Order; j++)
            {
                var (row, column) = (Math.Max(i % Order, j), Math.Min(i % Order, j));
                sum += 0.1 * gram[GramKernel.Index(row, column)] * x[(i / Order * Order) + j];
            }

            Assert.Equal(b[i], sum, 1e-9);
        }
    }

    [Theory]
    [InlineData(1, 1e-300)]
    [InlineData(2, 1e-9)]
    [InlineData(65, 1e-9)]
    [InlineData(130, 1e-30)]
    [InlineData(65, double.Epsilon)]
    public void Create_SingularMatrix_EndsAndGivesFiniteSteps(int order, double shift)
    {
        // Equal rows: of rank one, and of large numbers, so that the shift is lost in their rounding.
        var codes = TestCodes.Random(Math.Max(1, order - 1), 3);
        var gram = order == 1 ? new long[1] : Gram([.. Enumerable.Range(0, 3 * order).SelectMany(_ => codes)], order - 1);
        using var factor = new ShiftedFactor(gram, order, shift, 1);
        Assert.True(double.IsFinite(factor.Shift) && factor.Shift >= shift);
        Assert.Equal(factor.Shift == shift, factor.IsExact);
        double[] x = [.. Enumerable.Range(0, order).Select(i => i + 1.0)];
        factor.Solve(x, 1);
        Assert.All(x, v => Assert.True(double.IsFinite(v)));
    }

    [Fact]
    public void Create_LargestSums_EndsToo()
    {
        var gram = new long[GramKernel.PackedLength(30)];
        gram.AsSpan().Fill(long.MaxValue);
        using var factor = new ShiftedFactor(gram, 30, 1e-9, 1);
        Assert.True(double.IsFinite(factor.Shift));
    }

    [Fact]
    public void Diagonal_IsTheInverseOfTheDiagonal()
    {
        double[] x = [1, 2, 3, 4];
        new DiagonalPreconditioner([10, 20], 0.5, 3).Apply(x, 2);
        Assert.Equal([1.0 / 8, 2.0 / 13, 3.0 / 8, 4.0 / 13], x);
    }

    private static long[] Gram(sbyte[] codes, int dimension)
    {
        var gram = new long[GramKernel.PackedLength(dimension + 1)];
        GramKernel.AddGram(codes, dimension, gram);
        return gram;
    }
}
