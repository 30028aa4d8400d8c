using LegoNet.Routing;

namespace LegoNet.Tests.Routing;

public class GaussianKeysTests
{
    [Fact]
    public void Next_SeedZero_IsThePublishedStream()
    {
        ulong state = 0;
        Assert.Equal(0xE220A8397B1DCDAFUL, GaussianKeys.Next(ref state));
        Assert.Equal(0x6E789E6AA1B965F4UL, GaussianKeys.Next(ref state));
        Assert.Equal(0x06C45D188009454FUL, GaussianKeys.Next(ref state));
    }

    [Fact]
    public void Create_Pinned_NeverChanges()
    {
        // A change here changes every model with Gaussian keys.
        var keys = GaussianKeys.Create(1, 2, 4);
        Assert.Equal<short>(PinnedKeys, keys.Values.ToArray());
    }

    [Fact]
    public void Create_MoreKeys_KeepsTheFirst()
        => Assert.Equal(GaussianKeys.Create(9, 3, 20).Values, GaussianKeys.Create(9, 8, 20).Values[..60]);

    [Fact]
    public void Create_OtherSeeds_GiveOtherKeys()
        => Assert.NotEqual(GaussianKeys.Create(1, 1, 20).Values.ToArray(), GaussianKeys.Create(-1, 1, 20).Values.ToArray());

    [Fact]
    public void Component_ManyDraws_HaveTheDocumentedMoments()
    {
        const int Count = 200_000;
        ulong state = 12;
        double sum = 0, squares = 0, fourths = 0;
        for (var i = 0; i < Count; i++)
        {
            double v = GaussianKeys.Component(ref state);
            sum += v;
            squares += v * v;
            fourths += v * v * v * v;
        }

        // Four standard errors each; the stream is fixed, so this passes or fails always.
        var variance = squares / Count;
        Assert.InRange(sum / Count, -4 * 75_674 / Math.Sqrt(Count), 4 * 75_674 / Math.Sqrt(Count));
        Assert.InRange(Math.Sqrt(variance) / 75_674, 1 - (4 / Math.Sqrt(2 * Count)), 1 + (4 / Math.Sqrt(2 * Count)));
        Assert.InRange((fourths / Count / (variance * variance)) - 3 + 0.075, -4 * Math.Sqrt(24.0 / Count), 4 * Math.Sqrt(24.0 / Count));
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(65_536, 1)]
    [InlineData(1, 0)]
    [InlineData(65_535, 1 << 20)]
    public void Create_OutOfRange_IsRefused(int count, int dimension)
        => Assert.Throws<LegoNetException>(() => GaussianKeys.Create(1, count, dimension));

    private static readonly short[] PinnedKeys = [-4155, -17722, -27138, 2427, -12597, -28208, -4508, -9949];
}
