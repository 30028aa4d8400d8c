using LegoNet.Cluster.Stores;
using LegoNet.TestHost;

namespace LegoNet.Cluster.Tests.Stores;

/// <summary>Runs by workers in this process, on a PostgreSQL that is real.</summary>
public sealed class StoreRunTests : IClassFixture<StoreRunTests.Server>
{
    private readonly Server _server;

    public StoreRunTests(Server server)
    {
        PostgresServer.Require();
        _server = server;
    }

    /// <summary>The server that the tests share.</summary>
    public sealed class Server : IDisposable
    {
        internal PostgresServer Postgres { get; } = new();

        public void Dispose() => Postgres.Dispose();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    public async Task Run_WithWorkersOfAnyNumber_IsFinishedAndLeavesNothing(int workers)
    {
        await using var ground = new StoreGround(_server.Postgres);
        var run = ground.Plan(5, ("encode", 7), ("records", 5), ("solve", 9));
        for (var i = 0; i < workers; i++)
        {
            ground.Work();
        }

        await ground.SubmitAsync(run);

        Assert.Equal(string.Join(' ', Enumerable.Repeat(1, 21)), File.ReadAllText(run.Result));
        Assert.False(Directory.Exists(run.Path));
        await ground.StopAsync();
        await ground.AssertEmptyAsync();
    }

    [Fact]
    public async Task Run_SubmittedTwiceAtATime_IsDoneOnce()
    {
        await using var ground = new StoreGround(_server.Postgres);
        var run = ground.Plan(5, ("encode", 20), ("solve", 20));
        ground.Work(new StoreWorkerOptions { Tasks = 2 });

        var finished = await Task.WhenAll(ground.SubmitAsync(run), ground.SubmitAsync(FileRun.Open(run.Path)), ground.SubmitAsync(FileRun.Open(run.Path)));

        Assert.Single(finished, here => here);

        Assert.Equal(string.Join(' ', Enumerable.Repeat(1, 40)), File.ReadAllText(run.Result));
        await ground.StopAsync();
        await ground.AssertEmptyAsync();
    }

    [Fact]
    public async Task Run_OfWhichAStageIsDone_GoesOnThere()
    {
        await using var ground = new StoreGround(_server.Postgres);
        var run = ground.Plan(0, ("encode", 3), ("solve", 3));
        foreach (var task in (int[])[0, 1, 2, 4])
        {
            run.RunTask(task, null, TestContext.Current.CancellationToken);
        }

        ground.Work();
        await ground.SubmitAsync(run);

        Assert.Equal("1 1 1 1 1 1", File.ReadAllText(run.Result));
    }

    [Fact]
    public async Task Submit_WhileItRuns_ReportsTasksOfTheStage()
    {
        await using var ground = new StoreGround(_server.Postgres);
        var run = ground.Plan(150, ("encode", 2), ("solve", 2));
        List<LegoNetProgress> reports = [];
        ground.Work();

        await ground.SubmitAsync(run, new Collector(reports));

        Assert.Contains(new LegoNetProgress("encode", 2, 2), reports);
        Assert.Contains(reports, r => r is { Stage: "solve", Total: 2 });
    }

    [Fact]
    public async Task Task_ThatFailsForGood_IsSaidAndNotTriedAgainBeforeItIsSubmittedAgain()
    {
        await using var ground = new StoreGround(_server.Postgres);
        var run = ground.Plan(0, ("encode", 4), ("solve", 2));
        run.Break(2, "bad people.csv:7: there is no class \"blue\".");
        ground.Work();

        var e = await Assert.ThrowsAsync<LegoNetException>(() => ground.SubmitAsync(run));

        Assert.Equal("people.csv:7: there is no class \"blue\".", e.Message);
        Assert.Equal(1, run.Tries(2));
        Assert.DoesNotContain(await ground.ReadAllAsync(), cell => cell.Table is "qrtz_job_details" or "qrtz_triggers");

        run.Mend(2);
        await ground.SubmitAsync(run);
        Assert.Equal("1 1 2 1 1 1", File.ReadAllText(run.Result));
    }

