using LegoNet.Specs;

namespace LegoNet.Tests.Specs;

public sealed class EnsembleSizeTests
{
    [Theory]
    [InlineData(50_000, 1024, 10, 64, 4)]
    [InlineData(60_000, 1024, 10, 64, 4)]
    [InlineData(32_561, 152, 2, 128, 4)]
    [InlineData(11_314, 4096, 20, 1, 1)]
    [InlineData(10_003, 512, 77, 1, 1)]
    [InlineData(0, 1, 0, 1, 1)]
    public void For_KnownSets_GivesTheDocumentedSizes(long records, int dimension, int classes, int adapters, int active)
        => Assert.Equal(new EnsembleSize(adapters, active), EnsembleSize.For(records, dimension, classes));

    [Theory]
    [InlineData(15_999, 1)]
    [InlineData(16_000, 64)]
    [InlineData(31_999, 64)]
    [InlineData(32_000, 128)]
    [InlineData(256_000, 1024)]
    [InlineData(long.MaxValue, 1024)]
    public void For_MoreRecords_GivesPowersOfTwoUpTo1024(long records, int adapters)
        => Assert.Equal(adapters, EnsembleSize.For(records, 10, 2).Adapters);

    [Fact]
    public void For_Regression_HasNoClasses() => Assert.Equal(new EnsembleSize(64, 4), EnsembleSize.For(16_000, 10, 0));
}
