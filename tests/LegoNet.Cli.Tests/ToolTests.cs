using System.Text.Json.Nodes;
using LegoNet.Cli.Tests.Support;

namespace LegoNet.Cli.Tests;

/// <summary>What holds for every command: exit codes, --json, and what goes to which stream. Run as a child process.</summary>
public sealed class ToolTests(TrainedModels models)
{
    public static TheoryData<string[]> UsageErrors => new(
    [
        [],
        ["no-such-command"],
        ["train"],
        ["train", "spec.json"],
        ["train", "spec.json", "--out"],
        ["train", "spec.json", "--out", "m", "--threads", "0"],
        ["train", "spec.json", "--out", "m", "--threads", "many"],
        ["train", "spec.json", "--out", "m", "--device", "tpu"],
        ["add", "m"],
        ["correct", "m", "--subject", "s"],
        ["correct", "m", "--data", "d.csv", "--label", "l"],
        ["forget", "m"],
        ["forget", "m", "--id", "i"],
        ["forget", "m", "--subject", "s", "--file", "f"],
        ["score", "m", "--data", "d.csv"],
        ["rebuild", "m", "--out", "n"],
        ["calibrate", "e.onnx", "--out", "c.json"],
        ["inspect", "m", "--unknown"],
        ["init"],
        ["tune", "spec.json"],
        ["verify"],
        ["verify", ""],
        ["train", "spec.json", "--out", ""],
        ["forget", "m", "--subject", ""],
        ["score", "m", "--data", "", "--out", "s.csv"],
    ]);

    [Theory]
    [MemberData(nameof(UsageErrors))]
    public void AnyCommand_WithWrongUsage_ExitsWith2AndSaysHowToGetHelp(string[] args)
    {
        var run = Legonet.Run(args);

        Assert.Equal(2, run.ExitCode);
        Assert.Empty(run.Output);
        Assert.Contains("legonet: ", run.Error, StringComparison.Ordinal);
        Assert.Contains("--help", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void AnyCommand_WithWrongUsageAndJson_PrintsOneObject()
    {
        var run = Legonet.RunChild("forget", "m", "--json");

        Assert.Equal(2, run.ExitCode);
        Assert.Equal(2, (int)run.Json["exitCode"]!);
        Assert.Equal("Give either --subject (and --id), or --file.", (string)run.Json["error"]!);
    }

    [Theory]
    [InlineData("nowhere/receipt.json", "nowhere")]
    [InlineData("model/receipt.json", "inside the model")]
    [InlineData(".", "folder")]
    public void AnyChange_WithReceiptThatCannotBeWritten_IsRefusedBeforeTheChange(string receipt, string named)
    {
        using var model = models.CopyPoints();
        var data = model.Folder.Write("more.csv", Points.Csv(Points.Draw(5, seed: 2)));
        var path = model.Folder[receipt];

        Assert.Contains(named, model.Refuses(3, "add", model.Path, "--data", data, "--receipt", path), StringComparison.Ordinal);
        Assert.Contains(named, model.Refuses(3, "correct", model.Path, "--data", data, "--receipt", path), StringComparison.Ordinal);
        Assert.Contains(named, model.Refuses(3, "forget", model.Path, "--subject", "s1", "--receipt", path), StringComparison.Ordinal);
        Assert.Contains(named, model.Refuses(3, "score", model.Path, "--data", data, "--out", path), StringComparison.Ordinal);
        Assert.Contains(named, model.Refuses(3, "export", model.Path, "--out", path), StringComparison.Ordinal);
    }

    [Fact]
    public void AnyWriter_WhileAnotherWrites_ExitsWith7()
    {
        using var model = models.CopyPoints();
        using var held = new FileStream(model.Path + ".lock", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);

        Assert.Contains("another process is writing", model.Refuses(7, "forget", model.Path, "--subject", "s1"), StringComparison.Ordinal);
        Assert.Contains("another process is writing", model.Refuses(7, "verify", model.Path), StringComparison.Ordinal);
    }

    [Fact]
    public void Help_AsAChild_NamesEveryCommand()
    {
        var run = Legonet.RunChild("--help").Succeeds();

        foreach (var command in (string[])
        [
            "demo", "init", "tune", "calibrate", "train", "add", "correct", "forget", "verify", "score", "evaluate", "export", "rebuild", "inspect",
        ])
        {
            Assert.Matches($@"(?m)^  {command}\b", run.Output);
        }
    }

    [Fact]
    public void Version_AsAChild_SaysWhereOnnxRuntimeComesFrom()
    {
        Assert.Matches(@"^legonet \d+\.\d+\.\d+ \(ONNX Runtime \d", Legonet.RunChild("--version").Succeeds().Output);
    }

    [Fact]
    public void Failure_AsAChild_ExitsWith3AndPrintsOneObjectAndOneSentence()
    {
        var message = Legonet.RunChild("inspect", "/no/such/model", "--json").Fails(3);
        Assert.Contains("/no/such/model", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Train_AsAChild_PrintsResultsOnOutputAndProgressOnError()
    {
        using var folder = new TempFolder();
        folder.Write("points.csv", Points.Csv(Points.Draw(60)));
        var spec = folder.Write("spec.json", Points.Spec());

        var run = Legonet.RunChild(new ChildOptions { WorkingDirectory = folder.Path }, "train", spec, "--out", "model").Succeeds();

        Assert.Contains("60 records", run.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("encoding", run.Output, StringComparison.Ordinal);
        Assert.Contains("encoding", run.Error, StringComparison.Ordinal);
        Assert.True(File.Exists(folder["model/manifest.json"]));
    }

    [Fact]
    public void EveryCommand_WithJsonAsAChild_PrintsExactlyOneObject()
    {
        using var model = models.CopyPoints();
        var data = model.Folder.Write("more.csv", Points.Csv(Points.Draw(5, seed: 2)));
        var spec = model.Folder.Write("other.json", Points.Spec(adapters: 6, active: 2));

        JsonObject Json(params string[] args) => Legonet.RunChild([.. args, "--json"]).Succeeds().Json;

        Assert.Equal(5, (int)Json("add", model.Path, "--data", data)["records"]!);
        Assert.Equal("correct", (string)Json("correct", model.Path, "--data", data)["operation"]!);
        Assert.True((bool)Json("forget", model.Path, "--subject", "s1", "--dry-run")["dryRun"]!);
        Assert.Equal("Exact", (string)Json("forget", model.Path, "--subject", "s1")["guarantee"]!);
        Assert.True((bool)Json("verify", model.Path)["exact"]!);
        Assert.Equal(5, (int)Json("score", model.Path, "--data", data, "--out", model.Folder["scores.csv"])["records"]!);
        Assert.Equal(5, (int)Json("evaluate", model.Path, "--data", data)["records"]!);
        Assert.Equal("encoding", (string)Json("export", model.Path, "--out", model.Folder["model.onnx"])["input"]!);
        Assert.NotNull(Json("rebuild", model.Path, "--spec", spec, "--out", model.Folder["rebuilt"])["root"]);
        Assert.Empty(Json("inspect", model.Path, "--subject", "s1")["records"]!.AsArray());
        Assert.Equal(12, Json("inspect", model.Path)["shardRows"]!.AsArray().Count);
    }
}
