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

    private void Save()
    {
        var view = Rows.Keyed(_ml, Rows.Create(60));
        using var model = _ml.MulticlassClassification.Trainers.LegoNet(Rows.Multiclass()).Fit(view);
        _ml.Model.SaveSafely(model, view.Schema, _folder["scorer.zip"]);
    }
}
