using LegoNet.Adapters;
using LegoNet.Specs;
using LegoNet.TestHost;

namespace LegoNet.Tests.Adapters;

/// <summary>One adapter on a table that least squares is bad at: what the trainers are for.</summary>
public class AccuracyTests
{
    private const int TrainingRows = 4000;
    private const int TestRows = 10_000;
    private const int Bins = 15;

    private static readonly LabelLayout s_labels
        = new(LearningTask.Multiclass, [.. Enumerable.Range(0, OverlappingClasses.Classes).Select(c => $"class-{c}")], null);

    [Fact]
    public void OneAdapter_OfOverlappingClasses_SoftmaxBeatsRidgeAndAutoIsNearTheBestAndCalibrated()
    {
        var training = OverlappingClasses.Draw(TrainingRows, 1);
        var test = OverlappingClasses.Draw(TestRows, 2);
        var ridge = new double[] { 1e4, 1e6, 1e7 }
            .Max(lambda => Measure(FormattableString.Invariant($$"""{ "trainer": "ridge", "lambda": {{lambda}} }""")).Accuracy);
        var softmax = new double[] { 0.3, 0.1, 0.03, 0.01, 0.003 }
            .Max(lambda => Measure(FormattableString.Invariant($$"""{ "trainer": "softmax", "lambda": {{lambda}} }""")).Accuracy);
        var (auto, error) = Measure("""{ "trainer": "auto" }""");
        var measured = $"ridge {ridge:P1}, softmax {softmax:P1}, auto {auto:P1}, expected calibration error {error:F3}";
        TestContext.Current.TestOutputHelper!.WriteLine(measured);
        Assert.True(softmax >= ridge + 0.08, measured);
        Assert.True(auto >= softmax - 0.01, measured);
        Assert.True(error <= 0.03, measured);

        (double Accuracy, double Error) Measure(string adapter)
        {
            var trainer = FitCases.Trainer(adapter, s_labels, OverlappingClasses.Columns);
            var shard = new Shard(s_labels, OverlappingClasses.Columns, [.. training.Codes], [.. training.Classes]);
            var file = trainer.Fit(shard, new FitSettings(1, 2), TestContext.Current.CancellationToken).Adapter;
            return Score(trainer.Load(file, adapter), test.Codes, test.Classes);
        }
    }

    // Scores are logits; ridge's are not, and nobody asks for its error.
    private static (double Accuracy, double Error) Score(IAdapter adapter, sbyte[] codes, int[] classes)
    {
        var correct = 0;
        var sums = new double[Bins];
        var code = new double[OverlappingClasses.Columns + 1];
        code[^1] = LinearAdapter.Bias;
        for (var r = 0; r < classes.Length; r++)
        {
            for (var j = 0; j < OverlappingClasses.Columns; j++)
            {
                code[j] = codes[(r * OverlappingClasses.Columns) + j];
            }

            var scores = new double[OverlappingClasses.Classes];
            adapter.AddScores(code, scores);
            var best = Array.IndexOf(scores, scores.Max());
            var probability = 1 / scores.Sum(s => Math.Exp(s - scores[best]));
            var bin = Math.Min((int)(probability * Bins), Bins - 1);
            correct += best == classes[r] ? 1 : 0;
            sums[bin] += probability - (best == classes[r] ? 1 : 0);
        }

        return ((double)correct / classes.Length, sums.Sum(Math.Abs) / classes.Length);
    }
}
