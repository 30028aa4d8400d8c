using LegoNet.Encoders;

namespace LegoNet.Tests.Encoders;

public sealed class RoundRangeTests
{
    [Theory]
    [InlineData(17, 90, 0, 10, 90)]
    [InlineData(1, 99, 0, 0, 100)]
    [InlineData(0.31, 0.68, -300, 0.3, 0.7)]
    [InlineData(-3.7, 12.2, -300, -4, 14)]
    [InlineData(0, 1, 0, 0, 1)]
    [InlineData(1000003, 1000007, 0, 1000003, 1000007)]
    public void Around_TwoNumbers_IsTheRoundRangeThatHoldsThem(double low, double high, int finest, double min, double max)
    {
        var range = RoundRange.Around(low, high, finest)!;

        Assert.Equal((min, max), (range.Min, range.Max));
        Assert.All(range.EvenEdges(), e => Assert.InRange(e, min, max));
        Assert.InRange(range.EvenEdges().Count, 0, 12);
    }

    [Fact]
    public void Around_ManyRanges_NeverLeavesANumberOutside()
    {
        var random = new Random(1);
        for (var i = 0; i < 20_000; i++)
        {
            var low = (random.NextDouble() - 0.5) * Math.Pow(10, random.Next(-6, 9));
            var high = low + (random.NextDouble() * Math.Pow(10, random.Next(-6, 9)));
            if (RoundRange.Around(low, high, -300) is { } range)
            {
                Assert.True(range.Min <= low && range.Max >= high, $"{low:R} to {high:R} got {range}");
            }
        }
    }

    [Theory]
    [InlineData(5, 5)]
    [InlineData(6, 5)]
    [InlineData(double.NaN, 1)]
    [InlineData(-1e308, 1e308)]
    public void Around_NothingToTellApart_IsNull(double low, double high) => Assert.Null(RoundRange.Around(low, high, -300));
}
