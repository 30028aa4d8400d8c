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
