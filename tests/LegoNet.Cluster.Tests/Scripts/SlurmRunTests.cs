using System.Diagnostics;
using System.Globalization;
using LegoNet.Cluster.Scripts;
using LegoNet.Runs;

namespace LegoNet.Cluster.Tests.Scripts;

/// <summary>The script on a real Slurm, with a tool that only obeys the contract.</summary>
public sealed class SlurmRunTests : IClassFixture<SlurmClusterFixture>, IDisposable
{
    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(3);

    // More tasks in a stage than an array of this cluster can have.
    private static readonly RunStage[] s_stages = [new("encode", 0, 2), new("records", 2, SlurmCluster.MaxArraySize + 1), new("solve", 7, 1)];

    private readonly SlurmCluster _cluster;
    private readonly TempFolder _folder = new();

    public SlurmRunTests(SlurmClusterFixture fixture)
    {
        _cluster = fixture.Cluster;
        _cluster.Require();
    }

    public void Dispose()
    {
        _cluster.Run("scancel", "--user", Environment.UserName);
        _cluster.WaitUntilIdle(s_limit);
        _folder.Dispose();
    }

    [Fact]
    public void Script_ThreeStages_RunsTheTasksInOrderAndFinishes()
    {
        var run = Plan("a run's 50%a \"$HOME\"");

        var submitted = Submit(run);
        _cluster.WaitUntilIdle(s_limit);

        AssertFinished(run);
        // The larger stage takes two arrays.
        Assert.Contains("records: tasks 2 to 5, job", submitted, StringComparison.Ordinal);
        Assert.Contains("records: tasks 6 to 6, job", submitted, StringComparison.Ordinal);
        Assert.Contains(Log, submitted, StringComparison.Ordinal);
        Assert.Equal("finished 8 tasks\n", File.ReadAllText(Log));
    }

    [Fact]
    public void Script_JobKilledWithAllThatIsInIt_SaysSoAndGoesOnWhenStartedAgain()
    {
        var run = Plan("run");
        using var process = StartSlowly(run, task: 1);

        // What Slurm started, so that nobody is left who could put the task back into the queue.
        File.Delete(Path.Combine(run, "slow", "1"));
        var jobs = _cluster.Run("squeue", "--noheader", "--states=running", "--format=%K %F_%K").Output.Split('\n');
        _cluster.Run("scancel", "--full", "--signal=KILL", jobs.Single(j => j.StartsWith("1 ", StringComparison.Ordinal)).Split(' ')[1]);
        _cluster.WaitUntilIdle(s_limit);

        Assert.Contains("Slurm ended a job", File.ReadAllText(Log), StringComparison.Ordinal);
        Submit(run);
        _cluster.WaitUntilIdle(s_limit);
        AssertFinished(run);
    }

    [Fact]
    public void Script_TaskFailsTwice_GoesBackIntoTheQueue()
    {
        var run = Plan("run");
        Fail(run, "2", 1, 137);
        Fail(run, "finish", 1);

        Submit(run);
        _cluster.WaitUntilIdle(s_limit);

        AssertFinished(run);
        Assert.Equal(3, Attempts(run).Count(a => a == "task 2"));
        Assert.Equal(2, Attempts(run).Count(a => a == "finish "));
    }

    [Fact]
    public void Script_TaskKilled_IsTriedAgain()
    {
        var run = Plan("run");
        var process = StartSlowly(run, task: 1);

        File.Delete(Path.Combine(run, "slow", "1"));
        process.Kill();
        _cluster.WaitUntilIdle(s_limit);

        AssertFinished(run);
        Assert.Equal(2, Attempts(run).Count(a => a == "task 1"));
    }

