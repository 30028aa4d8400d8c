using LegoNet.Specs;

namespace LegoNet.Tests.Specs;

public class RegressionTargetTests
{
    [Theory]
    [InlineData(1, 1, 0.1, "max")]
    [InlineData(2, 1, 0.1, "max")]
    [InlineData(0, 1, 0, "step")]
    [InlineData(0, 1, double.NaN, "step")]
    [InlineData(0, 1e12, 1e-3, "max")]
    [InlineData(0, 1_048_577, 1, "max")]
    [InlineData(double.NaN, 1, 0.1, "min")]
    [InlineData(-2e12, 1, 0.1, "min")]
    [InlineData(0, double.PositiveInfinity, 0.1, "max")]
    public void Constructor_NoRange_NamesWhatIsWrong(double min, double max, double step, string name)
        => Assert.Throws<ArgumentOutOfRangeException>(name, () => new RegressionTarget(min, max, step));

    [Fact]
    public void Constructor_MostSteps_IsARange() => Assert.Equal(1 << 20, new RegressionTarget(-1e12, (1 << 20) - 1e12, 1).Steps);
}