    [Fact]
    public async Task Submit_OfARunWithAParkedTask_TriesItAgain()
    {
        await using var ground = new StoreGround(_server.Postgres);
        var run = ground.Plan(0, ("encode", 1));
        run.Break(0, "bad no.");
        using (var left = new CancellationTokenSource())
        {
            var submitted = ground.SubmitAsync(run, leave: left);
            await StoreGround.UntilAsync(() => ground.ReadNames().Contains("000000"), "the task is in the store");
            await left.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => submitted);
        }

        ground.Work();
        await StoreGround.UntilAsync(() => ground.Notes.Contains("failed for good: no.", StringComparison.Ordinal), "the task has failed");
        run.Mend(0);

        await ground.SubmitAsync(run);

        Assert.Equal("2", File.ReadAllText(run.Result));
    }

    [Fact]
    public async Task Task_WhoseFileCannotBeWritten_IsTriedAgain()
    {
        await using var ground = new StoreGround(_server.Postgres);
        var run = ground.Plan(0, ("encode", 2));
        run.Break(1, "io");
        ground.Work();
        var submitted = ground.SubmitAsync(run);
        await StoreGround.UntilAsync(() => run.Tries(1) == 2, "it was tried twice");
        run.Mend(1);

        await submitted;

        Assert.True(File.Exists(run.Result));
    }

    [Fact]
    public async Task Task_WhoseFileCanNeverBeWritten_FailsForGoodAfterTheStatedTries()
    {
        await using var ground = new StoreGround(_server.Postgres);
        var run = ground.Plan(0, ("encode", 1));
        run.Break(0, "io");
        ground.Work();

        var e = await Assert.ThrowsAsync<LegoNetException>(() => ground.SubmitAsync(run));

        Assert.Contains("task 0 was tried 3 times", e.Message, StringComparison.Ordinal);
        Assert.Equal(3, run.Tries(0));
        await ground.StopAsync();
        await ground.AssertEmptyAsync();
    }

    [Fact]
    public async Task Finish_ThatFails_IsSaidByTheSubmission()
    {
        await using var ground = new StoreGround(_server.Postgres);
        var run = ground.Plan(0, ("encode", 1));
        run.Break(-1, "bad the model has changed since.");
        ground.Work();

        var e = await Assert.ThrowsAsync<LegoNetException>(() => ground.SubmitAsync(run));

        Assert.Equal("the model has changed since.", e.Message);
        await ground.StopAsync();
        await ground.AssertEmptyAsync();
    }

    [Fact]
    public async Task Finish_ByAWorkerThatDiedBehindIt_LeavesNothing()
    {
        await using var ground = new StoreGround(_server.Postgres);
        var run = ground.Plan(0, ("encode", 1));
        run.RunTask(0, null, TestContext.Current.CancellationToken);
        await RegisterAsync(ground, run, async (jobs, stop) =>
        {
            await jobs.AdvanceAsync(run, stop);
            await jobs.AgainAsync(run.Digest, new TaskTurn(TaskTurn.Finish, Attempt: 1), TimeSpan.Zero, null, stop);
        });
        run.Finish(null, TestContext.Current.CancellationToken);

        ground.Work();
        await StoreGround.UntilAsync(() => ground.ReadNames().Count == 0, "the run is removed from the store");
    }