    [Fact]
    public void Script_ControllerKilled_GoesOnWhenItIsBack()
    {
        var run = Plan("run");
        using var process = StartSlowly(run, task: 1);
        var submitted = DateTime.UtcNow;
        _cluster.WaitUntil(() => _cluster.StateSaved > submitted, "the controller to save its state");

        _cluster.KillController();
        // The task fails while there is nobody who could take it back.
        Fail(run, "1", 1);
        File.Delete(Path.Combine(run, "slow", "1"));
        process.Kill();
        // What scontrol says to that, after ten seconds, stands below what the script says.
        var log = Path.Combine(run, SlurmScript.LogFolder, "encode-0+1.log");
        _cluster.WaitUntil(() => !File.ReadAllText(log).TrimEnd().EndsWith("back into the queue (1 of 5)", StringComparison.Ordinal)
            && File.ReadAllText(log).Contains("back into the queue", StringComparison.Ordinal), "the script to ask the controller in vain");
        _cluster.StartController();
        _cluster.WaitUntilIdle(s_limit);

        AssertFinished(run);
        Assert.Equal(3, Attempts(run).Count(a => a == "task 1"));
    }

    [Theory]
    [InlineData(3)]
    [InlineData(5)]
    public void Script_TaskFailsForGood_StopsThereAndSaysWhich(int status)
    {
        var run = Plan("run");
        Fail(run, "1", status);

        var submitted = Submit(run);
        _cluster.WaitUntilIdle(s_limit);

        var line = Assert.Single(File.ReadAllLines(Path.Combine(run, SlurmScript.LogFolder, SlurmScript.FailedFile)));
        Assert.Matches($"^[0-9TZ:-]+ task 1 \\(encode\\), job [0-9]+_1 on .+: exit status {status}, trying again is useless$", line);
        Assert.EndsWith(line + "\n", File.ReadAllText(Path.Combine(run, SlurmScript.LogFolder, "encode-0+1.log")), StringComparison.Ordinal);
        Assert.Contains(Log, submitted, StringComparison.Ordinal);
        Assert.Contains($"stopped before its end. What failed for good:\n{line}\n", File.ReadAllText(Log), StringComparison.Ordinal);
        Assert.Equal(["task 0", "task 1"], File.ReadAllLines(Path.Combine(run, "attempts")).Order(StringComparer.Ordinal));

        // What was the matter is gone: started again, the script does what is left.
        Submit(run);
        _cluster.WaitUntilIdle(s_limit);

        AssertFinished(run);
    }

    [Fact]
    public void Script_TaskFailsTooOften_GivesUp()
    {
        var run = Plan("run", options => options with { Retries = 1 });
        Fail(run, "0", 1, 1, 1);

        Submit(run);
        _cluster.WaitUntilIdle(s_limit);

        var line = Assert.Single(File.ReadAllLines(Path.Combine(run, SlurmScript.LogFolder, SlurmScript.FailedFile)));
        Assert.Contains("task 0 (encode)", line, StringComparison.Ordinal);
        Assert.EndsWith("exit status 1, given up after 2 attempts", line, StringComparison.Ordinal);
        Assert.DoesNotContain("task 2", File.ReadAllLines(Path.Combine(run, "attempts")));
    }

    [Fact]
    public void Script_TaskIsBusyElsewhere_WaitsWithoutFailing()
    {
        var run = Plan("run", options => options with { Retries = 0 });
        Fail(run, "0", 7);

        Submit(run);
        _cluster.WaitUntilIdle(s_limit);

        AssertFinished(run);
        Assert.Equal(2, Attempts(run).Count(a => a == "task 0"));
    }

    [Fact]
    public void Script_ResultOfAnEarlierStageIsLost_IsMadeAgain()
    {
        var run = Plan("run");
        File.WriteAllText(Path.Combine(run, "slow", "2"), "3");
        Submit(run);
        var file = Path.Combine(run, "pid-2");
        _cluster.WaitUntil(() => File.Exists(file), "a task of the second stage to start");

        File.Delete(Path.Combine(run, "done", "0"));
        _cluster.WaitUntilIdle(s_limit);

        AssertFinished(run);
        Assert.Contains("work ", Attempts(run));
    }

