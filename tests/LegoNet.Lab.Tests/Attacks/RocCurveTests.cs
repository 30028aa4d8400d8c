using LegoNet.Lab.Attacks;

namespace LegoNet.Lab.Tests.Attacks;

/// <summary>Curves, against values worked out by hand.</summary>
public class RocCurveTests
{
    [Fact]
    public void Curve_ScoresThatTellTheKindsApart_IsPerfect()
    {
        var curve = Curve(Enumerable.Range(0, 40).Select(i => new Trial(i, i >= 20, i % 5, i % 4)));

        Assert.Equal((20, 20, 1.0, 1.0, 1.0), (curve.Positives, curve.Negatives, curve.Area, curve.AreaLow, curve.AreaHigh));
        Assert.Equal([(0.001, 1), (0.01, 1), (0.1, 1)], curve.At.Select(at => (at.FalsePositives, at.TruePositives)));

        // Wilson's interval of 20 in 20: n / (n + z²).
        Assert.All(curve.At, at => Assert.Equal(20 / (20 + (1.959964 * 1.959964)), at.Low, 1e-9));
        Assert.All(curve.At, at => Assert.Equal(1, at.High, 1e-9));
        Assert.Equal([new(0, 0), new(0, 1), new CurvePoint(1, 1)], [.. curve.Points.Take(2), curve.Points[^1]]);
    }

    [Fact]
    public void Curve_SomeInTheWrongOrder_CountsPairs()
    {
        // From the top: +, −, + and − alike, −. Of 6 pairs 4 are right and 1 is undecided.
        var curve = Curve([new(4, true, 0, 0), new(3, false, 1, 0), new(2, true, 2, 0), new(2, false, 3, 0), new(1, false, 4, 0)]);

        Assert.Equal(4.5 / 6, curve.Area, 1e-12);
        Assert.All(curve.At, at => Assert.Equal(0.5, at.TruePositives));
        Assert.Equal([new(0, 0), new(0, 0.5), new(0.333333, 0.5), new(0.666667, 1), new CurvePoint(1, 1)], curve.Points);
    }

    [Fact]
    public void Curve_EqualScores_IsACoinToss()
    {
        var curve = Curve(Enumerable.Range(0, 40).Select(i => new Trial(double.NaN, i >= 20, i % 5, i % 4)));

        Assert.Equal((0.5, 0.5, 0.5), (curve.Area, curve.AreaLow, curve.AreaHigh));
        Assert.All(curve.At, at => Assert.Equal(0, at.TruePositives));
        Assert.All(curve.At, at => Assert.InRange(at.High, 0.15, 0.17));
        Assert.Equal([new(0, 0), new CurvePoint(1, 1)], curve.Points);
    }

    [Fact]
    public void Curve_ManyTrials_HasFewPointsAndBothEnds()
    {
        var draws = new Draws(1, 0);
        var curve = Curve(Enumerable.Range(0, 10_000).Select(i => new Trial(draws.Bell() + (i % 2), i % 2 == 1, i % 64, i / 64)));

        Assert.InRange(curve.Points.Count, 40, 60);
        Assert.Equal(new CurvePoint(0, 0), curve.Points[0]);
        Assert.Equal(new CurvePoint(1, 1), curve.Points[^1]);
        Assert.InRange(curve.Area, 0.75, 0.77);
        Assert.InRange(curve.At[1].TruePositives, curve.At[1].Low, curve.At[1].High);
    }

    [Fact]
    public void Curve_TrialsOfAModelThatGoTogether_WidenTheInterval()
    {
        var draws = new Draws(1, 0);
        float[] models = [.. Enumerable.Range(0, 16).Select(_ => 2 * draws.Bell())];
        Trial[] trials = [.. Enumerable.Range(0, 2000).Select(i => new Trial(draws.Bell() + (i % 2 == 1 ? models[i / 2 % 16] : 0), i % 2 == 1, i / 2 % 16, i))];
        AttackCurve together = Curve(trials), apart = Curve(trials.Select((t, i) => t with { Model = i }));

        Assert.InRange(together.AreaHigh - together.AreaLow, 3 * (apart.AreaHigh - apart.AreaLow), 1);
    }

    private static AttackCurve Curve(IEnumerable<Trial> trials) => new RocCurve(trials, 1).Curve(AttackQuestion.Forgotten, "random");
}
