using System.Text.Json.Nodes;
using LegoNet.Cli.Commands;
using LegoNet.Cli.Tests.Support;

namespace LegoNet.Cli.Tests.Commands;

/// <summary>plan, task, finish and work: what they say and how they end.</summary>
public sealed class RunCommandTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public RunCommandTests()
    {
        _folder.Write("points.csv", Points.Csv(Points.Draw(300)));
        _folder.Write("spec.json", Points.Spec());
    }

    private string Spec => _folder["spec.json"];

    private string Run => _folder["run"];

    private string Model => _folder["model"];

    private string Key => _folder["one.key"];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void PlanTaskFinish_OneAfterTheOther_MakeTheModelOfTrain()
    {
        Train();
        var plan = Plan(["--tasks", "2"]).Json;
        Assert.Equal(["run", "plan", "tasks", "stages", "seconds"], plan.Select(m => m.Key));
        Assert.Equal(64, ((string)plan["plan"]!).Length);
        var stages = plan["stages"]!.AsArray();
        Assert.Equal(["encode", "records", "solve"], stages.Select(s => (string)s!["name"]!));
        Assert.Equal([true, false, false], stages.Select(s => (bool)s!["encodes"]!));
        Assert.Equal((int)plan["tasks"]!, stages.Sum(s => (int)s!["count"]!));

        Assert.Contains("task 0 (encode) is not done", Legonet.Refuses(7, "finish", "--run", Run), StringComparison.Ordinal);
        var last = ((int)plan["tasks"]! - 1).ToString();
        Assert.Equal("NotReady", Outcome(7, last));
        for (var task = 0; task < (int)plan["tasks"]!; task++)
        {
            Assert.Equal("Done", Outcome(0, task.ToString()));
        }

        Assert.Equal("DoneBefore", Outcome(0, last));
        var finish = Legonet.Run("finish", "--run", Run, "--json").Succeeds().Json;
        Assert.Equal(["model", "records", "root", "seconds"], finish.Select(m => m.Key));
        Assert.Equal(300, (int)finish["records"]!);
        AssertSame();
        Assert.Contains("finished already", Legonet.Refuses(3, "finish", "--run", Run), StringComparison.Ordinal);
        Assert.Contains("finished already", Legonet.Refuses(3, "task", "--run", Run, "--index", "0"), StringComparison.Ordinal);
        Assert.Contains("finished already", Legonet.Refuses(3, "work", "--run", Run), StringComparison.Ordinal);
    }

    [Fact]
    public void Plan_InWords_SaysWhatToDoNext()
    {
        var text = Legonet.Run("plan", "train", Spec, "--out", Model, "--run", Run, "--key", Key).Succeeds().Output;
        Assert.Contains($"Now do them: legonet work --run {Run}", text, StringComparison.Ordinal);
        Assert.Contains("is done,", Legonet.Run("task", "--run", Run, "--index", "0").Succeeds().Output, StringComparison.Ordinal);
        Assert.Contains("was done before.", Legonet.Run("task", "--run", Run, "--index", "0").Succeeds().Output, StringComparison.Ordinal);
        var waiting = Legonet.Run("task", "--run", Run, "--index", "4"); // Of the second stage: little data has four tasks a stage.
        Assert.Equal(7, waiting.ExitCode);
        Assert.Contains("has to wait", waiting.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("plan", "train", "spec.json", "--out", "model")]
    [InlineData("plan", "train", "spec.json", "--run", "run")]
    [InlineData("plan", "train", "spec.json", "--out", "model", "--run", "run", "--tasks", "0")]
    [InlineData("plan", "train", "spec.json", "--out", "model", "--run", "run", "--memory", "1M")]
    [InlineData("plan", "train", "spec.json", "--out", "model", "--run", "run", "--memory", "much")]
    [InlineData("plan")]
    [InlineData("task", "--index", "0")]
    [InlineData("task", "--run", "run")]
    [InlineData("task", "--run", "run", "--index", "-1")]
    [InlineData("task", "--run", "run", "--index", "one")]
    [InlineData("finish")]
    [InlineData("work")]
    [InlineData("work", "--run", "run", "--workers", "0")]
    public void Commands_MissingOrBadArguments_AreUsage(params string[] args) => Assert.Equal(2, Legonet.Run(args).ExitCode);

    [Fact]
    public void Commands_OnNoRun_SaySo()
    {
        string[][] commands = [["task", "--run", Run, "--index", "0"], ["finish", "--run", Run], ["work", "--run", Run], ["work", "--run", _folder.Path]];
        foreach (var args in commands)
        {
            Assert.Contains("no such run", Legonet.Refuses(3, args), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Task_OfANumberThatIsNone_NamesThoseThatAre()
    {
        Plan(["--tasks", "2"]);
        Assert.Contains("its tasks are 0 to ", Legonet.Refuses(3, "task", "--run", Run, "--index", "1000"), StringComparison.Ordinal);
    }

    [Fact]
    public void Commands_OnAnAlteredPlan_AreRefused()
    {
        Plan([]);
        var plan = Path.Combine(Run, "plan.json");
        File.WriteAllText(plan, File.ReadAllText(plan).Replace("\"auto\"", "\"cpu\"", StringComparison.Ordinal));
        Assert.Contains("is not as it was written", Legonet.Refuses(5, "task", "--run", Run, "--index", "0"), StringComparison.Ordinal);
        File.WriteAllText(plan, "{");
        Assert.StartsWith(plan, Legonet.Refuses(5, "finish", "--run", Run), StringComparison.Ordinal);
    }

    [Fact]
    public void Task_WhoseFilesCannotBeWritten_MayBeTriedAgain()
    {
        Train();
        Plan([]);
        Directory.Delete(Path.Combine(Run, "parts"));
        File.WriteAllText(Path.Combine(Run, "parts"), "");
        Legonet.Refuses(1, "task", "--run", Run, "--index", "0");
        File.Delete(Path.Combine(Run, "parts"));
        Legonet.Run("work", "--run", Run, "--workers", "1").Succeeds();
        AssertSame();
    }

    [Theory]
    [InlineData(1L << 30, 64L << 30, 8, 8)]
    [InlineData(1L << 30, 64L << 30, 64, 32)]
    [InlineData(4L << 30, 16L << 30, 64, 3)]
    [InlineData(64L << 30, 16L << 30, 8, 1)]
    public void Workers_WhereNobodySays_AreAsManyAsThereIsMemoryFor(long memory, long available, int processors, int workers)
        => Assert.Equal(workers, WorkCommand.Workers(memory, available, processors));

    [Fact]
    public void Work_OneWorker_MakesTheModelOfTrain()
    {
        Train();
        Plan(["--tasks", "3"]);
        Assert.Equal(Run, (string)Legonet.Run("work", "--run", Run, "--workers", "1", "--tasks-only", "--json").Succeeds().Json["run"]!);
        Assert.True(Directory.Exists(Run));
        Assert.Equal(300, (int)Legonet.Run("work", "--run", Run, "--workers", "1", "--json").Succeeds().Json["records"]!);
        AssertSame();
    }

    [Theory]
    [InlineData("DOTNET_gcServer")]
    [InlineData("DOTNET_EnableAVX512")]
    [InlineData("DOTNET_EnableAVX2")]
    public void Work_ProcessesWithOtherVectors_MakeTheModelOfTrain(string off)
    {
        Train();
        Plan(["--tasks", "3"]);
        Legonet.Run("task", "--run", Run, "--index", "1").Succeeds(); // With what this process has.
        var child = new ChildOptions { Environment = new Dictionary<string, string> { [off] = "0" } };
        Legonet.RunChild(child, "work", "--run", Run, "--workers", "2", "--threads", "1").Succeeds();
        AssertSame();
    }

    [Fact]
    public void Work_ProcessesThatMeetBadInput_SayWhatTrainSays()
    {
        var points = Points.Draw(300).ToArray();
        points[250] = points[250] with { Label = "puce" };
        _folder.Write("points.csv", Points.Csv(points));
        var expected = Legonet.Refuses(3, "train", Spec, "--out", _folder["single"], "--key", Key);
        Plan(["--tasks", "3"]);
        Assert.Equal(expected, Legonet.RunChild("work", "--run", Run, "--workers", "2", "--json").Fails(3));
        Assert.Equal(expected, Legonet.Refuses(3, "work", "--run", Run, "--workers", "1"));
        Assert.False(Directory.Exists(Model));
    }

    [Fact]
    public void Work_ProcessesThatCannotWrite_SayWhyInTheEnd()
    {
        Plan(["--tasks", "2"]);
        Directory.Delete(Path.Combine(Run, "parts"));
        File.WriteAllText(Path.Combine(Run, "parts"), "");
        var message = Legonet.RunChild("work", "--run", Run, "--workers", "2", "--json").Fails(1);
        Assert.Contains("worker processes died", message, StringComparison.Ordinal);
        Assert.Contains(Path.Combine(Run, "parts"), message, StringComparison.Ordinal);
    }

    [Fact]
    public void Plan_WithACopyOfTheEncoder_MakesTheModelOfTrain()
    {
        var spec = _folder.Write("images.json", TrainedModels.ImageSpec(records: 200));
        var single = _folder["single/model"];
        Directory.CreateDirectory(_folder["single"]);
        Legonet.Run("train", spec, "--out", single, "--key", Key, "--copy-encoder").Succeeds();
        Legonet.Run("plan", "train", spec, "--out", Model, "--run", Run, "--key", Key, "--copy-encoder", "--tasks", "3").Succeeds();
        Legonet.Run("work", "--run", Run, "--workers", "1").Succeeds();
        Tree.AssertSameModel(single, Model);
        Assert.Equal(Beside(single), Beside(Model));
    }

    [Fact]
    public void Plan_OfImages_TellsTheModelWhereItsEncoderIs()
    {
        var spec = _folder.Write("images.json", TrainedModels.ImageSpec(records: 200));
        Legonet.Run("plan", "train", spec, "--out", Model, "--run", Run, "--tasks", "3").Succeeds();
        Legonet.Run("work", "--run", Run, "--workers", "1").Succeeds();
        Legonet.Run("evaluate", Model, "--data", spec + "#test").Succeeds();
        Legonet.Run("verify", Model).Succeeds();
        Legonet.Run("forget", Model, "--subject", TrainedModels.ImageRecord.Subject).Succeeds();
    }

    [Theory]
    [InlineData("mlnet:lbfgs")]
    [InlineData("mlnet:fasttree")]
    public void Work_ByMLNetTrainer_MakesTheModelOfTrain(string trainer)
    {
        Assert.SkipUnless(MLNetBuild.Found, "This build has no ML.NET.");
        _folder.Write("spec.json", Points.With(Points.Spec(adapters: 4, active: 2), $$"""{ "trainer": "{{trainer}}" }"""));
        Train();
        Plan(["--tasks", "3"]);
        Legonet.Run("work", "--run", Run, "--workers", "1").Succeeds();
        AssertSame();
    }

    [Fact]
    public void Work_OnARunThatIsBeingPurged_SaysThatItIsGone()
    {
        Plan([]);
        Directory.Delete(Path.Combine(Run, "drafts"));
        foreach (var workers in (string[])["1", "2"])
        {
            var run = Legonet.Run("work", "--run", Run, "--workers", workers, "--tasks-only").Succeeds();
            Assert.Contains($"{Run}: the run is gone", run.Output, StringComparison.Ordinal);
            Assert.True((bool)Legonet.Run("work", "--run", Run, "--workers", workers, "--tasks-only", "--json").Succeeds().Json["gone"]!);
        }
    }

    [Fact]
    public void Runs_OfARunOnADiskThatIsGone_NameItAndGiveItUp()
    {
        var model = _folder["model"];
        Legonet.Run("train", Spec, "--out", model).Succeeds();
        Legonet.Run("plan", "forget", model, "--subject", "s1", "--run", _folder["disk/run"]).Succeeds();
        Directory.Move(_folder["disk"], _folder["away"]);

        var refused = Legonet.Run("forget", model, "--subject", "s1", "--json").Fails(3);
        Assert.Contains($"{_folder["disk/run"]}: this run is not there", refused, StringComparison.Ordinal);
        Assert.Contains("give it up with `legonet runs RUN --purge --of MODEL`", refused, StringComparison.Ordinal);
        Assert.Contains("mount its disk", Legonet.Run("inspect", model).Succeeds().Output, StringComparison.Ordinal);
        Assert.Contains("mount its disk", Legonet.Run("runs", model).Succeeds().Output, StringComparison.Ordinal);
        Assert.Contains("mount its disk", Legonet.Run("runs", model, "--purge", "--json").Fails(3), StringComparison.Ordinal);
        Assert.Contains("--of goes with --purge", Legonet.Run("runs", _folder["disk/run"], "--of", model, "--json").Fails(2), StringComparison.Ordinal);
        var other = Legonet.Run("runs", _folder["disk/other"], "--purge", "--of", model, "--json").Fails(3);
        Assert.Contains("is not planned for this model", other, StringComparison.Ordinal);
        Legonet.Run("runs", _folder["disk/run"], "--purge", "--of", model).Succeeds();

        Legonet.Run("forget", model, "--subject", "s1").Succeeds();
    }

    [Fact]
    public void Work_Interrupted_KeepsWhatIsDone()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no SIGINT to send to another process.");
        var spec = _folder.Write("images.json", TrainedModels.ImageSpec(records: 3000));
        Legonet.Run("plan", "train", spec, "--out", Model, "--run", Run, "--tasks", "3").Succeeds();
        var run = Legonet.RunChild(new ChildOptions { InterruptAt = "encode: " }, "work", "--run", Run, "--workers", "2", "--threads", "1", "--json");
        Assert.Contains("Cancelled; what is done stays done, and the same command goes on from there.", run.Fails(130), StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(Run, "plan.json")));
        Assert.False(Directory.Exists(Model));
    }

    private void Train()
    {
        Directory.CreateDirectory(_folder["single"]);
        Legonet.Run("train", Spec, "--out", _folder["single/model"], "--key", Key).Succeeds();
    }

    private ToolRun Plan(string[] more) => Legonet.Run(["plan", "train", Spec, "--out", Model, "--run", Run, "--key", Key, "--json", .. more]).Succeeds();

    private string Outcome(int exitCode, string task)
    {
        var run = Legonet.Run("task", "--run", Run, "--index", task, "--json");
        Assert.Equal(exitCode, run.ExitCode);
        Assert.Equal(["task", "stage", "outcome", "seconds"], run.Json.Select(m => m.Key));
        return (string)run.Json["outcome"]!;
    }

    private void AssertSame()
    {
        Tree.AssertSameModel(_folder["single/model"], Model);
        Assert.Equal(Beside(_folder["single/model"]), Beside(Model));
        Assert.False(Directory.Exists(Run));
    }

    private static string[] Beside(string model)
        => [.. Directory.EnumerateFileSystemEntries(Path.GetDirectoryName(model)!, "model*").Select(e => Path.GetFileName(e)).Order(StringComparer.Ordinal)];
}
