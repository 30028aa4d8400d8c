using LegoNet.Calibration;
using LegoNet.Data;
using LegoNet.Encoders;
using LegoNet.Ensembles;
using LegoNet.Numerics;
using LegoNet.Routing;
using LegoNet.Specs;
using LegoNet.Tests.Support;

namespace LegoNet.Tests.Ensembles;

/// <summary>
/// Expected numbers were computed outside this code by the measures' definitions: rationals in Python's exact fractions, logarithms and
/// roots in decimals of 50 digits.
/// </summary>
public class EvaluationTests
{
    private static readonly RegressionTarget s_largeTarget = new(1e9, 1e9 + 1000, 0.125);

    // The true class and the probabilities.
    private static readonly (int Truth, double[] Probabilities)[] s_classified =
    [
        (0, [0.7, 0.2, 0.1]),
        (0, [0.15, 0.55, 0.3]),
        (1, [0.05, 0.9, 0.05]),
        (1, [0.3, 0.45, 0.25]),
        (2, [0.125, 0.125, 0.75]),
        (2, [0.62, 0.18, 0.2]),
        (0, [0.97, 0.02, 0.01]),
        (2, [0.26, 0.36, 0.38]),
        (1, [0.1, 0.52, 0.38]),
        (0, [0.44, 0.24, 0.32]),
    ];

    [Fact]
    public void Add_Multiclass_MeasuresAsDefined()
    {
        var evaluation = Classified(s_classified);

        Assert.Equal(10, evaluation.Count);
        Assert.Equal(0.8, evaluation.Accuracy, 14);
        Assert.Equal(0.75277333788090012576814204298797844494680220442797, evaluation.LogLoss, 13);
        Assert.Equal(0.406, evaluation.CalibrationError, 13); // 203/500
        Assert.Equal(evaluation.Accuracy, evaluation.MicroF1, 14);
        Assert.Equal(new long[,] { { 3, 1, 0 }, { 0, 3, 0 }, { 1, 0, 2 } }, evaluation.Confusion);
        Assert.Equal(new ClassEvaluation(3.0 / 4, 3.0 / 4, 4), evaluation.ForClass(0));
        Assert.Equal(new ClassEvaluation(3.0 / 4, 1, 3), evaluation.ForClass(1));
        Assert.Equal(new ClassEvaluation(1, 2.0 / 3, 3), evaluation.ForClass(2));
    }

    [Fact]
    public void Add_Multilabel_MeasuresAsDefined()
    {
        // One digit per class, the first class first.
        (string Truth, string Predicted)[] records =
            [("0110", "0110"), ("1000", "1100"), ("0000", "0001"), ("1111", "0111"), ("0010", "0000"), ("0000", "0000"), ("1001", "0110")];
        var evaluation = new Evaluation(Scorer(LearningTask.Multilabel, 4));
        foreach (var (truth, predicted) in records)
        {
            var bits = Convert.ToInt32(string.Concat(truth.Reverse()), 2);
            evaluation.Add([bits], [.. predicted.Select(digit => digit == '1' ? 0.5 : 0.499)]);
        }

        Assert.Equal(2.0 / 7, evaluation.Accuracy, 14);
        Assert.Equal(0.6, evaluation.MicroF1, 14);
        Assert.Equal(new ClassEvaluation(1, 1.0 / 3, 3), evaluation.ForClass(0));
        Assert.Equal(new ClassEvaluation(1.0 / 2, 1, 2), evaluation.ForClass(1));
        Assert.Equal(new ClassEvaluation(2.0 / 3, 2.0 / 3, 3), evaluation.ForClass(2));
        Assert.Equal(new ClassEvaluation(1.0 / 2, 1.0 / 2, 2), evaluation.ForClass(3));
    }

    [Fact]
    public void Add_TargetsAroundABillion_MeasuresWithoutLosingTheirSpread()
    {
        // In steps of 1/8 above a billion. Sums of squares would be 1e19, where doubles are 2,048 apart; the variance is 1.4.
        (int Truth, double Predicted)[] records =
            [(3, 2.5), (11, 12.5), (4, 4), (27, 24.5), (16, 17), (8, 7.5), (19, 21), (0, 1.5), (30, 28), (13, 12.75)];
        var evaluation = Predicted(records, s_largeTarget);

        Assert.Equal(0.17815241017174030924000766024480538735562582983069, evaluation.RootMeanSquaredError, 13); // √(65/2048)
        Assert.Equal(0.146875, evaluation.MeanAbsoluteError, 13); // 47/320
        Assert.Equal(0.97765155682693365606777423258884365716800528110903, evaluation.RSquared, 12); // 71087/72712
    }

