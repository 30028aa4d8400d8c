using LegoNet.Ensembles;
using LegoNet.MLNet.Data;
using LegoNet.MLNet.Tests.Support;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace LegoNet.MLNet.Tests.Trainers;

public sealed class MulticlassTests : IDisposable
{
    private readonly MLContext _ml = new(1);
    private readonly TempFolder _folder = new();
    private readonly List<Row> _train = Rows.Create(300);
    private readonly List<Row> _test = Rows.Create(200, seed: 2);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Evaluate_AgreesWithTheModelsOwnMeasures()
    {
        using var model = Fit(Rows.Keyed(_ml, _train));
        var metrics = _ml.MulticlassClassification.Evaluate(model.Transform(Rows.Keyed(_ml, _test)));
        var own = new Evaluation(model.Model.Scorer);
        var code = new sbyte[Row.Dimension];
        var words = new int[1];
        var scores = new double[Rows.Categories.Length];
        foreach (var row in _test)
        {
            model.Model.Calibration!.Quantise(row.Features, code);
            model.Model.Spec.Labels.Parse(row.Category, "row", words);
            model.Model.Scorer.Score(code, scores);
            own.Add(words, scores);
        }

        Assert.Equal(own.Accuracy, metrics.MicroAccuracy, 9);
        Assert.Equal(own.LogLoss, metrics.LogLoss, 5);
        Assert.InRange(metrics.MicroAccuracy, 0.7, 1);
        Assert.InRange(metrics.LogLoss, 0, Math.Log(3) - 0.2); // Better than knowing nothing.
        Assert.InRange(metrics.LogLossReduction, 0.1, 1);
    }

    [Fact]
    public void Evaluate_ConfusionMatrix_NamesTheClassesInKeyOrder()
    {
        using var model = Fit(Rows.Keyed(_ml, _train));
        var metrics = _ml.MulticlassClassification.Evaluate(model.Transform(Rows.Keyed(_ml, _test)));
        var table = metrics.ConfusionMatrix.GetFormattedConfusionTable();
        Assert.All(Rows.Categories, c => Assert.Contains(c, table, StringComparison.Ordinal));
        Assert.Equal(Rows.Categories, model.Classes);
        for (var c = 0; c < Rows.Categories.Length; c++)
        {
            Assert.Equal(_test.Count(r => r.Category == Rows.Categories[c]), metrics.ConfusionMatrix.Counts[c].Sum());
        }
    }

    [Fact]
    public void Transform_Columns_HaveTheAnnotationsOfMlNetsOwnTrainer()
    {
        var view = Rows.Keyed(_ml, _train);
        using var model = Fit(view);
        var theirs = _ml.MulticlassClassification.Trainers.LbfgsMaximumEntropy().Fit(view).Transform(view).Schema;
        var ours = model.Transform(view).Schema;
        foreach (var name in (string[])["PredictedLabel", "Score"])
        {
            Assert.Equal(theirs[name].Type.ToString(), ours[name].Type.ToString());
            Assert.Equal(Annotations(theirs[name]), Annotations(ours[name]));
        }

        Assert.Equal(NumberDataViewType.Single, ours["Probability"].Type);
        var set = 0u;
        ours["Score"].Annotations.GetValue("ScoreColumnSetId", ref set);
        Assert.Equal(1u, set);
        model.Transform(model.Transform(view)).Schema["Score"].Annotations.GetValue("ScoreColumnSetId", ref set);
        Assert.Equal(2u, set);
    }

    [Fact]
    public void GetOutputSchema_Promise_IsKept()
    {
        var shape = Shapes.With(
            new SchemaShape([]),
            Shapes.Key(_ml, "Label"),
            Shapes.Vector(_ml, "Features"),
            Shapes.Text(_ml, "Person"),
            Shapes.Text(_ml, "Name"));
        var promised = _ml.MulticlassClassification.Trainers.LegoNet(Rows.Multiclass()).GetOutputSchema(shape);
        string[] names = ["Features", "Label", "Name", "Person", "PredictedLabel", "Probability", "Score"];
        Assert.Equal(names, promised.Select(c => c.Name).Order(StringComparer.Ordinal));
        using var model = Fit(Rows.Keyed(_ml, _train));
        var schema = model.GetOutputSchema(Rows.Keyed(_ml, _train).Schema);
        foreach (var column in promised)
        {
            var actual = schema[column.Name];
            Assert.Equal(column.Kind == SchemaShape.Column.VectorKind.Vector, actual.Type is VectorDataViewType);
            Assert.Equal(column.IsKey, actual.Type is KeyDataViewType);
            Assert.All(column.Annotations, a => Assert.NotNull(actual.Annotations.Schema.GetColumnOrNull(a.Name)));
        }
    }

