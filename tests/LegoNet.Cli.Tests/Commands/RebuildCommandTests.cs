using LegoNet.Cli.Tests.Support;

namespace LegoNet.Cli.Tests.Commands;

public sealed class RebuildCommandTests(TrainedModels models)
{
    [Fact]
    public void Rebuild_WithOtherAdaptersAndLambda_EqualsTrainingAnew()
    {
        using var model = models.CopyPoints();
        model.Folder.Write("points.csv", Points.Csv(TrainedModels.Drawn));
        var spec = model.Folder.Write("other.json", Points.Spec(adapters: 20, active: 4, lambda: 500));
        var (rebuilt, anew) = (model.Folder["rebuilt"], model.Folder["anew"]);

        Legonet.Run("rebuild", model.Path, "--spec", spec, "--out", rebuilt).Succeeds();
        Legonet.Run("train", spec, "--out", anew, "--key", model.Key).Succeeds();

        Tree.AssertSameModel(anew, rebuilt);
        Assert.Equal(File.ReadAllText(model.Key), File.ReadAllText(rebuilt + ".key"));
    }

    [Theory]
    [InlineData("""{ "trainer": "auto" }""")]
    [InlineData("""{ "trainer": "softmax", "lambda": 0.01 }""")]
    [InlineData("""{ "trainer": "auto", "folds": 3, "ridge": [0.01] }, "ensemble": "probabilities" """)]
    public void Rebuild_WithAnotherTrainer_EqualsTrainingAnew(string adapter)
    {
        using var model = models.CopyPoints();
        model.Folder.Write("points.csv", Points.Csv(TrainedModels.Drawn));
        var spec = model.Folder.Write("other.json", Points.With(Points.Spec(), adapter));
        var (rebuilt, anew) = (model.Folder["rebuilt"], model.Folder["anew"]);

        Legonet.Run("rebuild", model.Path, "--spec", spec, "--out", rebuilt).Succeeds();
        Legonet.Run("train", spec, "--out", anew, "--key", model.Key).Succeeds();

        Tree.AssertSameModel(anew, rebuilt);
        Legonet.Run("verify", rebuilt).Succeeds();
    }

    [Fact]
    public void Rebuild_ImagesWithPublicKeys_EqualsTrainingAnew()
    {
        using var model = models.CopyImages();
        var spec = model.Folder.Write("other.json", TrainedModels.ImageSpec().Replace(
            "\"adapters\": 16, \"active\": 4", "\"adapters\": 40, \"active\": 5", StringComparison.Ordinal));
        var (rebuilt, anew) = (model.Folder["rebuilt"], model.Folder["anew"]);

        Legonet.Run("rebuild", model.Path, "--spec", spec, "--out", rebuilt).Succeeds();
        Legonet.Run("train", spec, "--out", anew, "--key", model.Key, "--copy-encoder").Succeeds();

        Tree.AssertSameModel(anew, rebuilt);
    }

    [Fact]
    public void Rebuild_WithoutAClassThatRecordsHave_NamesIt()
    {
        using var model = models.CopyPoints();
        var spec = model.Folder.Write("other.json", Points.Spec().Replace(", \"grey\"", "", StringComparison.Ordinal));
        Assert.Contains("\"grey\"", model.Refuses(3, "rebuild", model.Path, "--spec", spec, "--out", model.Folder["rebuilt"]), StringComparison.Ordinal);
        Assert.False(Directory.Exists(model.Folder["rebuilt"]));
    }

    [Fact]
    public void Rebuild_WithPublicKeysThatTheModelLacks_NamesTheField()
    {
        using var model = models.CopyPoints();
        var spec = model.Folder.Write("other.json", Points.Spec().Replace("gaussian", "public", StringComparison.Ordinal));
        Assert.Contains("routing.keys", model.Refuses(3, "rebuild", model.Path, "--spec", spec, "--out", model.Folder["rebuilt"]), StringComparison.Ordinal);
    }

    [Fact]
    public void Rebuild_OverTheModelItself_IsRefused()
    {
        using var model = models.CopyPoints();
        var spec = model.Folder.Write("other.json", Points.Spec());
        Assert.Contains("exists", model.Refuses(3, "rebuild", model.Path, "--spec", spec, "--out", model.Path), StringComparison.Ordinal);
    }

    [Fact]
    public void Rebuild_MalformedSpec_NamesTheField()
    {
        using var model = models.CopyPoints();
        var spec = model.Folder.Write("other.json", Points.Spec(active: 13));
        Assert.Contains("routing.active", model.Refuses(3, "rebuild", model.Path, "--spec", spec, "--out", model.Folder["rebuilt"]), StringComparison.Ordinal);
    }
}
