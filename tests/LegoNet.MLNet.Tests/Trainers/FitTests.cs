using LegoNet.Calibration;
using LegoNet.Data;
using LegoNet.Encoders;
using LegoNet.MLNet.Tests.Support;
using LegoNet.Pipelines;
using LegoNet.Specs;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace LegoNet.MLNet.Tests.Trainers;

public sealed class FitTests : IDisposable
{
    private readonly MLContext _ml = new(1);
    private readonly TempFolder _folder = new();
    private readonly List<Row> _rows = Rows.Create(120);

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Fit_FarMoreThanIsKept_ReadsOncePassAndRetainsNoRow()
    {
        var view = new CountingView(rows: 20_000, dimension: 256);
        using var model = _ml.Regression.Trainers.ExactRidge(new RegressionTarget(0, 10, 1), idColumnName: "Id", featureRange: FeatureRange.Within(1))
            .Fit(view);
        Assert.Equal((1, 20_000L), (view.Cursors, view.RowsRead));
        Assert.Equal(["Features", "Id", "Label"], view.Asked);
        Assert.Equal(20_000, model.Model.RecordCount);
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        Assert.InRange(view.Buffers.Count(b => b.IsAlive), 0, 1);
    }

    [Fact]
    public void Fit_SameDataAsASpec_GivesTheSameBytesAsTheSpec()
    {
        var spec = """
            {
              "task": "multiclass", "classes": ["blue", "green", "red"],
              "encoder": { "type": "vector", "dimension": 8, "min": -4, "max": 4 },
              "routing": { "adapters": 5, "active": 2 }, "adapter": { "trainer": "ridge", "lambda": 1000 }, "temperature": 0.1, "seed": 1
            }
            """;
        File.WriteAllText(_folder["spec.json"], spec);
        var pipeline = PipelineSpec.Load(_folder["spec.json"]);
        using var setup = pipeline.CreateEncoder(cancellationToken: Cancelled);
        var codes = new sbyte[Row.Dimension];
        var records = _rows.Select(r =>
        {
            setup.Encoder.Encode([new SourceRecord(r.Person, r.Name, r.Category, new VectorInput(r.Features), "row")], codes);
            return new EncodedRecord(r.Person, r.Name, r.Category, codes, setup.Encoder.Fingerprint, "row");
        });
        var options = new ModelOptions { TagKeyPath = _folder["one.key"] };
        using var bySpec = LegoNetModel.Train(_folder["spec"], pipeline.Freeze(setup), records, options, cancellationToken: Cancelled);
        using var byFit = Fit(_rows);
        Tree.AssertSameModel(_folder["spec"], _folder["model"]);
    }

    [Fact]
    public void Fit_SparseVectors_GiveTheSameBytesAsDense()
    {
        var rows = Rows.Create(60);
        foreach (var row in rows)
        {
            row.Features[1] = row.Features[4] = 0;
        }

        using var dense = Fit(rows, "dense");
        using var sparse = _ml.MulticlassClassification.Trainers.LegoNet(Rows.Multiclass(_folder, "sparse")).Fit(SparseView.Of(Rows.Keyed(_ml, rows)));
        Tree.AssertSameModel(_folder["dense"], _folder["sparse"]);
    }

    [Fact]
    public void Fit_RowsInAnotherOrder_GiveTheSameBytes()
    {
        using var one = Fit(_rows, "one");
        using var two = Fit(Enumerable.Reverse(_rows), "two");
        Tree.AssertSameModel(_folder["one"], _folder["two"]);
    }

    [Fact]
    public void Fit_Card_QuantisesByTheCardAndTakesItsKeys()
    {
        var codes = new sbyte[3 * Row.Dimension];
        new Random(5).NextBytes(System.Runtime.InteropServices.MemoryMarshal.AsBytes(codes.AsSpan()));
        codes.AsSpan().Replace((sbyte)-128, (sbyte)0);
        var card = new CalibrationCard(CodeCalibration.FromRange(Row.Dimension, -4, 4), codes);
        var options = Rows.Multiclass(_folder);
        (options.FeatureRange, options.Card, options.Keys, options.Adapters) = (null, card, KeySource.Public, 3);
        using var model = _ml.MulticlassClassification.Trainers.LegoNet(options).Fit(Rows.Keyed(_ml, _rows));
        Assert.Equal(KeySource.Public, model.Model.Spec.Keys);
        Assert.Equal(card.TakeKeys(3).Digest, model.Model.Keys.Digest);
        Assert.Equal(card.Calibration.Digest, model.Model.Spec.Calibration);
        options.Adapters = 4;
        Assert.Throws<ArgumentException>(() => _ml.MulticlassClassification.Trainers.LegoNet(options).Fit(Rows.Keyed(_ml, _rows)));
    }

