using LegoNet.Common;

namespace LegoNet.Tests;

public class InParallelTests
{
    [Theory]
    [InlineData(0, 1, 2)]
    [InlineData(1, 1, 7)]
    [InlineData(9, 4, 2)]
    [InlineData(100, 1, 3)]
    [InlineData(100, 40, 3)]
    [InlineData(100, 100, 3)]
    [InlineData(100, 1, 1)]
    [InlineData(100, int.MaxValue, 1024)]
    public void Ranges_AnyCountAndThreads_CoverEachItemOnceInRangesThatAreWorthIt(int count, int least, int threads)
    {
        var ranges = new List<(int First, int End)>();
        InParallel.Ranges(count, least, threads, (first, end) =>
        {
            lock (ranges)
            {
                ranges.Add((first, end));
            }
        });
        ranges.Sort();
        Assert.Equal(Enumerable.Range(0, count), ranges.SelectMany(range => Enumerable.Range(range.First, range.End - range.First)));
        Assert.All(ranges.SkipLast(1), range => Assert.True(range.End - range.First >= least));
        Assert.Equal(threads > 1 && least < count, ranges.Count > 1);
    }

    [Fact]
    public void Ranges_OneOfThemFails_ThrowsWhatItThrew()
        => Assert.Throws<FormatException>(() => InParallel.Ranges(100, 1, 3, (first, _) => _ = first == 0 ? throw new FormatException() : 0));
}
