using LegoNet.Lab.Attacks;
using LegoNet.Lab.Reports;

namespace LegoNet.Lab.Tests.Reports;

/// <summary>What intervals are taken for.</summary>
public class AttackFindingTests
{
    [Theory]
    [InlineData(0.51, 0.49, "NoBetter")]
    [InlineData(0.51, 0.503, "Unclear")]
    [InlineData(0.51, 0.507, "Above")]
    [InlineData(0.45, 0.43, "NoBetter")]
    public void Of_AnArea_IsJudgedByItsInterval(double area, double low, string chance)
        => Assert.Equal(chance, AttackFinding.Of(Curve(area, low, 0.001)).ToString());

    [Fact]
    public void Of_AFewSureRecords_IsAboveChanceWhateverTheArea() => Assert.Equal(Chance.Above, AttackFinding.Of(Curve(0.5, 0.49, 0.02)));

    private static AttackCurve Curve(double area, double low, double found)
        => new(AttackQuestion.Forgotten, "random", 100, 100, area, low, area + 0.01, [new OperatingPoint(0.001, found, found * 0.9, found * 1.1)], []);
}