    [Fact]
    public void Add_ManyTargetsAroundABillion_AgreesWithTwoPasses()
    {
        var random = 1UL;
        var records = Enumerable.Range(0, 20_000).Select(_ => ((int)(Next() % 8001), (double)(Next() % 8001))).ToArray();
        var evaluation = Predicted(records, s_largeTarget);

        // Distances from the minimum are exact, and so are the sums of their multiples of 1/8.
        var mean = records.Average(r => r.Item1 / 8.0);
        var squares = records.Sum(r => Math.Pow((r.Item2 - r.Item1) / 8, 2));
        Assert.Equal(Math.Sqrt(squares / records.Length), evaluation.RootMeanSquaredError, 9);
        Assert.Equal(records.Average(r => Math.Abs(r.Item2 - r.Item1) / 8), evaluation.MeanAbsoluteError, 9);
        Assert.Equal(1 - (squares / records.Sum(r => Math.Pow((r.Item1 / 8.0) - mean, 2))), evaluation.RSquared, 11);

        ulong Next() => random = SplitMix64.Mix(random);
    }

    [Fact]
    public void Add_ManyClasses_AgreesWithCountingAnew()
    {
        const int Classes = 5;
        var random = 7UL;
        (int Truth, double[] Probabilities)[] records = [.. Enumerable.Range(0, 3000).Select(_ => ((int)(Next() % Classes), Draw()))];
        var evaluation = Classified(records);

        var predicted = records.Select(r => (r.Truth, Top: Array.IndexOf(r.Probabilities, r.Probabilities.Max()), Confidence: r.Probabilities.Max())).ToArray();
        Assert.Equal(predicted.Average(p => p.Truth == p.Top ? 1.0 : 0), evaluation.Accuracy, 12);
        Assert.Equal(records.Average(r => -Math.Log(r.Probabilities[r.Truth])), evaluation.LogLoss, 10);
        var error = Enumerable.Range(0, 15)
            .Select(b => predicted.Where(p => p.Confidence >= b / 15.0 && (p.Confidence < (b + 1) / 15.0 || b == 14)).ToArray())
            .Where(bin => bin.Length > 0)
            .Sum(bin => bin.Length / 3000.0 * Math.Abs(bin.Average(p => p.Confidence) - bin.Average(p => p.Truth == p.Top ? 1.0 : 0)));
        Assert.Equal(error, evaluation.CalibrationError, 10);
        for (var c = 0; c < Classes; c++)
        {
            var (all, called, right) = (predicted.Count(p => p.Truth == c), predicted.Count(p => p.Top == c), predicted.Count(p => p.Truth == c && p.Top == c));
            Assert.Equal(new ClassEvaluation((double)right / called, (double)right / all, all), evaluation.ForClass(c));
            Assert.All(Enumerable.Range(0, Classes), t => Assert.Equal(predicted.Count(p => p.Truth == t && p.Top == c), evaluation.Confusion[t, c]));
        }

        ulong Next() => random = SplitMix64.Mix(random);

        double[] Draw()
        {
            var weights = Enumerable.Range(0, Classes).Select(_ => 1 + (Next() % 1000)).ToArray();
            return [.. weights.Select(w => w / (double)weights.Aggregate(0UL, (sum, weight) => sum + weight))];
        }
    }

    [Fact]
    public void LogLoss_ProbabilityOfZero_CountsAsTheLeastOne()
    {
        var evaluation = new Evaluation(Scorer(LearningTask.Binary, 2));
        evaluation.Add([0], [0, 1000]);
        Assert.Equal(690.77552789821370520539743640530926, evaluation.LogLoss, 10); // −ln 1e-300
        Assert.Equal(1, evaluation.CalibrationError);
    }

    [Fact]
    public void RSquared_EqualTargets_IsOneOrZero()
    {
        Assert.Equal(1, Predicted([(9, 9), (9, 9), (9, 9)], s_largeTarget).RSquared);
        Assert.Equal(0, Predicted([(9, 9), (9, 8.5), (9, 9)], s_largeTarget).RSquared);
        Assert.Equal(-3, Predicted([(0, 8), (8, 0)], s_largeTarget).RSquared);
    }

    [Fact]
    public void MicroF1_NoClassAnywhere_IsZero()
    {
        var evaluation = new Evaluation(Scorer(LearningTask.Multilabel, 3));
        evaluation.Add([0], [0.1, 0.2, 0.3]);
        Assert.Equal((0, 1), (evaluation.MicroF1, evaluation.Accuracy));
        Assert.Equal(new ClassEvaluation(0, 0, 0), evaluation.ForClass(1));
    }

