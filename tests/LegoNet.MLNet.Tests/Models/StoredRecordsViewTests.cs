using LegoNet.MLNet.Encoders;
using LegoNet.MLNet.Tests.Support;
using LegoNet.Records;
using LegoNet.Specs;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace LegoNet.MLNet.Tests.Models;

public sealed class StoredRecordsViewTests : IDisposable
{
    private readonly MLContext _ml = new(1);
    private readonly TempFolder _folder = new();
    private readonly List<Row> _rows = Rows.Create(150);

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void LoadFromLegoNet_Multiclass_HasTheStoredRecords()
    {
        using var model = Fit(_rows);
        var view = _ml.Data.LoadFromLegoNet(_folder["model"]);
        Assert.Equal(["Label", "Features", "Subject", "Id"], view.Schema.Select(c => c.Name));
        Assert.Equal(150, view.GetRowCount());
        Assert.Equal(50, view.GetColumn<string>("Subject").Distinct().Count());
        Assert.Equal(150, view.GetColumn<string>("Id").Distinct().Count());
        Assert.DoesNotContain(view.GetColumn<string>("Subject"), s => s.Contains("person", StringComparison.Ordinal));
        var names = _ml.Transforms.Conversion.MapKeyToValue("Label").Fit(view).Transform(view).GetColumn<string>("Label")
            .Zip(view.GetColumn<float[]>("Features"));
        var code = new sbyte[Row.Dimension];
        var expected = _rows.Select(r =>
        {
            model.Model.Calibration!.Quantise(r.Features, code);
            return $"{r.Category} {string.Join(',', code)}";
        });
        var actual = names.Select(r => $"{r.First} {string.Join(',', r.Second.Select(f => (int)MathF.Round(f * 127)))}");
        Assert.Equal(expected.Order(StringComparer.Ordinal), actual.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void LoadFromLegoNet_MlNetTrainer_TrainsOnIt()
    {
        using var model = Fit(_rows);
        var view = _ml.Data.LoadFromLegoNet(_folder["model"]);
        using var theirs = _ml.MulticlassClassification.Trainers.LbfgsMaximumEntropy().Fit(view) as IDisposable;
        var metrics = _ml.MulticlassClassification.Evaluate(((ITransformer)theirs!).Transform(view));
        Assert.InRange(metrics.MicroAccuracy, 0.75, 1);

        // The model scores its own stored codes as well.
        Assert.InRange(_ml.MulticlassClassification.Evaluate(_ml.Model.LoadLegoNet(_folder["model"]).Transform(view)).MicroAccuracy, 0.75, 1);
    }

    [Fact]
    public void LoadFromLegoNet_SameTrainer_GivesTheSameAdapters()
    {
        Fit(_rows).Dispose();
        var options = Rows.Multiclass(_folder, "again");
        (options.SubjectColumnName, options.IdColumnName, options.FeatureRange) = ("Subject", "Id", null);
        using var again = _ml.MulticlassClassification.Trainers.LegoNet(options).Fit(_ml.Data.LoadFromLegoNet(_folder["model"]));
        Tree.AssertSameModel(_folder["model/adapters"], _folder["again/adapters"]);
        Assert.Equal(File.ReadAllBytes(Path.Combine(_folder["model"], "spec.json")), File.ReadAllBytes(Path.Combine(_folder["again"], "spec.json")));
        Assert.Throws<LegoNetException>(() => again.Forget("person-3")); // Known by the tag only.
        Assert.Equal(1, again.Forget(_ml.Data.LoadFromLegoNet(_folder["model"]).GetColumn<string>("Subject").First()).Records / 3);
    }

    [Fact]
    public void LoadFromLegoNet_ModelChangedSince_FailsUntilLoadedAgain()
    {
        using var model = Fit(_rows);
        var view = _ml.Data.LoadFromLegoNet(_folder["model"]);
        model.Forget("person-3");
        Assert.Throws<RecordsChangedException>(() => view.GetColumn<string>("Id").ToArray());
        Assert.Equal(147, _ml.Data.LoadFromLegoNet(_folder["model"]).GetColumn<string>("Id").Count());
    }

    [Fact]
    public void LoadFromLegoNet_BinaryAndRegression_HaveTheTasksLabels()
    {
        var view = Rows.View(_ml, _rows);
        _ml.BinaryClassification.Trainers.ExactLogisticRegression(nameof(Row.Flag), modelPath: _folder["binary"], featureRange: Rows.Range)
            .Fit(view).Dispose();
        Assert.Equal(_rows.Count(r => r.Flag), _ml.Data.LoadFromLegoNet(_folder["binary"]).GetColumn<bool>("Label").Count(l => l));
        _ml.Regression.Trainers.ExactRidge(new RegressionTarget(-10, 10, 0.1), nameof(Row.Amount), modelPath: _folder["regression"], featureRange: Rows.Range)
            .Fit(view).Dispose();
        var amounts = _ml.Data.LoadFromLegoNet(_folder["regression"]).GetColumn<float>("Label").Order().ToArray();
        Assert.All(_rows.Select(r => r.Amount).Order().Zip(amounts), a => Assert.Equal(a.First, a.Second, 0.001f));
    }

    [Fact]
    public void Add_OfAnotherModelsStoredRecords_NeedsTheSameEncoder()
    {
        using var model = Fit(_rows[..90]);
        using var same = Fit(_rows[90..], "same");
        var columns = new LegoNetLoadOptions { SubjectColumnName = "Subject", IdColumnName = "Id", TagKeyPath = _folder["one.key"] };
        using var loaded = _ml.Model.LoadLegoNet(_folder["model"], columns);
        Assert.Equal(60, loaded.Add(_ml.Data.LoadFromLegoNet(_folder["same"]), cancellationToken: Cancelled).Records);

        var options = Rows.Multiclass(_folder, "other");
        options.FeatureRange = FeatureRange.Within(3);
        using var other = _ml.MulticlassClassification.Trainers.LegoNet(options).Fit(Rows.Keyed(_ml, _rows));
        var view = _ml.Data.LoadFromLegoNet(_folder["other"]);
        var thrown = Assert.Throws<ArgumentOutOfRangeException>(() => loaded.Add(view, cancellationToken: Cancelled));
        Assert.Contains("'Features'", thrown.Message, StringComparison.Ordinal);
        Assert.Contains("'Features'", Assert.Throws<ArgumentOutOfRangeException>(() => loaded.Transform(view)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Fit_CodesAndACard_IsRefused()
    {
        Fit(_rows).Dispose();
        var view = _ml.Data.LoadFromLegoNet(_folder["model"]);
        Assert.NotNull(EncoderAnnotation.TryGet(view.Schema["Features"]));
        var e = Assert.Throws<ArgumentException>(() => _ml.MulticlassClassification.Trainers.LegoNet(featureRange: Rows.Range).Fit(view));
        Assert.Contains("'Features'", e.Message, StringComparison.Ordinal);
    }

    private LegoNetTransformer Fit(IEnumerable<Row> rows, string name = "model")
        => _ml.MulticlassClassification.Trainers.LegoNet(Rows.Multiclass(_folder, name)).Fit(Rows.Keyed(_ml, rows));
}