    [Fact]
    public void Fit_WithoutIds_NamesRowsByPositionAndWarns()
    {
        var messages = new List<string>();
        _ml.Log += (_, e) => messages.Add($"{e.Kind}: {e.Message}");
        var options = Rows.Multiclass(_folder);
        (options.SubjectColumnName, options.IdColumnName) = (null, null);
        using var model = _ml.MulticlassClassification.Trainers.LegoNet(options).Fit(Rows.Keyed(_ml, _rows));
        Assert.Contains(messages, m => m.StartsWith("Warning", StringComparison.Ordinal) && m.Contains("No id column", StringComparison.Ordinal));
        Assert.Equal(1, model.Forget("row 17").Records);
        Assert.Throws<LegoNetException>(() => model.Forget("row 120"));
    }

    [Fact]
    public void Fit_WithoutSubjects_TheIdIsTheSubject()
    {
        var options = Rows.Multiclass(_folder);
        options.SubjectColumnName = null;
        using var model = _ml.MulticlassClassification.Trainers.LegoNet(options).Fit(Rows.Keyed(_ml, _rows));
        Assert.Equal(1, model.Forget("record-5").Records);
    }

    [Fact]
    public void Fit_WholeNumbersAsNames_AreSpelledInvariantly()
    {
        var view = new CountingView(50, 8);
        using var model = _ml.Regression.Trainers
            .ExactRidge(new RegressionTarget(0, 10, 1), subjectColumnName: "Id", idColumnName: "Id", featureRange: FeatureRange.Within(1))
            .Fit(view);
        Assert.Equal(1, model.Forget("42", "42").Records);
    }

    [Fact]
    public void Fit_ModelPathExists_IsRefusedUnlessOverwrite()
    {
        using (Fit(_rows))
        {
        }

        var before = Tree.Files(_folder["model"]);
        Assert.Throws<LegoNetException>(() => Fit(_rows[..60]));
        var options = Rows.Multiclass(_folder);
        options.Overwrite = true;
        var withoutNames = Rows.Keyed(_ml, _rows.Append(new Row { Category = "red", Features = new float[8] }));
        Assert.Throws<InvalidOperationException>(() => _ml.MulticlassClassification.Trainers.LegoNet(options).Fit(withoutNames));
        Assert.Equal(before.Keys, Tree.Files(_folder["model"]).Keys);
        using var small = _ml.MulticlassClassification.Trainers.LegoNet(options).Fit(Rows.Keyed(_ml, _rows[..60]));
        Assert.Equal(60, small.Model.RecordCount);
        using var fresh = Fit(_rows[..60], "fresh");
        Tree.AssertSameModel(_folder["fresh"], _folder["model"]);
    }

    [Fact]
    public void Fit_OptionsChangedAfterwards_HaveNoEffect()
    {
        var options = Rows.Multiclass(_folder);
        var classes = options.Classes = new List<string>(Rows.Categories);
        var trainer = _ml.MulticlassClassification.Trainers.LegoNet(options);
        options.Adapters = 9;
        ((List<string>)classes).Clear();
        using var model = trainer.Fit(Rows.Keyed(_ml, _rows));
        Assert.Equal((5, 3), (model.Model.Spec.Adapters, model.Model.Spec.Classes.Count));
    }

    [Fact]
    public void Fit_AdapterAsJson_IsTheSpecsAdapter()
    {
        var options = Rows.Multiclass(_folder);
        options.Adapter = AdapterOptions.FromJson("""{ "trainer": "ridge", "lambda": 77 }""");
        using var model = _ml.MulticlassClassification.Trainers.LegoNet(options).Fit(Rows.Keyed(_ml, _rows));
        Assert.Equal("""{"lambda":77,"trainer":"ridge"}""", model.Model.Spec.Adapter);
        Assert.Equal(0.1, model.Model.Spec.Temperature);
    }

    [Fact]
    public void Fit_AdapterByMlNet_ForgetsAndTakesItsTemperature()
    {
        MLNetAdapters.Register();
        var options = Rows.Multiclass(_folder);
        options.Adapter = "mlnet:lbfgs";
        using var model = _ml.MulticlassClassification.Trainers.LegoNet(options).Fit(Rows.Keyed(_ml, _rows));
        Assert.Equal(1, model.Model.Spec.Temperature);
        Assert.InRange(_ml.MulticlassClassification.Evaluate(model.Transform(Rows.Keyed(_ml, Rows.Create(200, seed: 2)))).MicroAccuracy, 0.65, 1);
        model.Forget("person-3");
        (options.ModelPath, options.Temperature) = (_folder["never"], 1);
        using var never = _ml.MulticlassClassification.Trainers.LegoNet(options).Fit(Rows.Keyed(_ml, _rows.Where(r => r.Person != "person-3")));
        Tree.AssertSameModel(_folder["never"], _folder["model"]);
    }

    [Fact]
    public void Fit_EmptyView_IsRefusedAndLeavesNothing()
    {
        Assert.Throws<LegoNetException>(() => Fit([]));
        Assert.False(Directory.Exists(_folder["model"]));
    }

    private LegoNetTransformer Fit(IEnumerable<Row> rows, string name = "model")
        => _ml.MulticlassClassification.Trainers.LegoNet(Rows.Multiclass(_folder, name)).Fit(Rows.Keyed(_ml, rows));
}