    [Theory]
    [InlineData(LearningTask.Multiclass, 3, "RSquared RootMeanSquaredError MeanAbsoluteError")]
    [InlineData(LearningTask.Multilabel, 3, "LogLoss CalibrationError Confusion RSquared RootMeanSquaredError MeanAbsoluteError")]
    [InlineData(LearningTask.Regression, 0, "Accuracy LogLoss CalibrationError MicroF1 Confusion ForClass")]
    public void Measure_BeforeTheFirstRecordOrForAnotherTask_IsRefused(LearningTask task, int classes, string unsuitedNames)
    {
        var unsuited = unsuitedNames.Split(' ');
        var evaluation = new Evaluation(Scorer(task, classes, task == LearningTask.Regression ? s_largeTarget : null));
        var suited = Measures(evaluation).Keys.Except(unsuited).ToArray();
        Assert.NotEmpty(suited);
        Assert.All(suited, name => Assert.Contains($"no {name} before the first record", Refusal(name), StringComparison.Ordinal));
        Assert.All(unsuited, name => Assert.Contains($"{name} does not suit the task {task.Word()}", Refusal(name), StringComparison.Ordinal));

        evaluation.Add([0], new double[Math.Max(1, classes)]);
        Assert.All(suited, name => Measures(evaluation)[name]());
        Assert.All(unsuited, name => Refusal(name));

        string Refusal(string name) => Assert.Throws<InvalidOperationException>(() => Measures(evaluation)[name]()).Message;
    }

    [Fact]
    public void Of_EmptySource_IsRefusedInOneSentence()
    {
        var encoder = new VectorEncoder(CodeCalibration.FromRange(2, -1, 1));
        var e = Assert.Throws<LegoNetException>(
            () => Evaluation.Of(Scorer(LearningTask.Binary, 2), new NoRecords(), encoder, cancellationToken: TestContext.Current.CancellationToken));
        Assert.Equal("nothing.csv: has no records.", e.Message);
    }

    private static Dictionary<string, Func<object>> Measures(Evaluation evaluation) => new(StringComparer.Ordinal)
    {
        [nameof(Evaluation.Accuracy)] = () => evaluation.Accuracy,
        [nameof(Evaluation.LogLoss)] = () => evaluation.LogLoss,
        [nameof(Evaluation.CalibrationError)] = () => evaluation.CalibrationError,
        [nameof(Evaluation.MicroF1)] = () => evaluation.MicroF1,
        [nameof(Evaluation.Confusion)] = () => evaluation.Confusion,
        [nameof(Evaluation.ForClass)] = () => evaluation.ForClass(0),
        [nameof(Evaluation.RSquared)] = () => evaluation.RSquared,
        [nameof(Evaluation.RootMeanSquaredError)] = () => evaluation.RootMeanSquaredError,
        [nameof(Evaluation.MeanAbsoluteError)] = () => evaluation.MeanAbsoluteError,
    };

    private static Evaluation Classified((int Truth, double[] Probabilities)[] records)
    {
        var scorer = Scorer(LearningTask.Multiclass, records[0].Probabilities.Length);
        var evaluation = new Evaluation(scorer);
        foreach (var (truth, probabilities) in records)
        {
            evaluation.Add([truth], [.. probabilities.Select(p => scorer.Spec.Temperature * Math.Log(p))]);
        }

        return evaluation;
    }

    private static Evaluation Predicted((int Truth, double Predicted)[] records, RegressionTarget target)
    {
        var evaluation = new Evaluation(Scorer(LearningTask.Regression, 0, target));
        foreach (var (truth, predicted) in records)
        {
            evaluation.Add([truth], [predicted]);
        }

        return evaluation;
    }

    private static Scorer Scorer(LearningTask task, int classes, RegressionTarget? target = null)
    {
        var keys = GaussianKeys.Create(1, 1, 2);
        var spec = new ModelSpec
        {
            Task = task,
            Classes = [.. Enumerable.Range(0, classes).Select(c => $"class-{c}")],
            Target = target,
            Dimension = 2,
            Encoder = "{}",
            Fingerprint = Models.Fingerprint,
            Adapters = 1,
            Active = 1,
            Keys = KeySource.Gaussian,
            KeysDigest = keys.Digest,
            Adapter = "{}",
        };
        return new Scorer(spec, new Router(keys, 1), [null]);
    }

    private sealed class NoRecords : IRecordSource
    {
        public string Name => "nothing.csv";

        public long? Count => 0;

        public bool IdsArePositions => true;

        public IEnumerable<SourceRecord> Read(CancellationToken cancellationToken) => [];
    }
}