    [Fact]
    public void Pipeline_OfEstimators_TrainsPredictsAndEnumerates()
    {
        var pipeline = Rows.Key(_ml)
            .AppendCacheCheckpoint(_ml)
            .Append(_ml.MulticlassClassification.Trainers.LegoNet(Rows.Multiclass()))
            .Append(_ml.Transforms.Conversion.MapKeyToValue("PredictedLabel"));
        var shape = Shapes.With(
            new SchemaShape([]),
            Shapes.Text(_ml, "Category"),
            Shapes.Vector(_ml, "Features"),
            Shapes.Text(_ml, "Person"),
            Shapes.Text(_ml, "Name"));
        Assert.Equal(TextDataViewType.Instance, Shapes.Find(pipeline.GetOutputSchema(shape), "PredictedLabel")!.Value.ItemType);
        using var model = pipeline.Fit(Rows.View(_ml, _train));
        var predicted = _ml.Data.CreateEnumerable<PredictedRow>(model.Transform(Rows.View(_ml, _test)), reuseRowObject: false, ignoreMissingColumns: true)
            .ToArray();
        Assert.InRange(predicted.Zip(_test).Count(p => p.First.Category == p.Second.Category), 140, 200);
        Assert.All(predicted, p =>
        {
            Assert.Equal(1, p.Score.Sum(), 5);
            Assert.Equal(p.Score.Max(), p.Probability);
            Assert.Equal(Rows.Categories[Array.IndexOf(p.Score, p.Score.Max())], p.Category);
        });
        using var engine = _ml.Model.CreatePredictionEngine<Row, PredictedRow>(model, new PredictionEngineOptions { OwnsTransformer = false });
        foreach (var (row, expected) in _test.Zip(predicted).Take(20))
        {
            var actual = engine.Predict(row);
            Assert.Equal((expected.Category, expected.Probability), (actual.Category, actual.Probability));
            Assert.Equal(expected.Score, actual.Score);
        }
    }

    [Fact]
    public void CrossValidate_ThreeFolds_GivesThreeModelsWithPlausibleMetrics()
    {
        var results = _ml.MulticlassClassification.CrossValidate(Rows.Keyed(_ml, _train), _ml.MulticlassClassification.Trainers.LegoNet(Rows.Multiclass()), 3);
        Assert.Equal(3, results.Count);
        Assert.All(results, r => Assert.InRange(r.Metrics.MicroAccuracy, 0.6, 1));
        Assert.Equal(300, results.Sum(r => r.Metrics.ConfusionMatrix.Counts.Sum(c => c.Sum())));
        foreach (var result in results)
        {
            ((IDisposable)result.Model).Dispose();
        }
    }

    [Fact]
    public void Fit_KeyValuesInAnotherOrder_GivesTheSameModelAndMetrics()
    {
        string[] other = ["blue", "red", "green"];
        using var one = Fit(Rows.Keyed(_ml, _train), "one");
        using var two = Fit(Rows.Keyed(_ml, _train, other), "two");
        Tree.AssertSameModel(_folder["one"], _folder["two"]);
        Assert.Equal(other, two.Classes);
        var first = _ml.MulticlassClassification.Evaluate(one.Transform(Rows.Keyed(_ml, _test)));
        var second = _ml.MulticlassClassification.Evaluate(two.Transform(Rows.Keyed(_ml, _test, other)));
        Assert.Equal((first.MicroAccuracy, first.MacroAccuracy), (second.MicroAccuracy, second.MacroAccuracy));
        Assert.Equal(first.LogLoss, second.LogLoss, 9);
        Assert.Equal(first.ConfusionMatrix.Counts[0][1], second.ConfusionMatrix.Counts[1][2]);
    }

