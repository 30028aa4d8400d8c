using LegoNet.Adapters;
using LegoNet.Data.Formats;
using LegoNet.Encoders;
using LegoNet.MLNet.Adapters;
using LegoNet.MLNet.Tests.Support;
using LegoNet.Records;
using LegoNet.Specs;
using LegoNet.Verification;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Trainers;
using Microsoft.ML.Trainers.FastTree;

namespace LegoNet.MLNet.Tests.Adapters;

/// <summary>Estimators of a program's own as trainers. Each test has names of its own, since registrations are the process's.</summary>
public sealed class AdapterEstimatorsTests : IDisposable
{
    private const int Count = 120;

    private readonly TempFolder _folder = new();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(LearningTask.Multiclass)]
    [InlineData(LearningTask.Binary)]
    [InlineData(LearningTask.Multilabel)]
    [InlineData(LearningTask.Regression)]
    public void Custom_NormaliserAndTrainer_ForgetsExactlyAndPredicts(LearningTask task)
    {
        // The normaliser learns from the shard, which is as forgettable as the trainer behind it.
        var name = $"normalised-{task}";
        AdapterEstimators.Register(name, "1", ml => ml.Transforms.NormalizeMinMax("Features").Append(task switch
        {
            // As in docs/specs.md.
            LearningTask.Multiclass => (IEstimator<ITransformer>)ml.MulticlassClassification.Trainers.OneVersusAll(
                ml.BinaryClassification.Trainers.AveragedPerceptron()),
            LearningTask.Regression => ml.Regression.Trainers.FastTree(new FastTreeRegressionTrainer.Options
            {
                NumberOfTrees = 10,
                NumberOfLeaves = 4,
                LearningRate = 0.5,
                MinimumExampleCountPerLeaf = 2,
                NumberOfThreads = 1,
            }),
            _ => ml.BinaryClassification.Trainers.LbfgsLogisticRegression(new LbfgsLogisticRegressionBinaryTrainer.Options { NumberOfThreads = 1 }),
        }));
        var definition = Definition(name, "1", task);
        var all = PointModels.Records(definition, Count);
        using var model = LegoNetModel.Train(_folder["live"], definition, all, Options(2), cancellationToken: Cancelled);
        model.Forget([new ForgetTarget("subject-3"), new ForgetTarget("subject-9", "id-2")], cancellationToken: Cancelled);
        EncodedRecord[] kept = [.. all.Where(r => r.Subject != "subject-3" && (r.Subject, r.Id) != ("subject-9", "id-2"))];
        new Random(3).Shuffle(kept);
        LegoNetModel.Train(_folder["fresh"], definition, kept, Options(1), cancellationToken: Cancelled).Dispose();
        Tree.AssertSameModel(_folder["fresh"], _folder["live"]);
        Assert.True(model.Verify(cancellationToken: Cancelled).IsExact);

        var right = 0;
        foreach (var record in PointModels.Records(definition, 60, 2000))
        {
            var label = model.Scorer.Predict(record.Code).Label;
            right += task switch
            {
                LearningTask.Regression => Math.Abs(double.Parse(label) - double.Parse(record.Label!)) < 50 * definition.Spec.Target!.Step ? 1 : 0,
                LearningTask.Multilabel => label.Split('|').Intersect(record.Label!.Split('|')).Any() ? 1 : 0,
                _ => label == record.Label ? 1 : 0,
            };
        }

        Assert.InRange(right, 48, 60);
    }

    [Fact]
    public void Custom_Scores_AreThoseOfTheTransformerOnEveryThread()
    {
        AdapterEstimators.Register("scores", "1", Lbfgs);
        var definition = Definition("scores", "1", LearningTask.Multiclass);
        var trainer = PointModels.Trainer(definition);
        var shard = PointModels.Shard(definition, PointModels.Records(definition, Count));
        var adapter = trainer.Load(trainer.Fit(shard, new FitSettings(1), Cancelled).Adapter, "test");
        var codes = PointModels.Records(definition, 50, 900).Select(r => PointModels.Scorable(r.Code)).ToArray();
        var alone = codes.Select(Score).ToArray();
        Assert.All(alone, scores => Assert.Equal(1, scores.Sum(), 1e-5)); // ML.NET's maximum entropy scores by probabilities.
        Parallel.For(0, 400, i => Assert.Equal(alone[i % codes.Length], Score(codes[i % codes.Length])));

        double[] Score(double[] code)
        {
            var scores = new double[PointModels.Classes];
            adapter.AddScores(code, scores);
            return scores;
        }
    }

    [Fact]
    public void Custom_NotRegistered_OpensAndScoresButDoesNotRefit()
    {
        AdapterEstimators.Register("leaves", "1", Lbfgs);
        var definition = Definition("leaves", "1", LearningTask.Multiclass);
        LegoNetModel.Train(_folder["model"], definition, PointModels.Records(definition, Count), Options(1), cancellationToken: Cancelled).Dispose();
        EstimatorRegistrations.Remove("leaves");
        AssertNotRefittable("the estimator \"leaves\" version \"1\" is not registered in this program (AdapterEstimators.Register)");
        AdapterEstimators.Register("leaves", "2", Lbfgs);
        AssertNotRefittable("they need the estimator \"leaves\" version \"1\", and version \"2\" is registered");
        AdapterEstimators.Register("leaves", "1", Lbfgs);
        Assert.True(LegoNetModel.Verify(_folder["model"], Options(1), cancellationToken: Cancelled).IsExact);

        void AssertNotRefittable(string why)
        {
            using var model = LegoNetModel.Open(_folder["model"], Options(1));
            Assert.Contains(model.Scorer.Predict(PointModels.Record(definition, 300).Code).Label, definition.Spec.Classes);
            var thrown = Assert.Throws<LegoNetException>(() => model.Forget([new ForgetTarget("subject-1")], cancellationToken: Cancelled));
            Assert.Contains(why, thrown.Message, StringComparison.Ordinal);
            var report = model.Verify(cancellationToken: Cancelled);
            Assert.Equal(VerificationOutcome.NotComparable, report.Outcome);
            Assert.Equal(why, report.WhyNotComparable);
        }
    }

    [Fact]
    public void Custom_EstimatorThatDrawsByItself_IsRefused()
    {
        AdapterEstimators.Register("drawing", "1", _ => Sdca(new MLContext()));
        AssertFitFails("drawing", LearningTask.Binary, "two fits of the estimator \"drawing\" to the same rows gave different models");

        static IEstimator<ITransformer> Sdca(MLContext own) => own.BinaryClassification.Trainers.SdcaLogisticRegression(
            new SdcaLogisticRegressionBinaryTrainer.Options { NumberOfThreads = 1, MaximumNumberOfIterations = 3 });
    }

    [Fact]
    public void Train_EstimatorThatFails_IsOneSentenceAndLeavesNothing()
    {
        AdapterEstimators.Register("failing", "1", _ => throw new InvalidOperationException("no estimator today"));
        var definition = Definition("failing", "1", LearningTask.Binary);
        var records = PointModels.Records(definition, 60);
        var e = Assert.Throws<LegoNetException>(() => LegoNetModel.Train(_folder["model"], definition, records, Options(4), cancellationToken: Cancelled));
        Assert.Contains("no estimator today", e.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_folder["model"]));
    }

    [Fact]
    public void Custom_EstimatorThatCounts_IsRefused()
    {
        var calls = 0;
        AdapterEstimators.Register("counting", "1", ml => ml.BinaryClassification.Trainers.LbfgsLogisticRegression(
            new LbfgsLogisticRegressionBinaryTrainer.Options { NumberOfThreads = 1, L2Regularization = Interlocked.Increment(ref calls) }));
        AssertFitFails("counting", LearningTask.Binary, "gave different models");
    }

    [Fact]
    public void Custom_EstimatorWithoutScores_IsRefused()
    {
        AdapterEstimators.Register("scoreless", "1", ml => ml.Transforms.NormalizeMinMax("Features"));
        AssertFitFails("scoreless", LearningTask.Binary, "the estimator \"scoreless\" gives a column \"Score\" of type none where Single is expected");
    }

    [Fact]
    public void Custom_EstimatorOfAnotherTask_IsRefused()
    {
        AdapterEstimators.Register("misplaced", "1", ml => ml.BinaryClassification.Trainers.LbfgsLogisticRegression());
        AssertFitFails("misplaced", LearningTask.Regression, "ML.NET could not fit a shard of 40 rows");
    }

    [Theory]
    [InlineData("{\"trainer\":\"mlnet:custom\"}", "adapter.name is missing")]
    [InlineData("{\"trainer\":\"mlnet:custom\",\"name\":\"x\"}", "adapter.version is missing")]
    [InlineData("{\"trainer\":\"mlnet:custom\",\"name\":\"x\",\"version\":\"1\",\"l2\":1}", "adapter.l2 is not a known member here")]
    public void Custom_MalformedDeclaration_SaysSo(string adapter, string message)
    {
        var e = Assert.Throws<LegoNetException>(() => PointModels.Definition(adapter, LearningTask.Binary));
        Assert.Contains(message, e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void Load_DamagedFile_IsDamaged(int how)
    {
        AdapterEstimators.Register("damaged", "1", Lbfgs);
        var definition = Definition("damaged", "1", LearningTask.Multiclass);
        var trainer = PointModels.Trainer(definition);
        var file = trainer.Fit(PointModels.Shard(definition, PointModels.Records(definition, Count)), new FitSettings(1), Cancelled).Adapter;
        var parsed = SafetensorsFile.Parse(file, "test");
        switch (how)
        {
            case 0:
                file = file[..^1];
                break;
            case 1:
                file.AsSpan((int)parsed.Header.Tensors.First(t => t.Name == "models").Offset, 4).Fill(0x40);
                break;
            default:
                var model = parsed.Header.Tensors.Where(t => t.Name.StartsWith("0/", StringComparison.Ordinal)).MaxBy(t => t.Length)!;
                file.AsSpan((int)model.Offset, (int)model.Length).Clear();
                break;
        }

        Assert.Equal(LegoNetError.Damaged, Assert.Throws<LegoNetException>(() => trainer.Load(file, "test")).Error);
    }

    private static IEstimator<ITransformer> Lbfgs(MLContext ml)
        => ml.MulticlassClassification.Trainers.LbfgsMaximumEntropy(new LbfgsMaximumEntropyMulticlassTrainer.Options { NumberOfThreads = 1 });

    private static ModelDefinition Definition(string name, string version, LearningTask task)
        => PointModels.Definition($$"""{"trainer":"mlnet:custom","name":"{{name}}","version":"{{version}}"}""", task);

    private static void AssertFitFails(string name, LearningTask task, string message)
    {
        var definition = Definition(name, "1", task);
        var shard = PointModels.Shard(definition, PointModels.Records(definition, 40));
        var e = Assert.Throws<LegoNetException>(() => PointModels.Trainer(definition).Fit(shard, new FitSettings(1), Cancelled));
        Assert.Equal(LegoNetError.BadInput, e.Error);
        Assert.Contains(message, e.Message, StringComparison.Ordinal);
    }

    private ModelOptions Options(int threads) => new() { TagKeyPath = _folder["tag.key"], Threads = threads };
}
