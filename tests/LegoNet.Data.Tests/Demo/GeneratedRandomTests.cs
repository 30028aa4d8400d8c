using LegoNet.Demo;

namespace LegoNet.Data.Tests.Demo;

public class GeneratedRandomTests
{
    [Fact]
    public void NextBits_OtherKey_IsAnotherStream()
    {
        var first = new[] { new GeneratedRandom(1, 2), new GeneratedRandom(2, 1), new GeneratedRandom(1), new GeneratedRandom(1, 2, 0) }.Select(r => r.NextBits());
        Assert.Equal(4, first.Distinct().Count());
        Assert.Equal(new GeneratedRandom(1, 2).NextBits(), new GeneratedRandom(1, 2).NextBits());
    }

    [Fact]
    public void NextUnit_ManyDraws_FillsTheUnitInterval()
    {
        var random = new GeneratedRandom(5);
        var draws = Enumerable.Range(0, 100_000).Select(_ => random.NextUnit()).ToArray();
        Assert.All(draws, d => Assert.InRange(d, 0, 0.99999999999999989));
        Assert.Equal(0.5, draws.Average(), 0.005);
        Assert.Equal(1 / 12.0, draws.Average(d => (d - 0.5) * (d - 0.5)), 0.002);
    }

    [Fact]
    public void Below_ManyDraws_ReachesEveryNumberAboutEqually()
    {
        var random = new GeneratedRandom(6);
        var counts = Enumerable.Range(0, 70_000).CountBy(_ => random.Below(7)).ToDictionary();
        Assert.Equal(Enumerable.Range(0, 7), counts.Keys.Order());
        Assert.All(counts.Values, c => Assert.InRange(c, 9_500, 10_500));
    }
}
