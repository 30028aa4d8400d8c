using LegoNet.Lab.Measures;
using LegoNet.Lab.Methods;

namespace LegoNet.Lab.Tests.Measures;

/// <summary>Measures, against values worked out by hand.</summary>
public class MeasuresTests
{
    // Two classes; a record's code is its score for the second.
    private static readonly RecordSet s_records = new(["a", "b"], 1, [-2, -1, 1, 2], [0, 0, 1, 0]);

    [Fact]
    public void Of_AModel_GivesAccuracyAndMargins()
    {
        var scored = ScoredRecords.Of(new Fixed(1), s_records);

        Assert.Equal(0.75, scored.Accuracy);
        Assert.Equal([2.0, 1, 1, -2], scored.Margins);
        Assert.Equal([0, 0, 1, 1], scored.Predictions);
    }

    [Fact]
    public void Of_TwoModels_GivesDisagreementAndDistance()
    {
        ScoredRecords one = ScoredRecords.Of(new Fixed(1), s_records, [0, 2]), other = ScoredRecords.Of(new Fixed(-1), s_records, [0, 2]);

        double P(double x) => 1 / (1 + Math.Exp(-x));
        Assert.Equal(1, one.DisagreementWith(other));
        Assert.Equal(0, one.DisagreementWith(one));
        Assert.Equal(0, one.ActivationDistanceTo(one));
        Assert.Equal(Math.Sqrt(2) * ((P(2) - P(-2)) + (P(1) - P(-1))) / 2, one.ActivationDistanceTo(other), 1e-12);
    }

    [Fact]
    public void Of_InParts_IsTheSame()
    {
        var records = GeneratedRecords.Draw(700, 1, 2);

        Assert.Equal(ScoredRecords.Of(new Fixed(1), records).Margins, ScoredRecords.Of(new Fixed(1), records, threads: 3).Margins);
        Assert.Equal(ScoredRecords.Of(new Fixed(1), records).Margins[600], ScoredRecords.Of(new Fixed(1), records, [600]).Margins[0]);
    }

    [Fact]
    public void Of_AModelThatDiverged_IsRefused()
        => Assert.Contains("not numbers", Assert.Throws<LegoNetException>(() => ScoredRecords.Of(new Fixed(double.NaN), s_records)).Message);

    [Fact]
    public void Klom_GaussianMargins_GivesTheDivergenceOfGaussians()
    {
        // Mean 0 and variance 20/19 of the oracles; the model's mean 3, and their variance.
        double[][] oracles = [.. Enumerable.Range(0, 20).Select(i => new double[] { i % 2 == 0 ? 1 : -1, 5 })];
        const double variance = 20.0 / 19;

        var divergences = Klom.Of([3, 5], oracles);

        Assert.Equal(9 / variance / 2, divergences[0], 1e-12);
        Assert.Equal(0, divergences[1], 1e-12);
        Assert.Throws<ArgumentException>(() => Klom.Of([3], oracles));
        Assert.Throws<ArgumentException>(() => Klom.Of([3, 5], oracles[..1]));
    }

    private sealed class Fixed(double factor) : IScoringModel
    {
        public string Digest => factor.ToString("R");

        public void Score(ReadOnlySpan<sbyte> codes, Span<double> scores)
        {
            scores.Clear();
            for (var i = 0; i < codes.Length; i++)
            {
                scores[(2 * i) + 1] = factor * codes[i];
            }
        }
    }
}
