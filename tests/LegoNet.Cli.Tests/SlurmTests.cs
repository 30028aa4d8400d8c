using LegoNet.Cli.Tests.Support;
using LegoNet.Runs;

namespace LegoNet.Cli.Tests;

/// <summary>Models that Slurm's jobs make with the tool: byte for byte those of one process.</summary>
public sealed class SlurmTests
{
    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(30);

    [Fact]
    public void TrainOnSlurm_EqualsTrain()
    {
        using var cluster = new SlurmCluster();
        cluster.Require();
        using var folder = new TempFolder();
        var key = folder["one.key"];
        var single = Points.Train(folder, "points", Points.Draw(400), key: key);

        var log = TrainOnSlurm(cluster, folder["points.json"], folder["by tasks"], key, folder["a run"]);

        Tree.AssertSameModel(single, folder["by tasks"]);
        Assert.Contains("400 records", log, StringComparison.Ordinal);
        Assert.True((bool)Legonet.Run("verify", folder["by tasks"], "--key", key, "--json").Succeeds().Json["exact"]!);
    }

    /// <summary>Trains a model by jobs of Slurm.</summary>
    /// <returns>What the finish wrote.</returns>
    internal static string TrainOnSlurm(SlurmCluster cluster, string spec, string model, string key, string run)
    {
        var script = $"{run}.sh";
        Legonet.RunChild(
            "plan", "train", spec, "--out", model, "--key", key, "--tasks", "4", "--memory", "512M", "--run", run, "--slurm", script).Succeeds();
        var planned = TaskRuns.Open(run);

        var (status, output) = cluster.Run("sh", script);
        Assert.True(status == 0, output);
        cluster.WaitUntilIdle(s_limit);

        var log = File.ReadAllText(Path.Combine(Path.GetDirectoryName(run)!, $"legonet-{planned.Digest[..12]}.log"));
        Assert.False(Directory.Exists(run), log);
        return log;
    }
}
