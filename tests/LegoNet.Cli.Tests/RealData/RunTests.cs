using System.Text.Json.Nodes;
using LegoNet.Cli.Tests.Support;

namespace LegoNet.Cli.Tests.RealData;

/// <summary>Trainings in tasks, by worker processes, on real data: the model of one machine, byte for byte.</summary>
[Collection(RealDataRuns.Name)]
[Trait("Category", "RealData")]
public sealed class RunTests
{
    private const string Data = "${LEGONET_DATA:-../../shared/data}";

    [Fact]
    public void Work_OnNewsgroups_MakesTheModelOfTrain()
        => Compare(Replaced(
            "newsgroups",
            ("\"dimension\": 8192", "\"dimension\": 1024"),
            ("\"adapters\": 1, \"active\": 1", "\"adapters\": 64, \"active\": 8"),
            ("\"trainer\": \"auto\"", "\"trainer\": \"ridge\", \"lambda\": 3000")));

    [Fact]
    public void Work_OnAPartOfCifar10_MakesTheModelOfTrain()
        => Compare(Replaced(
            "cifar10",
            ("cifar10/train/{label}/*.jpg", "cifar10/train/{label}/00*.jpg"),
            ("../out/", Path.Combine(Repository.Root, "out").Replace('\\', '/') + "/")));

    private static void Compare(string spec)
    {
        SharedData.Require();
        using var folder = new TempFolder();
        var file = folder.Write("spec.json", spec);
        var (single, model, run, key) = (folder["single"], folder["model"], folder["run"], folder["one.key"]);
        var records = (int)Tool("train", file, "--out", single, "--key", key)["records"]!;
        Tool("plan", "train", file, "--out", model, "--key", key, "--run", run, "--tasks", "5");
        Assert.Equal(records, (int)Tool("work", "--run", run, "--workers", "2")["records"]!);
        Tree.AssertSameModel(single, model);
        Assert.False(Directory.Exists(run));
    }

    private static string Replaced(string pipeline, params (string From, string To)[] changes)
    {
        var text = File.ReadAllText(Repository.Pipeline(pipeline + ".json")).Replace(Data, SharedData.Folder.Replace('\\', '/'), StringComparison.Ordinal);
        foreach (var (from, to) in changes)
        {
            Assert.Contains(from, text, StringComparison.Ordinal);
            text = text.Replace(from, to, StringComparison.Ordinal);
        }

        return text;
    }

    private static JsonObject Tool(params string[] args)
        => Legonet.RunChild(new ChildOptions { Timeout = TimeSpan.FromMinutes(10) }, [.. args, "--json"]).Succeeds().Json;
}
