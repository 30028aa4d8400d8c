using LegoNet.Audit;
using LegoNet.MLNet.Data;
using LegoNet.MLNet.Tests.Adapters;
using LegoNet.MLNet.Tests.Support;
using LegoNet.Specs;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace LegoNet.MLNet.Tests.Saving;

public sealed class OnnxTransformerTests : IDisposable
{
    private readonly MLContext _ml = new(1);
    private readonly TempFolder _folder = new();
    private readonly List<Row> _train = Rows.Create(300);
    private readonly List<Row> _test = Rows.Create(400, seed: 2);

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    /// <summary>ML.NET has no columns for models of several labels.</summary>
    public static IEnumerable<ITheoryDataRow> TrainersWithColumns => TrainerCases.All.Where(row => row.Data.Item2 != LearningTask.Multilabel);

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(1000.0, null)]
    [InlineData(1000.0, EnsembleRule.Probabilities)]
    [InlineData(null, null)]
    [InlineData(null, EnsembleRule.Scores)]
    public void ToOnnxTransformer_Multiclass_PredictsAsTheModel(double? lambda, EnsembleRule? ensemble)
    {
        var view = Rows.Keyed(_ml, _test);
        var options = Rows.Multiclass();
        (options.Adapter, options.Ensemble) = (lambda is { } given ? AdapterOptions.Ridge(given) : null, ensemble);
        using var model = _ml.MulticlassClassification.Trainers.LegoNet(options).Fit(Rows.Keyed(_ml, _train));

        using var steps = (OnnxSnapshot)model.ToOnnxTransformer(_ml);

        var scored = steps.Transform(view);
        Predictions.AssertSame(model.Transform(view), scored, _test.Count);
        Assert.Equal(Rows.Categories, Predictions.KeyValues(scored.Schema["PredictedLabel"]));
        VBuffer<ReadOnlyMemory<char>> names = default;
        scored.Schema["Score"].GetSlotNames(ref names);
        Assert.Equal(Rows.Categories, names.DenseValues().Select(n => n.ToString()));
        Assert.InRange(scored.GetColumn<uint>("PredictedLabel").Distinct().Count(), 2, 3);
        Assert.Equal(
            _ml.MulticlassClassification.Evaluate(model.Transform(view)).ConfusionMatrix.GetFormattedConfusionTable(),
            _ml.MulticlassClassification.Evaluate(scored).ConfusionMatrix.GetFormattedConfusionTable());
    }

    [Fact]
    public void ToOnnxTransformer_KeyWithMoreAndOtherValuesThanClasses_KeepsTheSlots()
    {
        // "grey" is in the key but not declared; "violet" is declared but not in the key.
        string[] order = ["grey", "blue", "red", "green"];
        var options = Rows.Multiclass();
        options.Classes = ["red", "violet", "green", "blue"];
        using var model = _ml.MulticlassClassification.Trainers.LegoNet(options).Fit(Rows.Keyed(_ml, _train, order));
        var view = Rows.Keyed(_ml, _test, order);

        using var steps = (OnnxSnapshot)model.ToOnnxTransformer(_ml);

        var scored = steps.Transform(view);
        Predictions.AssertSame(model.Transform(view), scored, _test.Count);
        Assert.Equal(["grey", "blue", "red", "green", "violet"], Predictions.KeyValues(scored.Schema["PredictedLabel"]));
        Assert.All(scored.GetColumn<float[]>("Score"), s => Assert.Equal(0, s[0]));
    }

    [Fact]
    public void ToOnnxTransformer_KeyOfNumbers_KeepsTheValuesType()
    {
        var rows = _ml.Transforms.CustomMapping<Row, NumberRow>((row, number) => number.Number = 10 * (1 + Array.IndexOf(Rows.Categories, row.Category)), null)
            .Append(_ml.Transforms.Conversion.MapValueToKey("Label", nameof(NumberRow.Number)));
        var keys = rows.Fit(Rows.View(_ml, _train));
        using var model = _ml.MulticlassClassification.Trainers.LegoNet(Rows.Multiclass()).Fit(keys.Transform(Rows.View(_ml, _train)));
        var view = keys.Transform(Rows.View(_ml, _test));

        using var steps = (OnnxSnapshot)model.ToOnnxTransformer(_ml);

        VBuffer<int> expected = default, actual = default;
        model.Transform(view).Schema["PredictedLabel"].GetKeyValues(ref expected);
        steps.Transform(view).Schema["PredictedLabel"].GetKeyValues(ref actual);
        Assert.Equal(expected.DenseValues(), actual.DenseValues());
        Assert.Equal(model.Transform(view).GetColumn<uint>("PredictedLabel"), steps.Transform(view).GetColumn<uint>("PredictedLabel"));
    }

    [Theory]
    [InlineData(1000.0, 0.3, null)]
    [InlineData(null, null, null)]
    [InlineData(null, 2.0, EnsembleRule.Probabilities)]
    public void ToOnnxTransformer_Binary_PredictsAsTheModel(double? lambda, double? temperature, EnsembleRule? ensemble)
    {
        var view = Rows.View(_ml, _test);
        var options = new LegoNetBinaryTrainer.Options
        {
            LabelColumnName = nameof(Row.Flag),
            IdColumnName = nameof(Row.Name),
            FeatureRange = Rows.Range,
            Adapters = 5,
            Active = 2,
            Adapter = lambda is { } given ? AdapterOptions.Ridge(given) : null,
            Temperature = temperature,
            Ensemble = ensemble,
        };
        using var model = _ml.BinaryClassification.Trainers.LegoNet(options).Fit(Rows.View(_ml, _train));

        using var steps = (OnnxSnapshot)model.ToOnnxTransformer(_ml);

        var scored = steps.Transform(view);
        Predictions.AssertSame(model.Transform(view), scored, _test.Count);
        Assert.Equal(
            _ml.BinaryClassification.Evaluate(model.Transform(view), nameof(Row.Flag)).AreaUnderRocCurve,
            _ml.BinaryClassification.Evaluate(scored, nameof(Row.Flag)).AreaUnderRocCurve,
            5);
    }

    [Theory]
    [InlineData(1000.0)]
    [InlineData(null)]
    public void ToOnnxTransformer_Regression_PredictsAsTheModel(double? lambda)
    {
        var view = Rows.View(_ml, _test);
        var options = new LegoNetRegressionTrainer.Options
        {
            LabelColumnName = nameof(Row.Amount),
            IdColumnName = nameof(Row.Name),
            FeatureRange = Rows.Range,
            Adapters = 5,
            Active = 2,
            Adapter = lambda is { } given ? AdapterOptions.Ridge(given) : null,
            Target = new RegressionTarget(-30, 30, 0.1),
        };
        using var model = _ml.Regression.Trainers.LegoNet(options).Fit(Rows.View(_ml, _train));

        using var steps = (OnnxSnapshot)model.ToOnnxTransformer(_ml);

        var scored = steps.Transform(view);
        Predictions.AssertSame(model.Transform(view), scored, _test.Count);
        Assert.Equal(
            _ml.Regression.Evaluate(model.Transform(view), nameof(Row.Amount)).RSquared,
            _ml.Regression.Evaluate(scored, nameof(Row.Amount)).RSquared,
            4);
    }

    [Fact]
    public void ToOnnxTransformer_FeaturesAndRowsWithNamesInTheWay_PredictsAsTheModel()
    {
        // The features are called like an output, and a column of the rows like another.
        var named = _ml.Transforms.CopyColumns("Score", nameof(Row.Features))
            .Append(_ml.Transforms.CopyColumns("Probability", nameof(Row.Name)))
            .Append(_ml.Transforms.DropColumns(nameof(Row.Features)))
            .Fit(Rows.Keyed(_ml, _train));
        var options = Rows.Multiclass();
        options.FeatureColumnName = "Score";
        using var model = _ml.MulticlassClassification.Trainers.LegoNet(options).Fit(named.Transform(Rows.Keyed(_ml, _train)));
        var view = named.Transform(Rows.Keyed(_ml, _test));

        using var steps = (OnnxSnapshot)model.ToOnnxTransformer(_ml);

        Predictions.AssertSame(model.Transform(view), steps.Transform(view), _test.Count);
    }

    [Theory]
    [MemberData(nameof(TrainersWithColumns))]
    public void ToOnnxTransformer_AdaptersByMlNet_PredictsAsTheModel(string adapter, LearningTask task)
    {
        var definition = PointModels.Definition(adapter, task);
        LegoNetModel.Train(_folder["points"], definition, PointModels.Records(definition, 160), cancellationToken: Cancelled).Dispose();
        using var model = _ml.Model.LoadLegoNet(_folder["points"]);
        PointRow[] points = [.. PointModels.Records(definition, 300, 500).Select(r => new PointRow { Features = [.. r.Code.ToArray().Select(c => c / 127f)] })];
        var view = _ml.Data.LoadFromEnumerable(points);

        using var steps = (OnnxSnapshot)model.Transformer.ToOnnxTransformer(_ml);

        Predictions.AssertSame(model.Transform(view), steps.Transform(view), points.Length);
    }

    [Fact]
    public void ToOnnxTransformer_FeaturesThatAreCodes_PredictsAsTheModel()
    {
        using (var trained = _ml.MulticlassClassification.Trainers.LegoNet(Rows.Multiclass(_folder)).Fit(Rows.Keyed(_ml, _train)))
        {
        }

        // Stored records come as codes with their encoder named, so the model that is trained on them takes codes.
        var stored = _ml.Data.LoadFromLegoNet(_folder["model"]);
        var options = new LegoNetMulticlassTrainer.Options { SubjectColumnName = "Subject", IdColumnName = "Id", Adapters = 4, Active = 2, Adapter = AdapterOptions.Ridge(500) };
        using var model = _ml.MulticlassClassification.Trainers.LegoNet(options).Fit(stored);

        using var steps = (OnnxSnapshot)model.ToOnnxTransformer(_ml);

        Predictions.AssertSame(model.Transform(stored), steps.Transform(stored), _train.Count);
    }

    [Fact]
    public void ToOnnxTransformer_RegisteredEstimator_SaysWhatCannotBeExported()
    {
        AdapterEstimators.Register("saving-test", "1", ml => ml.BinaryClassification.Trainers.AveragedPerceptron());
        var definition = PointModels.Definition("""{"trainer":"mlnet:custom","name":"saving-test","version":"1"}""", LearningTask.Binary);
        LegoNetModel.Train(_folder["points"], definition, PointModels.Records(definition, 100), cancellationToken: Cancelled).Dispose();
        using var model = _ml.Model.LoadLegoNet(_folder["points"]);

        var e = Assert.Throws<LegoNetException>(() => model.Transformer.ToOnnxTransformer(_ml));

        Assert.Contains("\"mlnet:custom\" (\"saving-test\")", e.Message, StringComparison.Ordinal);
        using var stream = new MemoryStream();
        Assert.Contains("saving-test", Assert.Throws<LegoNetException>(() => _ml.Model.Save(model, null, stream)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ToOnnxTransformer_AskedForItsGuarantee_IsAnApproximateStep()
    {
        using var model = _ml.MulticlassClassification.Trainers.LegoNet(Rows.Multiclass()).Fit(Rows.Keyed(_ml, _train));
        using var steps = (OnnxSnapshot)model.ToOnnxTransformer(_ml);
        Assert.Equal(Guarantee.Exact, model.GetGuarantee().Guarantee);

        var guarantee = steps.GetGuarantee();

        Assert.Equal(Guarantee.Approximate, guarantee.Guarantee);
        Assert.Equal("ToOnnxTransformer", Assert.Single(guarantee.LearningSteps).Name);
    }

    [Fact]
    public void ToOnnxTransformer_Disposed_IsRefused()
    {
        var model = _ml.MulticlassClassification.Trainers.LegoNet(Rows.Multiclass()).Fit(Rows.Keyed(_ml, _train));
        model.Dispose();
        Assert.Throws<ObjectDisposedException>(() => model.ToOnnxTransformer(_ml));
        using var stream = new MemoryStream();
        Assert.Throws<ObjectDisposedException>(() => _ml.Model.Save(model, Rows.Keyed(_ml, _train).Schema, stream));
    }

    [Fact]
    public void ToOnnxTransformer_Disposed_LeavesNoFileBehind()
    {
        using var model = _ml.MulticlassClassification.Trainers.LegoNet(Rows.Multiclass(_folder)).Fit(Rows.Keyed(_ml, _train));
        for (var i = 0; i < 2; i++)
        {
            using var steps = (OnnxSnapshot)model.ToOnnxTransformer(_ml);
            var folder = Path.GetDirectoryName(steps.File)!;
            Assert.Equal([steps.File], Directory.GetFileSystemEntries(folder));
            if (!OperatingSystem.IsWindows())
            {
                Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(folder));
            }

            using var stream = new MemoryStream();
            _ml.Model.Save(steps, Rows.View(_ml, _test).Schema, stream);
            steps.Dispose();
            Assert.False(Directory.Exists(folder));
        }
    }

    private sealed class NumberRow
    {
        public int Number { get; set; }
    }

    private sealed class PointRow
    {
        [VectorType(PointModels.Dimension)]
        public float[] Features { get; set; } = [];
    }
}
