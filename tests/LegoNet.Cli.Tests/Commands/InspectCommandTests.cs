using LegoNet.Cli.Tests.Support;

namespace LegoNet.Cli.Tests.Commands;

public sealed class InspectCommandTests(TrainedModels models)
{
    [Fact]
    public void Inspect_Model_ShowsSpecRecordsAndShards()
    {
        using var model = models.CopyPoints();

        var json = Legonet.Run("inspect", model.Path, "--json").Succeeds().Json;

        Assert.Equal(TrainedModels.Drawn.Length, (int)json["records"]!);
        Assert.Equal(3 * TrainedModels.Drawn.Length, json["shardRows"]!.AsArray().Sum(r => (int)r!));
        Assert.Equal("multiclass", (string)json["spec"]!["task"]!);
        Assert.Equal(Directory.EnumerateFiles(model.Path, "*", SearchOption.AllDirectories).Sum(f => new FileInfo(f).Length), (long)json["bytes"]!);
        Assert.Contains("multiclass, 4 classes", Legonet.Run("inspect", model.Path).Succeeds().Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("multiclass", true)]
    [InlineData("regression", false)]
    public void Inspect_AdaptersThatChoose_ShowsWhatTheyChose(string task, bool ofLogits)
    {
        using var folder = new TempFolder();
        var model = Points.Train(folder, "model", Points.Draw(300, task), task, adapter: """{ "trainer": "auto" }""");

        var run = Legonet.Run("inspect", model, "--json").Succeeds();
        var text = Legonet.Run("inspect", model).Succeeds().Output;

        using var opened = LegoNetModel.Open(model);
        var choices = opened.AdapterChoices;
        Assert.Equal(12, choices.Count);
        Assert.Equal(choices.Select(c => c!.Trainer), run.Json["adapterChoices"]!.AsArray().Select(c => (string)c!["trainer"]!));
        Assert.Equal(choices.Select(c => c!.Lambda), run.Json["adapterChoices"]!.AsArray().Select(c => (double)c!["lambda"]!));
        Assert.Equal(choices.Select(c => c!.Temperature), run.Json["adapterChoices"]!.AsArray().Select(c => (double)c!["temperature"]!));
        Assert.All(choices, c => Assert.True(c!.Loss > 0 && (c.Trainer == "softmax" || c.Temperature < 0.5 || !ofLogits)));

        var line = text.Split('\n').Single(l => l.StartsWith("chosen ", StringComparison.Ordinal));
        Assert.All(choices, c => Assert.Contains(FormattableString.Invariant($"{c!.Trainer} λ {c.Lambda}"), line, StringComparison.Ordinal));
        Assert.Equal(ofLogits, line.Contains("temperatures", StringComparison.Ordinal));
    }

    [Fact]
    public void Inspect_AdaptersThatChooseNothing_HasNoLineOfIt()
    {
        using var model = models.CopyPoints();
        Assert.DoesNotContain("chosen ", Legonet.Run("inspect", model.Path).Succeeds().Output, StringComparison.Ordinal);
        Assert.Null(Legonet.Run("inspect", model.Path, "--json").Succeeds().Json["adapterChoices"]);
    }

    [Fact]
    public void Inspect_Subject_ShowsWhatIsHeldUntilItIsForgotten()
    {
        using var model = models.CopyPoints();
        string[] labels = [.. TrainedModels.Drawn.Where(p => p.Subject == "s7").Select(p => p.Label).Order(StringComparer.Ordinal)];

        var held = Legonet.Run("inspect", model.Path, "--subject", "s7", "--json").Succeeds();
        Legonet.Run("forget", model.Path, "--subject", "s7").Succeeds();
        var left = Legonet.Run("inspect", model.Path, "--subject", "s7", "--json").Succeeds();

        Assert.Equal(labels, held.Json["records"]!.AsArray().Select(r => (string)r!["label"]!).Order(StringComparer.Ordinal));
        Assert.All(held.Json["records"]!.AsArray(), r => Assert.Equal(3, r!["adapters"]!.AsArray().Count));
        Assert.Empty(left.Json["records"]!.AsArray());
        Assert.Equal((string)held.Json["tag"]!, (string)left.Json["tag"]!);
    }

    [Fact]
    public void Inspect_ChangesNothing()
    {
        using var model = models.CopyImages();
        var before = Tree.Read(model.Path);
        Legonet.Run("inspect", model.Path).Succeeds();
        Assert.Equal(before, Tree.Read(model.Path));
    }

    [Fact]
    public void Inspect_Nothing_NamesIt()
    {
        using var folder = new TempFolder();
        Assert.Contains(folder.Path, Legonet.Refuses(3, "inspect", folder.Path), StringComparison.Ordinal);
    }

    [Fact]
    public void Inspect_SubjectWithAnotherKeyFile_IsRefused()
    {
        using var model = models.CopyPoints();
        var key = model.Folder.Write("other.key", new string('1', 64));
        Assert.Contains("other.key", model.Refuses(3, "inspect", model.Path, "--subject", "s7", "--key", key), StringComparison.Ordinal);
    }
}
