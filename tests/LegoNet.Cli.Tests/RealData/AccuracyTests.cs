using LegoNet.Cli.Tests.Support;

namespace LegoNet.Cli.Tests.RealData;

/// <summary>What the ready pipelines reach on their test files; the bars are the figures of docs/benchmarks.md less half a point.</summary>
[Collection(RealDataRuns.Name)]
[Trait("Category", "RealData")]
public sealed class AccuracyTests
{
    [Theory]
    [InlineData("banking77", 0.8836)]
    [InlineData("adult", 0.8564)]
    public void TrainAndEvaluate_ReadyPipeline_ReachesItsAccuracy(string name, double bar)
    {
        Assert.InRange(Evaluate(name, "accuracy"), bar, 1);
    }

    [Fact]
    public void TrainAndEvaluate_AdultHours_ReachesItsError()
    {
        // One ridge on the same codes: 10.82 hours.
        Assert.InRange(Evaluate("adult-hours", "rootMeanSquaredError"), 5, 10.78);
    }

    private static double Evaluate(string name, string figure)
    {
        SharedData.Require();
        using var folder = new TempFolder();
        var spec = Repository.Pipeline(name + ".json");
        Legonet.Run("train", spec, "--out", folder["model"]).Succeeds();
        var json = Legonet.Run("evaluate", folder["model"], "--data", spec + "#test", "--json").Succeeds().Json;
        TestContext.Current.TestOutputHelper?.WriteLine($"{name}: {figure} {json[figure]}");
        return (double)json[figure]!;
    }
}
