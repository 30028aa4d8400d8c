using LegoNet.Numerics;

namespace LegoNet.Tests.Numerics;

public class ColumnEnergiesTests
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(3, 15)]
    [InlineData(5, 16)]
    [InlineData(7, 49)]
    public void Add_AnyShape_AddsTheSquaresOfEachColumn(int rows, int dimension)
    {
        var codes = TestCodes.Random(rows * dimension, 9);
        var energies = Enumerable.Repeat(1000L, dimension + 1).ToArray();
        ColumnEnergies.Add(codes, dimension, energies);
        Assert.Equal(
            Enumerable.Range(0, dimension).Select(j => 1000L + codes.Where((_, i) => i % dimension == j).Sum(c => (long)c * c)),
            energies[..^1]);
        Assert.Equal(1000L, energies[^1]);
    }

    [Fact]
    public void Add_MoreRowsThanAnInt32Holds_IsExact()
    {
        const int Rows = 140_000;
        var energies = new long[2];
        ColumnEnergies.Add(TestCodes.Extreme(Rows * 2, -1), 2, energies);
        Assert.All(energies, e => Assert.Equal(Rows * 127L * 127L, e));
    }
}
