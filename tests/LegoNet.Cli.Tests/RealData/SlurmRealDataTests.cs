using LegoNet.Cli.Tests.Support;

namespace LegoNet.Cli.Tests.RealData;

/// <summary>The ready pipelines by jobs of Slurm.</summary>
[Collection(RealDataRuns.Name)]
[Trait("Category", "RealData")]
public sealed class SlurmRealDataTests
{
    [Theory]
    [InlineData("newsgroups")]
    [InlineData("cifar10")]
    public void TrainOnSlurm_ReadyPipeline_EqualsTrain(string name)
    {
        SharedData.Require();
        using var cluster = new SlurmCluster();
        cluster.Require();
        using var folder = new TempFolder();
        var (spec, key) = (Repository.Pipeline(name + ".json"), folder["one.key"]);
        Legonet.RunChild(new ChildOptions { Timeout = TimeSpan.FromMinutes(15) }, "train", spec, "--out", folder["single"], "--key", key).Succeeds();

        SlurmTests.TrainOnSlurm(cluster, spec, folder["by-tasks"], key, folder["run"]);

        Tree.AssertSameModel(folder["single"], folder["by-tasks"]);
    }
}
