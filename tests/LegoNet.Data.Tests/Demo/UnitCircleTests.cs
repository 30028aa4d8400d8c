using LegoNet.Demo;

namespace LegoNet.Data.Tests.Demo;

public class UnitCircleTests
{
    [Fact]
    public void Point_EveryStep_LiesWhereTrigonometrySays()
    {
        for (var step = -UnitCircle.Steps; step < 2 * UnitCircle.Steps; step++)
        {
            var (x, y) = UnitCircle.Point(step);
            Assert.Equal(Math.Cos(step * Math.PI / 60), x, 1e-13);
            Assert.Equal(Math.Sin(step * Math.PI / 60), y, 1e-13);
        }
    }

    [Theory]
    [InlineData(0.0)]
    [InlineData(0.1)]
    [InlineData(-0.35)]
    [InlineData(1.0)]
    public void Turn_HalfAngleTangent_IsThatRotation(double t)
    {
        var (x, y) = UnitCircle.Turn(t);
        Assert.Equal(Math.Cos(2 * Math.Atan(t)), x, 1e-14);
        Assert.Equal(Math.Sin(2 * Math.Atan(t)), y, 1e-14);
    }

    [Fact]
    public void Wave_OverTwoPeriods_StaysNearTheSine()
    {
        for (var i = -100; i <= 100; i++)
        {
            Assert.Equal(Math.Sin(2 * Math.PI * i / 50.0), UnitCircle.Wave(i / 50.0), 0.06);
        }
    }
}
