using LegoNet.Cli.Tests.Support;

namespace LegoNet.Cli.Tests;

/// <summary>Ctrl-C, sent to a child process when it reports a stage: exit code 130, and the model is as it was or not there.</summary>
public sealed class CancellationTests
{
    private const int Dimension = 1024;
    private const int Attempts = 5;

    [Fact]
    public void Train_InterruptedWhileEncoding_LeavesNoModel()
    {
        SkipOnWindows();
        using var folder = new TempFolder();
        var spec = folder.Write("spec.json", TrainedModels.ImageSpec(records: 200_000));

        var run = Legonet.RunChild(new ChildOptions { InterruptAt = "encoding: " }, "train", spec, "--out", folder["model"], "--json");

        Assert.Contains("Cancelled", run.Fails(130), StringComparison.Ordinal);
        AssertNoModel(folder, "model");
    }

    [Fact]
    public void TrainAndForget_InterruptedWhileFitting_LeaveNoModelAndTheModelAsItWas()
    {
        SkipOnWindows();
        using var folder = new TempFolder();
        var points = Points.Draw(5000, dimension: Dimension);
        Points.Npy(folder, "wide", points);
        var spec = folder.Write("spec.json", Points.Spec(adapters: 64, active: 8, dimension: Dimension, lambda: 100_000).Replace(
            "\"type\": \"vectors\", \"path\": \"points.csv\"",
            "\"type\": \"npy\", \"vectors\": \"wide.npy\", \"records\": \"wide.csv\"",
            StringComparison.Ordinal));
        var model = folder["model"];

        Cancelled("train", spec, "--out", folder["none"]);
        AssertNoModel(folder, "none");

        Legonet.Run("train", spec, "--out", model).Succeeds();
        var before = Tree.Read(model);
        Cancelled("forget", model, "--subject", "s1");
        Assert.Equal(before, Tree.Read(model));
        Assert.True((bool)Legonet.Run("verify", model, "--json").Succeeds().Json["exact"]!);
        Legonet.Run("forget", model, "--subject", "s1").Succeeds();

        // The signal races with the work; where the work was faster the attempt says nothing, as long as that is not the rule.
        void Cancelled(params string[] args)
        {
            using var kept = args[0] == "forget" ? new TestModel(model) : null;
            for (var attempt = 1; ; attempt++)
            {
                var run = Legonet.RunChild(new ChildOptions { InterruptAt = "fitting adapters: 0 of" }, [.. args, "--threads", "1", "--json"]);
                if (run.ExitCode != 0 || attempt == Attempts)
                {
                    Assert.Contains("nothing was changed", run.Fails(130), StringComparison.Ordinal);
                    return;
                }

                var made = args[0] == "forget" ? model : folder["none"];
                Directory.Delete(made, recursive: true);
                if (kept is not null)
                {
                    Tree.Copy(kept.Path, model);
                }
            }
        }
    }

    private static void AssertNoModel(TempFolder folder, string name)
    {
        Assert.False(Directory.Exists(folder[name]));
        Assert.False(Directory.Exists(folder[name + ".partial"]));
    }

    private static void SkipOnWindows() => Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no SIGINT to send to another process.");
}
