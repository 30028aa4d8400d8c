using LegoNet.Lab.Attacks;

namespace LegoNet.Lab.Tests.Attacks;

/// <summary>Densities of margins, against values worked out by hand.</summary>
public class MarginGaussianTests
{
    [Fact]
    public void Of_Margins_GivesMeansAndCovariance()
    {
        var gaussian = MarginGaussian.Of([new(1, 5), new(3, 1)]);

        Assert.Equal(new MarginGaussian(2, 3, new MarginCovariance(2, -4, 8)), gaussian);
    }

    [Fact]
    public void LogDensity_APair_TakesHalfOfTheUsualCovariance()
    {
        // Variances (2 + 4) / 2 and (8 + 2) / 2, covariance (−4 + 2) / 2.
        var density = MarginGaussian.Of([new(1, 5), new(3, 1)]).LogDensity(new MarginPair(3, 5), new MarginCovariance(4, 2, 2));

        Assert.Equal(-0.5 * (Math.Log(14) + (((5 * 1) + (2 * 1 * 2) + (3 * 4)) / 14.0)), density, 1e-5);
    }

    [Fact]
    public void LogDensity_WithoutMarginsBefore_IsThatOfTheOthersAlone()
    {
        MarginGaussian one = MarginGaussian.Of([new(0, 1), new(0, 3)]), other = MarginGaussian.Of([new(0, -4), new(0, 4)]);

        var ratio = one.LogDensity(new MarginPair(0, 4), one.Covariance) - other.LogDensity(new MarginPair(0, 4), other.Covariance);

        Assert.Equal(-0.5 * (Math.Log(2 / 32.0) + (4 / 2.0) - (16 / 32.0)), ratio, 1e-5);
    }
}
