using LegoNet.MLNet.Tests.Support;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms;

namespace LegoNet.MLNet.Tests.Encoders;

public class DeclareKeysTests
{
    private readonly MLContext _ml = new(1);

    [Fact]
    public void DeclareKeys_ValuesInAnyOrder_GetTheDeclaredKeys()
    {
        var rows = Rows("b", "a", "unknown", "c", "b");
        var view = _ml.Transforms.DeclareKeys("Key", ["c", "b", "a", "never seen"], "Label").Fit(rows).Transform(rows);
        Assert.Equal([2u, 3u, 0u, 1u, 2u], Keys(view));
        Assert.Equal(new KeyDataViewType(typeof(uint), 4), view.Schema["Key"].Type);
        VBuffer<ReadOnlyMemory<char>> names = default;
        view.Schema["Key"].GetKeyValues(ref names);
        Assert.Equal(["c", "b", "a", "never seen"], names.DenseValues().Select(name => name.ToString()));
    }

    [Fact]
    public void DeclareKeys_Saved_LoadsAsMLNetsOwnStep()
    {
        var rows = Rows("b", "a", "unknown");
        var model = _ml.Transforms.DeclareKeys("Key", ["a", "b"], "Label").Append(_ml.Transforms.Conversion.MapKeyToValue("Name", "Key")).Fit(rows);
        using var stream = new MemoryStream();
        _ml.Model.Save(model, rows.Schema, stream);
        stream.Position = 0;
        var loaded = new MLContext(2).Model.Load(stream, out _);
        Assert.IsType<ValueToKeyMappingTransformer>(((IEnumerable<ITransformer>)loaded).First());
        Assert.Equal(Keys(model.Transform(rows)), Keys(loaded.Transform(rows)));
    }

    [Fact]
    public void DeclareKeys_AsALabelStep_FitsAChainWithATrainer()
    {
        var rows = Rows("a", "b", "a", "b");
        var model = _ml.Transforms.HashText("Features", "Text", new() { Dimension = 16 })
            .Append(_ml.Transforms.DeclareKeys("Label", ["a", "b"]))
            .Append(_ml.MulticlassClassification.Trainers.NaiveBayes())
            .Append(_ml.Transforms.Conversion.MapKeyToValue("PredictedLabel")).Fit(rows);
        using var engine = _ml.Model.CreatePredictionEngine<NamedText, Predicted>(model);
        Assert.Contains(engine.Predict(new NamedText { Text = "a" }).PredictedLabel, new[] { "a", "b" });
    }

    [Fact]
    public void DeclareKeys_BadClassesOrColumn_Throws()
    {
        Assert.Throws<ArgumentException>(() => _ml.Transforms.DeclareKeys("Key", []));
        Assert.Throws<ArgumentException>(() => _ml.Transforms.DeclareKeys("Key", ["a", "a"]));
        Assert.Throws<ArgumentException>(() => _ml.Transforms.DeclareKeys("Key", ["a", ""]));
        var rows = _ml.Data.LoadFromEnumerable(new[] { new { Number = 1f } });
        var e = Assert.Throws<ArgumentOutOfRangeException>(() => _ml.Transforms.DeclareKeys("Key", ["a"], "Number").Fit(rows));
        Assert.Contains("text column 'Number'", e.Message, StringComparison.Ordinal);
    }

    private static uint[] Keys(IDataView view) => [.. view.GetColumn<uint>("Key")];

    private IDataView Rows(params string[] labels)
        => _ml.Data.LoadFromEnumerable(Array.ConvertAll(labels, label => new NamedText { Label = label, Text = label }));

    private sealed class Predicted
    {
        public string PredictedLabel { get; set; } = "";
    }
}