    [Fact]
    public void Fit_MoreDeclaredClassesThanKeyValues_AppendsThemToTheScores()
    {
        var options = Rows.Multiclass(_folder);
        options.Classes = ["green", "violet", "red", "blue"];
        using var model = _ml.MulticlassClassification.Trainers.LegoNet(options).Fit(Rows.Keyed(_ml, _train));
        Assert.Equal(["red", "green", "blue", "violet"], model.Classes);
        Assert.Equal(options.Classes, model.Model.Spec.Classes);
        var scored = model.Transform(Rows.Keyed(_ml, _test));
        Assert.Equal(4, ((VectorDataViewType)scored.Schema["Score"].Type).Size);
        Assert.InRange(_ml.MulticlassClassification.Evaluate(scored).MicroAccuracy, 0.7, 1);
        Assert.Equal(4, KeyNames(scored.Schema["PredictedLabel"]).Length);
    }

    [Fact]
    public void Fit_KeyValueThatIsNotDeclared_KeepsItsSlotWithoutProbability()
    {
        var options = Rows.Multiclass(_folder);
        options.Classes = ["blue", "red"];
        using var model = _ml.MulticlassClassification.Trainers.LegoNet(options).Fit(Rows.Keyed(_ml, _train.Where(r => r.Category != "green")));
        Assert.Equal(["red", "green", "blue"], model.Classes);
        var view = Rows.Keyed(_ml, _test.Where(r => r.Category != "green"));
        Assert.InRange(_ml.MulticlassClassification.Evaluate(model.Transform(view)).MicroAccuracy, 0.8, 1);
        Assert.All(model.Transform(view).GetColumn<float[]>("Score"), s => Assert.Equal((0f, 1.0), (s[1], Math.Round(s.Sum(), 5))));
    }

    [Fact]
    public void Fit_KeyOfNumbers_PredictsNumbers()
    {
        var view = _ml.Data.LoadFromEnumerable(_train.Select(r => new Numbered
        {
            Number = 10 * Array.IndexOf(Rows.Categories, r.Category),
            Features = r.Features,
        }));
        var keyed = _ml.Transforms.Conversion.MapValueToKey("Label", "Number").Fit(view).Transform(view);
        using var model = _ml.MulticlassClassification.Trainers.LegoNet(featureRange: Rows.Range, adapters: 5, active: 2).Fit(keyed);
        Assert.Equal(["0", "10", "20"], model.Model.Spec.Classes);
        var mapped = _ml.Transforms.Conversion.MapKeyToValue("PredictedLabel").Fit(model.Transform(keyed)).Transform(model.Transform(keyed));
        Assert.Equal(NumberDataViewType.Int32, mapped.Schema["PredictedLabel"].Type);
        Assert.Equal([0, 10, 20], mapped.GetColumn<int>("PredictedLabel").Distinct().Order());
    }

    [Fact]
    public void LoadLegoNet_LabelKeysInOtherOrders_EvaluatesAsTheTrainedModel()
    {
        using var trained = _ml.MulticlassClassification.Trainers.LegoNet(Rows.Multiclass(_folder)).Fit(Rows.Keyed(_ml, _train));
        var expected = _ml.MulticlassClassification.Evaluate(trained.Transform(Rows.Keyed(_ml, _test)));
        Assert.InRange(expected.MicroAccuracy, 0.7, 1);
        trained.Dispose();
        using var loaded = _ml.Model.LoadLegoNet(_folder["model"]);
        Assert.Equal(["blue", "green", "red"], loaded.Transformer.Classes);
        foreach (var order in (string[][])[["red", "green", "blue"], ["green", "blue", "red"], ["grey", "red", "blue", "green"]])
        {
            var scored = loaded.Transform(Rows.Keyed(_ml, _test, order));
            var actual = _ml.MulticlassClassification.Evaluate(scored);
            Assert.Equal((expected.MicroAccuracy, expected.LogLoss), (actual.MicroAccuracy, actual.LogLoss));
            VBuffer<ReadOnlyMemory<char>> values = default;
            scored.Schema["PredictedLabel"].GetKeyValues(ref values);
            Assert.Equal(order, values.DenseValues().Select(v => v.ToString()));
        }

        // A key that lacks a class: the class comes after it, as at Fit.
        var few = loaded.Transform(Rows.Keyed(_ml, _test.Where(r => r.Category != "green"), "red", "blue"));
        Assert.InRange(_ml.MulticlassClassification.Evaluate(few).MicroAccuracy, 0.6, 1);
        Assert.Equal(3, ((VectorDataViewType)few.Schema["Score"].Type).Size);

        // A given order stays, and rows without a key of that name have the declared one.
        using var given = _ml.Model.LoadLegoNet(_folder["model"], new LegoNetLoadOptions { Classes = ["green", "red", "blue"] });
        foreach (var (scored, order) in ((IDataView, string[])[])
        [
            (given.Transform(Rows.Keyed(_ml, _test)), ["green", "red", "blue"]),
            (loaded.Transform(Rows.View(_ml, _test)), ["blue", "green", "red"]),
        ])
        {
            VBuffer<ReadOnlyMemory<char>> names = default;
            scored.Schema["Score"].GetSlotNames(ref names);
            Assert.Equal(order, names.DenseValues().Select(v => v.ToString()));
        }
    }