    [Fact]
    public async Task Worker_ThatIsStoppedUnderATask_GivesItBackAndNothingIsCounted()
    {
        await using var ground = new StoreGround(_server.Postgres);
        var run = ground.Plan(0, ("encode", 1));
        run.Break(0, "hang");
        var stop = ground.Work(tries: 1);
        var submitted = ground.SubmitAsync(run);
        await StoreGround.UntilAsync(() => run.Tries(0) == 1, "the task is begun");

        await stop();
        run.Mend(0);
        ground.Work(tries: 1);
        await submitted;

        Assert.Equal("2", File.ReadAllText(run.Result));
        Assert.Contains("given back", ground.Notes, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Submission_ThatIsCancelled_LeavesTheRunToTheWorkers()
    {
        await using var ground = new StoreGround(_server.Postgres);
        var run = ground.Plan(100, ("encode", 3), ("solve", 3));
        using var left = new CancellationTokenSource();
        ground.Work();
        var submitted = ground.SubmitAsync(run, leave: left);
        await StoreGround.UntilAsync(() => run.IsDone(0), "a task is done");

        await left.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => submitted);
        await StoreGround.UntilAsync(() => File.Exists(run.Result), "the run is finished");
    }

    [Fact]
    public async Task Submission_ToAStoreWithoutWorkers_SaysSoAndWaits()
    {
        await using var ground = new StoreGround(_server.Postgres);
        var run = ground.Plan(0, ("encode", 1));
        var submitted = ground.SubmitAsync(run);
        await StoreGround.UntilAsync(() => ground.Notes.Contains("no worker is at this store", StringComparison.Ordinal), "that is said");

        ground.Work();
        await submitted;

        Assert.True(File.Exists(run.Result));
    }

    [Fact]
    public async Task Store_UnderARun_HoldsDigestsAndIndexesOnly()
    {
        await using var ground = new StoreGround(_server.Postgres);
        var run = ground.Plan(0, ("encode", 3), ("solve", 1));
        run.Break(0, "hang");
        run.Break(1, "bad subject-17: no.");
        ground.Work(new StoreWorkerOptions { Tasks = 1, Name = "node-1" });
        using var left = new CancellationTokenSource();
        var submitted = ground.SubmitAsync(run, leave: left);
        await StoreGround.UntilAsync(() => run.Tries(0) == 1, "a task is begun");

        var cells = await ground.ReadAllAsync();

        Assert.Contains(cells, cell => cell is { Table: "qrtz_fired_triggers", Column: "state", Value: "EXECUTING" });
        string[] names = ["run", "finish", "000000", "000001", "000002"];
        foreach (var cell in cells.Where(c => c.Table != "qrtz_locks" && !c.Column.EndsWith("_time", StringComparison.Ordinal)))
        {
            Assert.True(IsExpected(cell.Column, cell.Value), $"{cell}");
        }

        Assert.All(cells, cell => Assert.DoesNotContain("subject", cell.Value, StringComparison.Ordinal));
        Assert.All(cells, cell => Assert.DoesNotContain(Path.GetFileName(run.Path), cell.Value, StringComparison.Ordinal));
        run.Mend(0);
        run.Mend(1);
        await submitted;

        bool IsExpected(string column, string value) => column switch
        {
            "sched_name" => value == "legonet",
            "job_name" => names.Contains(value),
            "job_group" or "trigger_group" => value == run.Digest,
            "job_data" => value.Length == 0 || names.Skip(1).Append(null).Any(n => value == (n is null
                ? $$"""{"plan":"{{run.Digest}}"}"""
                : $$"""{"plan":"{{run.Digest}}","task":"{{n}}"}""")) || value == "{}",
            "job_class_name" => value == "LegoNet.Cluster.Stores.TaskJob, LegoNet.Cluster",
            "trigger_name" => TaskTurn.Parse(0, value).ToString().Length == value.Length,
            "instance_name" or "checkin_interval" or "quartz_version" or "entry_id" or "last_checkin_time" => true,
            "execution_group" => value == "encode",
            _ => value.Length < 25 && value is "True" or "False" or "SIMPLE" or "WAITING" or "PAUSED" or "COMPLETE" or "EXECUTING" or "ACQUIRED"
                || long.TryParse(value, out _),
        };
    }

    [Fact]
    public async Task EncodingTasks_GoToWorkersThatTakeThem()
    {
        await using var ground = new StoreGround(_server.Postgres);
        var run = ground.Plan(0, ("encode", 3), ("solve", 3));
        var never = ground.Work(new StoreWorkerOptions { Encoding = WorkerEncoding.Never });
        var submitted = ground.SubmitAsync(run);
        await Task.Delay(3000, TestContext.Current.CancellationToken);
        Assert.Equal(0, Enumerable.Range(0, 3).Sum(run.Tries));

        await never();
        var only = ground.Work(new StoreWorkerOptions { Encoding = WorkerEncoding.Only });
        await StoreGround.UntilAsync(() => Enumerable.Range(0, 3).All(run.IsDone), "the stage that encodes is done");
        await Task.Delay(2000, TestContext.Current.CancellationToken);
        Assert.Equal(0, Enumerable.Range(3, 3).Sum(run.Tries));

        await only();
        ground.Work(new StoreWorkerOptions { Encoding = WorkerEncoding.Never });
        await submitted;
        Assert.True(File.Exists(run.Result));
    }

    [Fact]
    public async Task Worker_UntilIdle_EndsWhenNothingIsLeft()
    {
        await using var ground = new StoreGround(_server.Postgres);
        var run = ground.Plan(50, ("encode", 4), ("solve", 4));
        using (var left = new CancellationTokenSource())
        {
            var submitted = ground.SubmitAsync(run, leave: left);
            await StoreGround.UntilAsync(() => ground.ReadNames().Contains("000003"), "the stage is in the store");
            await left.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => submitted);
        }

        var options = new StoreWorkerOptions { UntilIdle = true, Times = StoreGround.Patient };
        await new StoreWorker(ground.Address, new RunFolder(ground.Folder, FileRun.Open), options, _ => { }).RunAsync(TestContext.Current.CancellationToken);

        Assert.True(File.Exists(run.Result));
        await ground.AssertEmptyAsync();
    }

