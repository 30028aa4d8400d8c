using LegoNet.Adapters;
using LegoNet.MLNet.Adapters;
using LegoNet.MLNet.Tests.Support;
using LegoNet.Specs;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Trainers;
using Microsoft.ML.Trainers.FastTree;

namespace LegoNet.MLNet.Tests.Adapters;

/// <summary>What a single fit gives.</summary>
public class AdapterFitTests
{
    private const ulong Seed = 12345;

    [Theory]
    [MemberData(nameof(TrainerCases.All), MemberType = typeof(TrainerCases))]
    public void Fit_SeparableRecords_PredictsMostOthers(string adapter, LearningTask task)
    {
        using var folder = new TempFolder();
        var definition = PointModels.Definition(adapter, task);
        var options = new ModelOptions { TagKeyPath = folder["tag.key"] };
        var records = PointModels.Records(definition, 240);
        using var model = LegoNetModel.Train(folder["model"], definition, records, options, cancellationToken: TestContext.Current.CancellationToken);
        using var opened = LegoNetModel.Open(folder["model"], options);
        var others = PointModels.Records(definition, 100, 1000);
        var right = 0;
        foreach (var record in others)
        {
            var prediction = opened.Scorer.Predict(record.Code);
            Assert.Equal(model.Scorer.Predict(record.Code).Scores, prediction.Scores);
            right += task switch
            {
                // The label follows from the group, a hundred steps each; chance is one in four.
                LearningTask.Regression => Math.Abs(double.Parse(prediction.Label) - double.Parse(record.Label!)) < 50 * definition.Spec.Target!.Step ? 1 : 0,
                LearningTask.Multilabel => prediction.Label.Split('|').Intersect(record.Label!.Split('|')).Any() ? 1 : 0,
                _ => prediction.Label == record.Label ? 1 : 0,
            };
        }

        Assert.InRange(right, 85, 100);
    }

    [Theory]
    [MemberData(nameof(TrainerCases.All), MemberType = typeof(TrainerCases))]
    public void Fit_FewRows_GivesFiniteScores(string adapter, LearningTask task)
    {
        var definition = PointModels.Definition(adapter, task);
        var trainer = PointModels.Trainer(definition);
        foreach (var rows in (ReadOnlySpan<int>)[1, 2, 3, 5, 12])
        {
            var shard = PointModels.Shard(definition, PointModels.Records(definition, rows, rows));
            var fitted = trainer.Load(trainer.Fit(shard, new FitSettings(Seed), TestContext.Current.CancellationToken).Adapter, "test");
            Assert.All(Scores(fitted, definition, PointModels.Record(definition, 500).Code), score => Assert.True(double.IsFinite(score)));
        }
    }

    [Theory]
    [MemberData(nameof(TrainerCases.All), MemberType = typeof(TrainerCases))]
    public void Fit_RowsThatAreAllAlike_GivesFiniteScores(string adapter, LearningTask task)
    {
        // Nothing to split by, nothing to weigh.
        var definition = PointModels.Definition(adapter, task);
        var trainer = PointModels.Trainer(definition);
        var code = new sbyte[PointModels.Dimension];
        var records = PointModels.Records(definition, 30).Select(r => r with { Code = code }).ToArray();
        var fit = trainer.Fit(PointModels.Shard(definition, records), new FitSettings(Seed), TestContext.Current.CancellationToken);
        var fitted = trainer.Load(fit.Adapter, "test");
        Assert.All(Scores(fitted, definition, code), score => Assert.True(double.IsFinite(score)));
    }