    [Fact]
    public void Fit_KeyWithoutValues_NamesClassesByNumber()
    {
        var view = _ml.Data.LoadFromEnumerable(_train.Select(r => new Keyed
        {
            Label = (uint)Array.IndexOf(Rows.Categories, r.Category),
            Features = r.Features,
        }));
        using var model = _ml.MulticlassClassification.Trainers.LegoNet(featureRange: Rows.Range, adapters: 5, active: 2).Fit(view);
        Assert.Equal(["0", "1", "2"], model.Model.Spec.Classes);
        Assert.InRange(_ml.MulticlassClassification.Evaluate(model.Transform(view)).MicroAccuracy, 0.7, 1);
    }

    [Fact]
    public void ExactLogisticRegression_OneAdapterOnAllRecords_ForgetsAndScores()
    {
        var options = new LegoNetMulticlassTrainer.Options
        {
            SubjectColumnName = "Person",
            IdColumnName = "Name",
            FeatureRange = Rows.Range,
            ModelPath = _folder["exact"],
            TagKeyPath = _folder["one.key"],
        };
        using var model = _ml.MulticlassClassification.Trainers.ExactLogisticRegression(options).Fit(Rows.Keyed(_ml, _train));
        Assert.Equal([300L], model.Model.ShardRows);
        Assert.Equal("""{"lambda":0.003,"trainer":"softmax"}""", model.Model.Spec.Adapter);
        Assert.InRange(_ml.MulticlassClassification.Evaluate(model.Transform(Rows.Keyed(_ml, _test))).MicroAccuracy, 0.75, 1);
        model.Forget("person-7");
        options.ModelPath = _folder["never"];
        using var never = _ml.MulticlassClassification.Trainers.ExactLogisticRegression(options).Fit(Rows.Keyed(_ml, _train.Where(r => r.Person != "person-7")));
        Tree.AssertSameModel(_folder["never"], _folder["exact"]);
    }

    private LegoNetTransformer Fit(IDataView view, string name = "model")
        => _ml.MulticlassClassification.Trainers.LegoNet(Rows.Multiclass(_folder, name)).Fit(view);

    private static string[] KeyNames(DataViewSchema.Column column)
    {
        VBuffer<ReadOnlyMemory<char>> names = default;
        column.GetKeyValues(ref names);
        return [.. names.DenseValues().Select(n => n.ToString())];
    }

    private static string[] Annotations(DataViewSchema.Column column)
        => [.. column.Annotations.Schema.Select(a => $"{a.Name}: {a.Type}{Text(column, a)}").Order(StringComparer.Ordinal)];

    private static string Text(DataViewSchema.Column column, DataViewSchema.Column annotation)
    {
        if (annotation.Type is TextDataViewType)
        {
            ReadOnlyMemory<char> text = default;
            column.Annotations.GetValue(annotation.Name, ref text);
            return $" = {text}";
        }

        if (annotation.Type is VectorDataViewType { ItemType: TextDataViewType })
        {
            VBuffer<ReadOnlyMemory<char>> texts = default;
            column.Annotations.GetValue(annotation.Name, ref texts);
            return $" = {string.Join(", ", texts.DenseValues())}";
        }

        return "";
    }

    private sealed class Numbered
    {
        public int Number { get; set; }

        [VectorType(Row.Dimension)]
        public float[] Features { get; set; } = [];
    }

    private sealed class Keyed
    {
        [KeyType(3)]
        public uint Label { get; set; }

        [VectorType(Row.Dimension)]
        public float[] Features { get; set; } = [];
    }
}