    [Fact]
    public async Task Run_OfWhichNothingWaits_IsGoneOnWithByAnyWorker()
    {
        // As after a worker that was killed between the last task of a stage and the next stage.
        await using var ground = new StoreGround(_server.Postgres);
        var run = ground.Plan(0, ("encode", 2), ("solve", 2));
        await RegisterAsync(ground, run, (_, _) => Task.CompletedTask);

        ground.Work();

        await StoreGround.UntilAsync(() => File.Exists(run.Result), "the run is finished");
    }

    [Fact]
    public async Task Worker_ThatDoesNotSeeTheRun_LeavesItToOthers()
    {
        await using var ground = new StoreGround(_server.Postgres);
        using var elsewhere = new TempFolder();
        var run = ground.Plan(0, ("encode", 2));
        var blind = ground.Work(folder: elsewhere.Path);
        var submitted = ground.SubmitAsync(run);
        await StoreGround.UntilAsync(() => ground.Notes.Contains("left to other workers", StringComparison.Ordinal), "the worker has seen the task");
        await blind();

        ground.Work();
        await submitted;

        Assert.True(File.Exists(run.Result));
    }

    [Fact]
    public async Task Run_ThatNoWorkerSees_IsDroppedAndSaid()
    {
        await using var ground = new StoreGround(_server.Postgres);
        using var elsewhere = new TempFolder();
        var run = ground.Plan(0, ("encode", 1));
        ground.Work(folder: elsewhere.Path);

        var e = await Assert.ThrowsAsync<LegoNetException>(() => ground.SubmitAsync(run));

        Assert.Contains("no worker sees this directory", e.Message, StringComparison.Ordinal);
        await ground.StopAsync();
        await ground.AssertEmptyAsync();
    }

    [Fact]
    public async Task Run_WhoseDirectoryIsRemoved_IsSaidAndLeavesNothing()
    {
        await using var ground = new StoreGround(_server.Postgres);
        var run = ground.Plan(0, ("encode", 2));
        run.Break(1, "hang");
        ground.Work();
        var submitted = ground.SubmitAsync(run);
        await StoreGround.UntilAsync(() => run.Tries(1) == 1, "a task is begun");

        Directory.Delete(run.Path, recursive: true);

        var e = await Record.ExceptionAsync(() => submitted);
        Assert.True(e is null or LegoNetException, $"{e}");
        await ground.StopAsync();
        await ground.AssertEmptyAsync();
    }

    private static async Task RegisterAsync(StoreGround ground, FileRun run, Func<RunJobs, CancellationToken, Task> then)
    {
        var stop = TestContext.Current.CancellationToken;
        await using var database = await StoreDatabase.OpenAsync(ground.Address, _ => { }, stop);
        await using var scheduler = await StoreScheduler.CreateAsync(database, new StoreWorkerOptions(), null, stop);
        var jobs = new RunJobs(scheduler.Scheduler, database, FileRun.Times with { Finish = TimeSpan.FromHours(1) });
        await jobs.RegisterAsync(run, stop);
        await then(jobs, stop);
    }

    private sealed class Collector(List<LegoNetProgress> reports) : IProgress<LegoNetProgress>
    {
        public void Report(LegoNetProgress value) => reports.Add(value);
    }
}
