using System.Text.Json.Nodes;
using LegoNet.Cli.Tests.Support;

namespace LegoNet.Cli.Tests.RealData;

/// <summary>
/// CIFAR-10 from its JPEG archive, end to end through the tool. Encoding 50,000 images takes a minute or more, so it happens twice and no more.
/// </summary>
[Collection(RealDataRuns.Name)]
[Trait("Category", "RealData")]
public sealed class Cifar10Tests
{
    private const double AccuracyBar = 0.800;

    [Fact]
    public void ForgetOnCifar10_EqualsTrainExclude_AndTheModelIsAccurate()
    {
        SharedData.Require();
        using var folder = new TempFolder();
        var spec = Repository.Pipeline("cifar10.json");
        var (model, never, key) = (folder["model"], folder["never"], folder["one.key"]);
        string[] classes = ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"];
        var forgotten = classes.SelectMany(c => Enumerable.Range(0, 12).Select(i => $"cifar10/train/{c}/{i * 373:D4}.jpg")).ToArray();
        var file = folder.Write("who.txt", string.Join('\n', forgotten) + "\n");

        Assert.Equal(50_000, (int)Tool("train", spec, "--out", model, "--key", key)["records"]!);
        Assert.Equal(50_000 - forgotten.Length, (int)Tool("train", spec, "--out", never, "--key", key, "--exclude", file)["records"]!);
        Assert.Equal(forgotten.Length, (int)Tool("forget", model, "--file", file, "--key", key)["records"]!);

        Tree.AssertSameModel(never, model);
        Assert.True((bool)Tool("verify", model, "--key", key)["exact"]!);
        var accuracy = (double)Tool("evaluate", model, "--data", spec + "#test")["accuracy"]!;
        TestContext.Current.TestOutputHelper?.WriteLine($"CIFAR-10: test accuracy {accuracy:P2} after forgetting {forgotten.Length} of 50,000 images.");
        Assert.InRange(accuracy, AccuracyBar, 1);

        var export = Tool("export", model, "--out", folder["model.onnx"], "--with-encoder");
        Assert.True((bool)export["withEncoder"]!);
        var part = folder.Write("part.json", $$"""
            { "type": "images", "path": "{{SharedData.Folder.Replace('\\', '/')}}/images/cifar10-jpg.tar.gz", "include": "cifar10/test/{label}/000*.jpg" }
            """);
        Assert.Equal(100, (int)Tool("score", model, "--data", part, "--out", folder["scores.csv"])["records"]!);
        Assert.Equal(101, File.ReadAllLines(folder["scores.csv"]).Length);
    }

    private static JsonObject Tool(params string[] args)
        => Legonet.RunChild(new ChildOptions { Timeout = TimeSpan.FromMinutes(15) }, [.. args, "--json"]).Succeeds().Json;
}
