using LegoNet.Lab.Attacks;

namespace LegoNet.Lab.Tests.Attacks;

public sealed class RankTestTests
{
    [Fact]
    public void Exchange_TwoNamedOnTopOfSix_IsOneOfFifteen()
    {
        var test = new RankTest(new int[6], [true, true, false, false, false, false]);

        var (p, isBound) = test.Exchange(test.Places([9, 8, 1, 2, 3, 4]), new Draws(1, 2), CancellationToken.None);

        Assert.Equal(1 / 15.0, test.Least, 12);
        Assert.Equal(1 / 15.0, p, 2);
        Assert.False(isBound);
    }

    [Fact]
    public void Places_TiedScoresAndClasses_AreMeanRanksWithinTheClass()
    {
        var test = new RankTest([0, 1, 0, 0, 1], [true, false, false, false, false]);
        Assert.Equal([2.5 / 4, 2 / 3.0, 1 / 4.0, 2.5 / 4, 1 / 3.0], test.Places([5, -70, 3, 5, -90]));
    }

    [Fact]
    public void Standardised_OneOfFour_IsItsPlaceInStandardDeviations()
    {
        var test = new RankTest(new int[4], [true, false, false, false]);

        // Drawn from 1, 2, 3 and 4: mean 2.5, variance 1.25.
        Assert.Equal(1.5 / Math.Sqrt(1.25), test.Standardised([4, 1, 2, 3]), 12);
        Assert.Equal(0, test.Standardised([7, 7, 7, 7]));
    }

    [Fact]
    public void NormalTail_KnownValues_AreReached()
    {
        Assert.Equal(0.5, NormalTail.Above(0), 6);
        Assert.Equal(0.001349898, NormalTail.Above(3), 9);
        Assert.Equal(0.977249868, NormalTail.Above(-2), 6);
        Assert.Equal(4.264891, NormalTail.Inverse(1e-5), 4);
    }
}
