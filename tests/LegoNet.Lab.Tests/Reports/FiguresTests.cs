using LegoNet.Lab.Reports;

namespace LegoNet.Lab.Tests.Reports;

/// <summary>Numbers as people read them.</summary>
public class FiguresTests
{
    [Theory]
    [InlineData(0.00000312, "3.1 µs")]
    [InlineData(0.0031, "3.1 ms")]
    [InlineData(0.00999, "10 ms")]
    [InlineData(0.99949, "999 ms")]
    [InlineData(0.9996, "1.0 s")]
    [InlineData(42.4, "42 s")]
    [InlineData(150, "2.5 min")]
    [InlineData(7200, "2 h")]
    public void Seconds_OfAnySize_HaveTheirUnit(double seconds, string words) => Assert.Equal(words, Figures.Seconds(seconds));

    [Theory]
    [InlineData(0, "nothing")]
    [InlineData(999, "999 bytes")]
    [InlineData(51_000_000, "51 MB")]
    [InlineData(4_130, "4.1 kB")]
    [InlineData(1.23e12, "1,230 GB")]
    public void Bytes_OfAnySize_HaveTheirUnit(double bytes, string words) => Assert.Equal(words, Figures.Bytes(bytes));

    [Theory]
    [InlineData(1.14, "1.1")]
    [InlineData(742, "740")]
    [InlineData(12_345, "12,000")]
    public void Times_OfAnySize_HaveTwoDigits(double factor, string words) => Assert.Equal(words, Figures.Times(factor));

    [Fact]
    public void Percent_OverSeeds_HasItsSpread()
    {
        Assert.Equal("80.2 ± 0.3 %", Figures.Percent(Spread.Of([0.799, 0.802, 0.805])));
        Assert.Equal("80.2 %", Figures.Percent(Spread.Of([0.802])));
        Assert.Equal("–", Figures.Percent(Spread.Of([double.NaN])));
        Assert.Equal("–", Figures.Percent(Spread.Of([])));
        Assert.Equal("0.1 % [0.0, 0.4]", Figures.Percent(0.001, 0.0002, 0.004));
    }
}