    [Theory]
    [MemberData(nameof(TrainerCases.All), MemberType = typeof(TrainerCases))]
    public void Fit_OneKindOfLabel_GivesTheDeclaredConstants(string adapter, LearningTask task)
    {
        var definition = PointModels.Definition(adapter, task);
        var trainer = PointModels.Trainer(definition);
        var label = task == LearningTask.Regression ? "1.5" : definition.Spec.Classes[1];
        var records = PointModels.Records(definition, 40).Select(r => r with { Label = label }).ToArray();
        var fit = trainer.Fit(PointModels.Shard(definition, records), new FitSettings(Seed), TestContext.Current.CancellationToken);
        var fitted = trainer.Load(fit.Adapter, "test");
        var certain = trainer.Name switch
        {
            "mlnet:averagedperceptron" => 2,
            "mlnet:fasttree" => 4, // Four times the temperature, 1 / (2 · 0.5).
            "mlnet:fastforest" => 6, // As many votes as trees.
            _ => 4,
        };
        var allAtOnce = trainer.Name is "mlnet:lbfgs" or "mlnet:sdca";
        double[] expected = task switch
        {
            LearningTask.Regression => [130], // 1.5 is 130 steps of 0.05 above −5.
            LearningTask.Binary => [0, certain],
            LearningTask.Multilabel => [0.5 - certain, 0.5 + certain, 0.5 - certain, 0.5 - certain],
            _ => allAtOnce ? [0, certain, 0, 0] : [-certain, certain, -certain, -certain],
        };
        var scores = Scores(fitted, definition, PointModels.Record(definition, 999).Code);
        for (var c = 0; c < expected.Length; c++)
        {
            Assert.Equal(expected[c], scores[c], 1e-4);
        }
    }

    [Theory]
    [MemberData(nameof(TrainerCases.All), MemberType = typeof(TrainerCases))]
    public void Fit_EachTrainerAndTask_ScoresAsMLNetsOwnTransformer(string adapter, LearningTask task)
    {
        var definition = PointModels.Definition(adapter, task);
        var trainer = PointModels.Trainer(definition);
        var shard = PointModels.Shard(definition, PointModels.Records(definition, 120));
        var fitted = trainer.Load(trainer.Fit(shard, new FitSettings(Seed), TestContext.Current.CancellationToken).Adapter, "test");
        var codes = PointModels.Records(definition, 40, 700).Select(r => r.Code).ToArray();
        switch (task)
        {
            case LearningTask.Multiclass when trainer.Name is "mlnet:lbfgs" or "mlnet:sdca":
                // ML.NET's scores are probabilities here, the softmax of the raw ones.
                var probabilities = Transform<float[]>(MulticlassEstimator, ShardLabels.Keys, 0);
                for (var i = 0; i < codes.Length; i++)
                {
                    var raw = Scores(fitted, definition, codes[i]);
                    var sum = raw.Sum(s => Math.Exp(s - raw.Max()));
                    Assert.All(probabilities[i].Zip(raw), p => Assert.Equal(p.First, Math.Exp(p.Second - raw.Max()) / sum, 1e-5));
                }

                break;
            case LearningTask.Regression:
                var target = TargetScale.Of(definition.Spec.Target!);
                var values = Transform<float>(RegressionEstimator, ShardLabels.ScaledTarget, 0);
                for (var i = 0; i < codes.Length; i++)
                {
                    Assert.Equal((values[i] * target.Scale) + target.Middle, Scores(fitted, definition, codes[i])[0], 1e-3);
                }

                break;
            default:
                var offset = task == LearningTask.Multilabel ? 0.5 : 0;
                for (var c = task == LearningTask.Binary ? 1 : 0; c < definition.Spec.Labels.Outputs; c++)
                {
                    var scores = Transform<float>(BinaryEstimator, ShardLabels.OneClass, c);
                    for (var i = 0; i < codes.Length; i++)
                    {
                        Assert.Equal(scores[i] + offset, Scores(fitted, definition, codes[i])[c], 1e-4 * Math.Max(1, Math.Abs(scores[i])));
                    }
                }

                break;
        }

        T[] Transform<T>(Func<MLContext, string, int, IEstimator<ITransformer>> create, ShardLabels labels, int output)
        {
            var seed = AdapterSeed.Of(Seed, output);
            var ml = new MLContext(seed);
            var scaled = trainer.Name is not ("mlnet:fasttree" or "mlnet:fastforest");
            var transformer = create(ml, trainer.Name, seed).Fit(new ShardView(shard, labels, output, scaled, TestContext.Current.CancellationToken));
            var view = ml.Data.LoadFromEnumerable(
                codes.Select(code => new Row { Features = [.. code.Select(x => scaled ? x / 127f : x)] }),
                DefinitionOf(PointModels.Dimension));
            return [.. transformer.Transform(view).GetColumn<T>("Score")];
        }
    }

