using LegoNet.Cli.Tests.Support;

namespace LegoNet.Cli.Tests.Commands;

/// <summary>plan --slurm and --kubernetes: the files that schedulers get.</summary>
public sealed class PlanSchedulerCommandTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public PlanSchedulerCommandTests()
    {
        _folder.Write("points.csv", Points.Csv(Points.Draw(100)));
        _folder.Write("spec.json", Points.Spec());
    }

    private string Run => _folder["run"];

    private string Script => _folder["run.sh"];

    private string Manifest => _folder["run.yaml"];

    private string Claim => $"models={_folder.Path}";

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Plan_ForSlurm_WritesAScriptThatStartsThisProgram()
    {
        var run = Legonet.RunChild([.. Train, "--memory", "512M", "--gpus", "2", "--threads", "3", "--slurm", Script]).Succeeds();
        var text = run.Output;

        Assert.Contains("the GPUs would stay idle", run.Error, StringComparison.Ordinal); // A table's encoder has no use for one.
        Assert.EndsWith($"Now start it where sbatch is: sh {Script}", text.TrimEnd(), StringComparison.Ordinal);
        var script = File.ReadAllText(Script);
        Assert.Contains($"\nrun='{Run}'\n", script, StringComparison.Ordinal);
        Assert.Matches($"\n  command '/.*dotnet' '{Legonet.Command[1]}' \"\\$@\"\n", script);
        Assert.Contains("\nmemory=1536M\n", script, StringComparison.Ordinal);
        Assert.Contains("\nthreads=3\n", script, StringComparison.Ordinal);
        Assert.Single(script.Split('\n'), l => l.Contains("--gres='gpu:2'", StringComparison.Ordinal));
    }

    [Fact]
    public void Plan_ForKubernetes_WritesJobsOfTheUserWhoPlans()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Users have no numbers there.");
        var planned = Legonet.Run(
            [.. Train, "--kubernetes", Manifest, "--image", "registry.example/legonet:1", "--claim", Claim, "--claim", "data=/data", "--json"]);

        Assert.Equal(Manifest, (string)planned.Succeeds().Json["kubernetes"]!);
        Assert.Null(planned.Json["slurm"]);
        var text = File.ReadAllText(Manifest);
        Assert.Contains("image: \"registry.example/legonet:1\"\n", text, StringComparison.Ordinal);
        Assert.Contains("claimName: \"models\"\n", text, StringComparison.Ordinal);
        Assert.Contains("claimName: \"data\"\n", text, StringComparison.Ordinal);
        Assert.Contains("mountPath: \"/data\"\n", text, StringComparison.Ordinal);
        Assert.Contains("memory: \"2147483648\"\n", text, StringComparison.Ordinal);
        Assert.DoesNotContain("gpu", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Plan_OfAForgetAndAScoring_WritesFilesToo()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Users have no numbers there.");
        var model = Points.Train(_folder, "model", Points.Draw(100));
        string[] files = ["--run", Run, "--slurm", Script, "--kubernetes", Manifest, "--image", "one", "--claim", Claim, "--gpus", "1"];
        string[][] commands =
        [
            ["plan", "forget", model, "--subject", "s1", .. files],
            ["plan", "score", model, "--data", _folder["points.csv"], "--out", _folder["scores.csv"], .. files],
        ];
        foreach (var command in commands)
        {
            var run = Legonet.Run(command).Succeeds();
            var text = run.Output;
            Assert.Equal(command[1] == "forget", run.Error.Contains("no task of this run encodes", StringComparison.Ordinal));
            Assert.Contains($"sh {Script}", text, StringComparison.Ordinal);
            Assert.Contains($"kubectl apply -f {Manifest}", text, StringComparison.Ordinal);
            Assert.StartsWith("#!/bin/sh\n", File.ReadAllText(Script), StringComparison.Ordinal);
            Assert.Contains("kind: Job\n", File.ReadAllText(Manifest), StringComparison.Ordinal);
            Legonet.Run("runs", Run, "--purge").Succeeds(); // The next plan replaces files of its kind.
        }
    }

    [Fact]
    public void Plan_OverWhatMustStay_IsRefusedAndPlansNothing()
    {
        var other = _folder.Write("other.sh", "#!/bin/sh\necho mine\n");
        var key = _folder.Write("one.key", new string('a', 64));
        foreach (var (path, named, force) in (IEnumerable<(string, string, bool)>)
        [
            (other, "is not a script of a run for Slurm", false),
            (_folder["spec.json"], "is read or used", true),
            (_folder["points.csv"], "is read or used", true),
            (_folder["model"], "is read or used", true),
            (key, "key", true),
            (Path.Combine(Run, "run.sh"), "lies in the run directory", false),
            (Run, "lies in the run directory", false),
            (_folder["nowhere/run.sh"], "cannot be written", false),
        ])
        {
            string[] command = [.. Train, "--slurm", path];
            Assert.Contains(named, Legonet.Refuses(3, force ? [.. command, "--force"] : command), StringComparison.Ordinal);
            Assert.False(Directory.Exists(Run));
        }

        Assert.Equal("#!/bin/sh\necho mine\n", File.ReadAllText(other));
        Legonet.Run([.. Train, "--slurm", other, "--force"]).Succeeds();
    }

    [Fact]
    public void Plan_ThatASchedulerCouldNotDo_IsRefusedAndPlansNothing()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Users have no numbers there.");
        string[] kubernetes = [.. Train, "--kubernetes", Manifest, "--image", "one"];
        Assert.Contains("in none of the claims", Legonet.Refuses(3, [.. kubernetes, "--claim", "models=/elsewhere"]), StringComparison.Ordinal);
        Assert.Contains(
            "is read or used", Legonet.Refuses(3, [.. kubernetes, "--claim", Claim, "--slurm", Manifest]), StringComparison.Ordinal);
        Assert.Contains(
            "backslash",
            Legonet.Refuses(3, "plan", "train", _folder["spec.json"], "--out", _folder["model"], "--run", _folder[@"a\b"], "--slurm", Script),
            StringComparison.Ordinal);
        var entries = Directory.EnumerateFileSystemEntries(_folder.Path).Select(e => Path.GetFileName(e));
        Assert.Equal(["points.csv", "spec.json"], entries.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("--kubernetes", "run.yaml")]
    [InlineData("--kubernetes", "run.yaml", "--image", "one")]
    [InlineData("--kubernetes", "run.yaml", "--claim", "models=/mnt")]
    [InlineData("--kubernetes", "run.yaml", "--image", "one", "--claim", "models")]
    [InlineData("--kubernetes", "run.yaml", "--image", "one", "--claim", "models=mnt")]
    [InlineData("--kubernetes", "run.yaml", "--image", "one", "--claim", "Models=/mnt")]
    [InlineData("--image", "one", "--claim", "models=/mnt")]
    [InlineData("--slurm", "run.sh", "--image", "one")]
    [InlineData("--slurm", "run.sh", "--gpus", "0")]
    [InlineData("--slurm", "run.sh", "--threads", "0")]
    [InlineData("--gpus", "1")]
    [InlineData("--threads", "2")]
    [InlineData("--slurm")]
    public void Plan_BadArguments_AreUsage(params string[] args) => Assert.Equal(2, Legonet.Run([.. Train, .. args]).ExitCode);

    private string[] Train => ["plan", "train", _folder["spec.json"], "--out", _folder["model"], "--run", Run, "--tasks", "2"];
}
