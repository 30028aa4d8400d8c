using System.Text.Json.Nodes;
using LegoNet.Cli.Tests.Support;

namespace LegoNet.Cli.Tests.Commands;

/// <summary>`legonet compare`: every way of forgetting on somebody's own data, in one report.</summary>
public sealed class CompareCommandTests
{
    private static readonly string[] s_pages = ["report.html", "report.json", "report.md"];

    [Fact]
    public void Compare_Quick_WritesAPageAndItsTwins()
    {
        using var folder = new TempFolder();
        var spec = Spec(folder, 300);

        var run = Legonet.Run("compare", spec, "--out", folder["out"], "--quick", "--trainer", """{"trainer":"softmax","lambda":0.1}""").Succeeds();

        Assert.Equal(s_pages, Directory.GetFiles(folder["out"]).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        var report = Report(folder["out"]);
        Assert.Equal("spec", (string)report["facts"]!["data"]!);
        Assert.Contains("compare", (string)report["facts"]!["command"]!, StringComparison.Ordinal);
        string[] methods = [.. report["methods"]!.AsArray().Select(m => (string)m!["name"]!)];
        Assert.Equal(22, methods.Length);
        Assert.Contains("LegoNet, as in the spec", methods);
        Assert.Contains("LegoNet, {\"trainer\":\"softmax\",\"lambda\":0.1}", methods);
        Assert.Equal(2, report["tasks"]!.AsArray().Count);
        Assert.Equal(methods.Length, report["attacks"]!.AsArray().Count);
        foreach (var results in report["tasks"]!.AsArray().SelectMany(t => t!["methods"]!.AsArray()))
        {
            Assert.True(results!["failure"] is null, $"{results["method"]}: {results["failure"]}");
            var kind = (string)report["methods"]!.AsArray().Single(m => (string)m!["name"]! == (string)results["method"]!)!["kind"]!;
            Assert.Equal(kind is "Oracle" or "Exact", (bool)results["seeds"]![0]!["isSameModel"]!);
        }

        Assert.Contains("LegoNet, auto", run.Output, StringComparison.Ordinal);
        Assert.Contains("Area 0.5", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Compare_Again_ReplacesTheReportAndNothingElse()
    {
        using var folder = new TempFolder();
        var spec = Spec(folder, 200);
        string[] args = ["compare", spec, "--out", folder["out"], "--tasks", "share", "--shadows", "0", "--seeds", "1", "--json"];
        Legonet.Run(args).Succeeds();
        folder.Write("out/mine.txt", "mine");

        var run = Legonet.Run([.. args, "--tasks", "class", "--class", "blue"]).Succeeds();

        Assert.Equal(Path.Combine(folder["out"], "report.html"), (string)run.Json["report"]!);
        Assert.Equal(["random 1 %", "the class blue"], Report(folder["out"])["tasks"]!.AsArray().Select(t => (string)t!["name"]!));
        Assert.Equal("mine", File.ReadAllText(folder["out/mine.txt"]));

        folder.Write("out/report.md", "my own report");
        Assert.Contains("report.md", Legonet.Refuses(3, args), StringComparison.Ordinal);
        Assert.Equal("my own report", File.ReadAllText(folder["out/report.md"]));
        Legonet.Run([.. args, "--force"]).Succeeds();
    }

    [Fact]
    public void Compare_WithoutTestRecords_KeepsSubjectsApart()
    {
        using var folder = new TempFolder();
        var spec = Spec(folder, 400, test: false);

        Legonet.Run("compare", spec, "--out", folder["out"], "--tasks", "subjects", "--shadows", "0", "--seeds", "1").Succeeds();

        var facts = Report(folder["out"])["facts"]!;
        Assert.Equal(400, (int)facts["records"]! + (int)facts["testRecords"]!);
        Assert.InRange((int)facts["subjects"]!, 1, Points.Subjects - 1);
        Assert.Contains("kept apart", (string)facts["notes"]![0]!, StringComparison.Ordinal);
    }

    [Fact]
    public void Compare_MoreRecordsThanWanted_TakesSoMany()
    {
        using var folder = new TempFolder();

        Legonet.Run("compare", Spec(folder, 300), "--out", folder["out"], "--tasks", "share", "--shadows", "0", "--seeds", "1", "--records", "150").Succeeds();

        var facts = Report(folder["out"])["facts"]!;
        Assert.Equal(150, (int)facts["records"]!);
        Assert.Contains(facts["notes"]!.AsArray(), n => (string)n! == "150 of 300 records to train on were taken, drawn by their names.");
    }

    [Theory]
    [InlineData("declares no class \"pink\" to forget; it has \"red\"", "--class", "pink")]
    [InlineData("300 of 300 records are to be forgotten", "--random", "300")]
    [InlineData("1,000 of 300 records are to be forgotten", "--random", "1000")]
    [InlineData("names \"forest\", which is not known here", "--trainer", "forest")]
    [InlineData("lies inside the model", "--out", "MODEL")]
    [InlineData("is a file, where a folder is to be written", "--out", "points.csv")]
    public void Compare_WhatCannotBe_IsRefusedInOneSentence(string says, string option, string value)
    {
        using var folder = new TempFolder();
        var spec = Spec(folder, 300);
        string[] rest = option == "--out" ? [] : ["--out", folder["out"]];
        if (value == "MODEL")
        {
            Legonet.Run("train", spec, "--out", folder[value]).Succeeds();
        }

        var message = Legonet.Refuses(3, ["compare", spec, .. rest, option, option == "--out" ? folder[value] : value]);

        Assert.Contains(says, message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(folder["out"]));
    }

    [Theory]
    [InlineData("regression", "this one is regression")]
    [InlineData("multilabel", "this one is multilabel")]
    public void Compare_OtherTask_IsRefused(string task, string says)
    {
        using var folder = new TempFolder();
        folder.Write("points.csv", Points.Csv(Points.Draw(100, task)));
        var spec = folder.Write("spec.json", Points.Spec(task));

        Assert.Contains(says, Legonet.Refuses(3, "compare", spec, "--out", folder["out"]), StringComparison.Ordinal);
    }

    [Fact]
    public void Compare_OneRecordLeft_IsRefused()
    {
        using var folder = new TempFolder();
        var spec = Spec(folder, 3);

        Assert.Contains("at least 2 must stay", Legonet.Refuses(3, "compare", spec, "--out", folder["out"], "--random", "2"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--tasks", "everything")]
    [InlineData("--seeds", "0")]
    [InlineData("--shadows", "-1")]
    [InlineData("--shadows", "11")]
    [InlineData("--records", "many")]
    public void Compare_WrongOption_IsUsage(string option, string value)
    {
        using var folder = new TempFolder();

        Assert.Equal(2, Legonet.Run("compare", Spec(folder, 10), "--out", folder["out"], option, value).ExitCode);
    }

    [Fact]
    public void Compare_Interrupted_LeavesNoReport()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no SIGINT to send to another process.");
        using var folder = new TempFolder();
        var spec = Spec(folder, 2000);

        var run = Legonet.RunChild(new ChildOptions { InterruptAt = "comparing methods: " }, "compare", spec, "--out", folder["out"], "--json");

        Assert.Contains("Cancelled", run.Fails(130), StringComparison.Ordinal);
        Assert.False(Directory.Exists(folder["out"]));
    }

    private static JsonNode Report(string folder) => JsonNode.Parse(File.ReadAllText(Path.Combine(folder, "report.json")))!;

    private static string Spec(TempFolder folder, int records, bool test = true)
    {
        folder.Write("points.csv", Points.Csv(Points.Draw(records)));
        folder.Write("test.csv", Points.Csv(Points.Draw(100, seed: 2)));
        var columns = "\"subject\": \"subject\", \"id\": \"id\", \"label\": \"label\"";
        var judged = $"  \"test\": {{ \"type\": \"vectors\", \"path\": \"test.csv\", {columns} }},\n  \"encoder\"";
        var text = Points.Spec();
        return folder.Write("spec.json", test ? text.Replace("  \"encoder\"", judged, StringComparison.Ordinal) : text);
    }
}