    [Fact]
    public void Script_StartedTwiceAndOnceMore_ChangesNothing()
    {
        var run = Plan("run");

        Submit(run);
        Submit(run);
        _cluster.WaitUntilIdle(s_limit);
        var (status, output) = _cluster.Run("sh", Script(run));

        AssertFinished(run);
        Assert.Equal(1, status);
        Assert.Contains($"{run} is not here", output, StringComparison.Ordinal);
        Assert.False(Directory.Exists(run));
    }

    [Fact]
    public void Script_SubmittedItself_SubmitsTheRun()
    {
        var run = Plan("run");

        var (status, output) = _cluster.Run("sbatch", "--output=/dev/null", Script(run));
        _cluster.WaitUntilIdle(s_limit);

        Assert.True(status == 0, output);
        AssertFinished(run);
    }

    [Fact]
    public void Script_SlurmTakesOnlyAPart_LeavesNothingInTheQueue()
    {
        // No node has such a thing, and it is asked for the second stage only.
        var run = _folder["run"];
        var options = new SlurmOptions { Command = ["legonet"], EncodeResources = "gpu:1" };
        WritePlan(run, options, new RunStage("records", 0, 1), new RunStage("score", 1, 1, Encodes: true));

        var (status, output) = _cluster.Run("sh", Script(run), "--begin=now+1hour");

        Assert.Equal(1, status);
        Assert.Contains("records: tasks 0 to 0, job", output, StringComparison.Ordinal);
        Assert.Contains("Slurm did not take the stage score", output, StringComparison.Ordinal);
        _cluster.WaitUntilIdle(TimeSpan.FromSeconds(20));
    }

    private string Log => _folder["legonet-0123456789ab.log"];

    private static string Script(string run) => $"{run} script.sh";

    private static void Fail(string run, string task, params int[] statuses)
        => File.WriteAllText(Path.Combine(run, "fails", task), string.Concat(statuses.Select(s => $"{s}\n")));

    private static string[] Attempts(string run) => File.ReadAllLines($"{run}.attempts");

    private static void AssertFinished(string run)
    {
        Assert.True(File.Exists($"{run}.result"), Directory.Exists(run) ? Logs(run) : "There is neither a run nor its result.");
        Assert.Equal(Enumerable.Range(0, 8).Select(i => i.ToString(CultureInfo.InvariantCulture)), File.ReadAllLines($"{run}.result"));
        Assert.False(Directory.Exists(run));
    }

    private static string Logs(string run) => string.Join('\n', Directory.EnumerateFiles(run, "*", SearchOption.AllDirectories)
        .Select(f => $"{Path.GetRelativePath(run, f)}: {File.ReadAllText(f)}"));

    private string Plan(string name, Func<SlurmOptions, SlurmOptions>? change = null)
    {
        var run = _folder[name];
        var options = new SlurmOptions { Command = [FakeTool.Write(_folder, "the tool")], Memory = 100 << 20 };
        WritePlan(run, change is null ? options : change(options), s_stages);
        return run;
    }

    private static void WritePlan(string run, SlurmOptions options, params RunStage[] stages)
    {
        foreach (var folder in new[] { "done", "fails", "slow" })
        {
            Directory.CreateDirectory(Path.Combine(run, folder));
        }

        File.WriteAllText(Path.Combine(run, "plan.json"), "{}");
        File.WriteAllText(Path.Combine(run, "stages"), string.Concat(stages.Select(s => $"{s.First} {s.Count}\n")));
        File.WriteAllText(Script(run), SlurmScript.Write(new PlannedRun(run, stages), options));
    }

    private string Submit(string run)
    {
        var (status, output) = _cluster.Run("sh", Script(run), "--comment=a test");
        Assert.True(status == 0, output);
        return output;
    }

    // The process that is at the task, for a long time.
    private Process StartSlowly(string run, int task)
    {
        File.WriteAllText(Path.Combine(run, "slow", $"{task}"), "120");
        Submit(run);
        var file = Path.Combine(run, $"pid-{task}");
        _cluster.WaitUntil(() => File.Exists(file) && File.ReadAllText(file).EndsWith('\n'), $"task {task} to start");
        return Process.GetProcessById(int.Parse(File.ReadAllText(file), CultureInfo.InvariantCulture));
    }
}
