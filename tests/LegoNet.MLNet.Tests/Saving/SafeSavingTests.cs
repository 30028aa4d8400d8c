using LegoNet.MLNet.Tests.Support;
using LegoNet.Specs;
using Microsoft.ML;

namespace LegoNet.MLNet.Tests.Saving;

public sealed class SafeSavingTests : IDisposable
{
    private readonly MLContext _ml = new(1);
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void SaveSafely_PipelineThatCannotBeSaved_LeavesTheOldFileByteForByte()
    {
        AdapterEstimators.Register("safe-saving-test", "1", ml => ml.BinaryClassification.Trainers.AveragedPerceptron());
        var definition = PointModels.Definition("""{"trainer":"mlnet:custom","name":"safe-saving-test","version":"1"}""", LearningTask.Binary);
        LegoNetModel.Train(_folder["points"], definition, PointModels.Records(definition, 100), cancellationToken: TestContext.Current.CancellationToken)
            .Dispose();
        using var refused = _ml.Model.LoadLegoNet(_folder["points"]);
        Save();
        var before = File.ReadAllBytes(_folder["scorer.zip"]);

        Assert.Throws<LegoNetException>(() => _ml.Model.SaveSafely(refused, null, _folder["scorer.zip"]));

        Assert.Equal(before, File.ReadAllBytes(_folder["scorer.zip"]));
        Assert.False(File.Exists(_folder["scorer.zip.new"]));

        // What it is for: ML.NET opens the file first.
        Assert.Throws<LegoNetException>(() => _ml.Model.Save(refused, null, _folder["scorer.zip"]));
        Assert.NotEqual(before, File.ReadAllBytes(_folder["scorer.zip"]));
    }

    [Fact]
    public void SaveSafely_OverAFile_ReplacesItAndLeavesNoDraft()
    {
        File.WriteAllText(_folder["scorer.zip"], "yesterday's");
        File.WriteAllText(_folder["scorer.zip.new"], new string('x', 1 << 20)); // Left behind by a crash.
        Save();
        using var loaded = (IDisposable)_ml.Model.Load(_folder["scorer.zip"], out var schema);
        Assert.Contains(schema, column => column.Name == "Features");
        Assert.False(File.Exists(_folder["scorer.zip.new"]));
    }

    [Fact]
    public void SaveSafely_PipelineThatHashesTexts_SaysThatHostsNeedLegoNet()
    {
        var view = _ml.Data.LoadFromEnumerable(TableRow.Create(20));
        var said = new List<string>();
        _ml.Log += (_, e) => said.Add(e.Message);
        var hashed = _ml.Transforms.HashText("Features", nameof(TableRow.Title)).Fit(view);
        var table = _ml.Transforms.EncodeTable(new EncodeTableEstimator.Options { TextColumns = [nameof(TableRow.Title)] }).Fit(view);
        _ml.Model.SaveSafely(hashed, view.Schema, _folder["hashed.zip"]);
        var loaded = _ml.Model.Load(_folder["hashed.zip"], out _);

        const string Warning = "hashed.zip: it hashes texts, so a host that loads it needs the package LegoNet.MLNet";
        Assert.Single(said, line => line.Contains(Warning, StringComparison.Ordinal));
        Assert.All((ITransformer[])[hashed, table, hashed.Append(table), loaded], step =>
        {
            var e = Assert.Throws<LegoNetException>(() => _ml.Model.SaveSafely(step, view.Schema, _folder["plain.zip"], forPlainHosts: true));
            Assert.Contains("needs the package LegoNet.MLNet", e.Message, StringComparison.Ordinal);
        });
        Assert.False(File.Exists(_folder["plain.zip"]));
    }

    [Fact]
    public void SaveSafely_TextsByMlNetsOwnHashing_AreExactAndForPlainHosts()
    {
        var rows = TableRow.Create(400);
        var view = _ml.Data.LoadFromEnumerable(rows);
        using var trained = _ml.Transforms.Text.NormalizeText("Words", nameof(TableRow.Title), keepNumbers: false)
            .Append(_ml.Transforms.Text.ProduceHashedWordBags("Features", "Words", numberOfBits: 10, ngramLength: 1))
            .Append(_ml.Transforms.NormalizeLpNorm("Features"))
            .Append(_ml.Transforms.DeclareKeys("Label", ["low", "high"]))
            .Append(_ml.MulticlassClassification.Trainers.LegoNet(new LegoNetMulticlassTrainer.Options
            {
                SubjectColumnName = nameof(TableRow.Person),
                IdColumnName = nameof(TableRow.Id),
                FeatureRange = FeatureRange.Within(1),
            })).Fit(view);

        _ml.Model.SaveSafely(trained, view.Schema, _folder["plain.zip"], forPlainHosts: true);

        Assert.Equal("Exact", trained.GetGuarantee(view.Schema).ToString());
        var loaded = new MLContext(2).Model.Load(_folder["plain.zip"], out _);
        using var disposable = (IDisposable)loaded;
        var test = _ml.Data.LoadFromEnumerable(TableRow.Create(100, seed: 2));
        Predictions.AssertSame(trained.Transform(test), loaded.Transform(test), 100);
        Assert.InRange(_ml.MulticlassClassification.Evaluate(loaded.Transform(test)).MicroAccuracy, 0.95, 1);
    }

    private void Save()
    {
        var view = Rows.Keyed(_ml, Rows.Create(60));
        using var model = _ml.MulticlassClassification.Trainers.LegoNet(Rows.Multiclass()).Fit(view);
        _ml.Model.SaveSafely(model, view.Schema, _folder["scorer.zip"]);
    }
}