    [Fact]
    public void Fit_CancelledToken_Throws()
    {
        var definition = PointModels.Definition("""{"trainer":"mlnet:lbfgs"}""", LearningTask.Multiclass);
        var shard = PointModels.Shard(definition, PointModels.Records(definition, 60));
        var cancelled = new CancellationToken(canceled: true);
        Assert.ThrowsAny<OperationCanceledException>(() => PointModels.Trainer(definition).Fit(shard, new FitSettings(Seed), cancelled));
    }

    private static double[] Scores(IAdapter adapter, ModelDefinition definition, sbyte[] code)
    {
        var scores = new double[definition.Spec.Labels.Outputs];
        adapter.AddScores(PointModels.Scorable(code), scores);
        return scores;
    }

    private static SchemaDefinition DefinitionOf(int dimension)
    {
        var schema = SchemaDefinition.Create(typeof(Row));
        schema[nameof(Row.Features)].ColumnType = new VectorDataViewType(NumberDataViewType.Single, dimension);
        return schema;
    }

    private static IEstimator<ITransformer> MulticlassEstimator(MLContext ml, string name, int seed) => name == "mlnet:lbfgs"
        ? ml.MulticlassClassification.Trainers.LbfgsMaximumEntropy(new LbfgsMaximumEntropyMulticlassTrainer.Options { NumberOfThreads = 1 })
        : ml.MulticlassClassification.Trainers.SdcaMaximumEntropy(new SdcaMaximumEntropyMulticlassTrainer.Options
        {
            L1Regularization = 0,
            L2Regularization = 1e-4f,
            ConvergenceTolerance = 0.01f,
            MaximumNumberOfIterations = 10,
            NumberOfThreads = 1,
        });

    private static IEstimator<ITransformer> BinaryEstimator(MLContext ml, string name, int seed) => name switch
    {
        "mlnet:lbfgs" => ml.BinaryClassification.Trainers.LbfgsLogisticRegression(new LbfgsLogisticRegressionBinaryTrainer.Options { NumberOfThreads = 1 }),
        "mlnet:sdca" => ml.BinaryClassification.Trainers.SdcaLogisticRegression(new SdcaLogisticRegressionBinaryTrainer.Options
        {
            L1Regularization = 0,
            L2Regularization = 1e-4f,
            ConvergenceTolerance = 0.01f,
            MaximumNumberOfIterations = 10,
            NumberOfThreads = 1,
        }),
        "mlnet:averagedperceptron" => ml.BinaryClassification.Trainers.AveragedPerceptron(new AveragedPerceptronTrainer.Options { NumberOfIterations = 3 }),
        "mlnet:fasttree" => ml.BinaryClassification.Trainers.FastTree(Small(new FastTreeBinaryTrainer.Options { LearningRate = 0.5 }, seed)),
        _ => ml.BinaryClassification.Trainers.FastForest(Small(new FastForestBinaryTrainer.Options(), seed)),
    };

    private static IEstimator<ITransformer> RegressionEstimator(MLContext ml, string name, int seed) => name switch
    {
        "mlnet:sdca" => ml.Regression.Trainers.Sdca(new SdcaRegressionTrainer.Options
        {
            L1Regularization = 0,
            L2Regularization = 1e-4f,
            ConvergenceTolerance = 0.01f,
            BiasLearningRate = 0,
            MaximumNumberOfIterations = 10,
            NumberOfThreads = 1,
        }),
        "mlnet:fasttree" => ml.Regression.Trainers.FastTree(Small(new FastTreeRegressionTrainer.Options { LearningRate = 0.5 }, seed)),
        _ => ml.Regression.Trainers.FastForest(Small(new FastForestRegressionTrainer.Options(), seed)),
    };

    private static T Small<T>(T options, int seed)
        where T : TreeOptions
    {
        options.NumberOfTrees = 6;
        options.NumberOfLeaves = 5;
        options.MinimumExampleCountPerLeaf = 2;
        options.Seed = options.FeatureSelectionSeed = seed;
        return options;
    }

    private sealed class Row
    {
        public float[] Features { get; set; } = [];
    }
}
