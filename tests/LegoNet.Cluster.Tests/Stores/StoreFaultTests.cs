using LegoNet.TestHost;

namespace LegoNet.Cluster.Tests.Stores;

/// <summary>Runs whose workers are killed, whose store is restarted, and whose clocks are wrong. Each has a server of its own.</summary>
public sealed class StoreFaultTests : IDisposable
{
    private readonly PostgresServer _server;

    public StoreFaultTests()
    {
        PostgresServer.Require();
        _server = new PostgresServer();
    }

    public void Dispose() => _server.Dispose();

    [Fact]
    public async Task Worker_KilledUnderATask_IsFailedOver()
    {
        await using var ground = new StoreGround(_server);
        var run = ground.Plan(20, ("encode", 6), ("solve", 6));
        run.Break(3, "hang");
        using var one = ground.WorkElsewhere();
        using var two = ground.WorkElsewhere();
        var submitted = ground.SubmitAsync(run);
        await StoreGround.UntilAsync(() => run.Tries(3) == 1, "the task is begun");

        (run.Workers(3).Single() == one.Id ? one : two).Kill();
        run.Mend(3);
        await submitted;

        Assert.True(File.Exists(run.Result), one.Said + two.Said);
        one.EndInput();
        two.EndInput();
        await WithoutTheDeadAsync(ground);
    }

    [Fact]
    public async Task AllWorkers_Killed_AreFailedOverByOneThatComesLater()
    {
        await using var ground = new StoreGround(_server);
        var run = ground.Plan(20, ("encode", 4), ("solve", 4));
        run.Break(0, "hang");
        run.Break(1, "hang");
        using var one = ground.WorkElsewhere();
        using var two = ground.WorkElsewhere();
        var submitted = ground.SubmitAsync(run);
        await StoreGround.UntilAsync(() => run.Tries(0) + run.Tries(1) == 2, "both tasks are begun");

        one.Kill();
        two.Kill();
        run.Mend(0);
        run.Mend(1);
        using var three = ground.WorkElsewhere();
        await submitted;

        Assert.True(File.Exists(run.Result), three.Said);
        three.EndInput();
        await WithoutTheDeadAsync(ground);
    }

    [Fact]
    public async Task Task_ThatEndsEveryWorker_FailsForGoodAfterTheStatedTries()
    {
        await using var ground = new StoreGround(_server);
        var run = ground.Plan(0, ("encode", 1));
        run.Break(0, "die");
        var submitted = ground.SubmitAsync(run);
        for (var i = 0; i < FileRun.Times.Tries + 1; i++)
        {
            using var worker = ground.WorkElsewhere();
            await StoreGround.UntilAsync(() => worker.HasEnded || submitted.IsCompleted, "the worker has died or given up");
        }

        var e = await Assert.ThrowsAsync<LegoNetException>(() => submitted);

        Assert.Contains("task 0 was tried 3 times", e.Message, StringComparison.Ordinal);
        Assert.Equal(3, run.Tries(0));
    }

    [Fact]
    public async Task WorkersSubmitterAndStore_KilledAtRandomMoments_FinishEveryRun()
    {
        var wanted = TestSwitch.Number(TestSwitch.Kills, 10);
        await using var ground = new StoreGround(_server);
        // A task may be hit more often than a task is tried.
        using var kills = new StoreKills(_server, 3, () => ground.WorkElsewhere("env", $"{StoreProcess.TriesVariable}=1000"), longestDelay: 1500);
        while (kills.Count < wanted)
        {
            var run = ground.Plan(100, ("encode", 100), ("records", 50), ("solve", 50));
            kills.DuringRun(wanted, () => ground.SubmitElsewhere(run), () => File.Exists(run.Result));
            Assert.Equal(200, File.ReadAllText(run.Result).Split(' ').Length);
            // Who finished it may have been killed before he could say so.
            await StoreGround.UntilAsync(() => ground.ReadNames().Count == 0, "the run is out of the store");
        }

        TestContext.Current.TestOutputHelper!.WriteLine(kills.ToString());
        Assert.All(kills.Workers, worker => worker.EndInput());
        await WithoutTheDeadAsync(ground);
    }

    [Fact]
    public async Task Worker_PausedUnderATaskUntilItIsTakenForDead_DoesItOnceAndGoesOn()
    {
        await using var ground = new StoreGround(_server);
        var run = ground.Plan(50, ("encode", 6), ("solve", 6));
        run.Break(2, "hang");
        using var paused = ground.WorkElsewhere();
        var submitted = ground.SubmitAsync(run);
        await StoreGround.UntilAsync(() => run.Tries(2) == 1, "the task is begun");
        paused.Pause();
        using var other = ground.WorkElsewhere();
        await StoreGround.UntilAsync(
            () => other.Said.Contains("task 2: the worker that was at it is gone", StringComparison.Ordinal), "the worker is taken for dead");
        await StoreGround.UntilAsync(
            () => other.Said.Contains("task 2 (encode): another process is at it", StringComparison.Ordinal), "the task is found to be somebody's");

        paused.Resume();
        run.Mend(2);
        await submitted;

        Assert.Equal(string.Join(' ', Enumerable.Repeat(1, 12)), File.ReadAllText(run.Result));
        Assert.Contains("task 2 (encode): done after", paused.Said, StringComparison.Ordinal);
        // It takes part again.
        var next = ground.Plan(300, ("encode", 20));
        var before = paused.Said;
        await ground.SubmitAsync(next);
        Assert.Contains(": done after", paused.Said[before.Length..], StringComparison.Ordinal);
        paused.EndInput();
        other.EndInput();
        await WithoutTheDeadAsync(ground);
    }

    [Fact]
    public async Task Store_RestartedUnderARun_IsWaitedFor()
    {
        await using var ground = new StoreGround(_server);
        var run = ground.Plan(100, ("encode", 10), ("solve", 10));
        ground.Work();
        ground.Work();
        var submitted = ground.SubmitAsync(run);
        await StoreGround.UntilAsync(() => run.IsDone(2), "the run is under way");

        _server.Stop();
        await Task.Delay(3000, TestContext.Current.CancellationToken);
        _server.Start();
        await submitted;

        Assert.True(File.Exists(run.Result));
        Assert.Contains("the store does not answer", ground.Notes, StringComparison.Ordinal);
        Assert.Contains("the store answers again", ground.Notes, StringComparison.Ordinal);
        await ground.StopAsync();
        await WithoutTheDeadAsync(ground);
    }

    [Theory]
    [InlineData("+1h", "ahead of")]
    [InlineData("-1h", "behind")]
    public async Task Worker_WhoseClockIsAnHourWrong_WorksByTheStores(string offset, string said)
    {
        const string Faketime = "/usr/bin/faketime";
        Assert.SkipWhen(!File.Exists(Faketime), "There is no faketime here; install the package faketime.");
        await using var ground = new StoreGround(_server);
        var run = ground.Plan(300, ("encode", 20), ("solve", 10));
        using var wrong = ground.WorkElsewhere(Faketime, "-f", offset);
        using var right = ground.WorkElsewhere();
        await StoreGround.UntilAsync(() => wrong.Said.Contains("waits for tasks", StringComparison.Ordinal), "the worker has started");

        await ground.SubmitAsync(run);

        // Nobody was failed over: each task was done once, and both had their share.
        Assert.Equal(string.Join(' ', Enumerable.Repeat(1, 30)), File.ReadAllText(run.Result));
        Assert.Contains($"s {said} the store's", wrong.Said, StringComparison.Ordinal);
        Assert.Contains(": done after", wrong.Said, StringComparison.Ordinal);
        Assert.Contains(": done after", right.Said, StringComparison.Ordinal);
        Assert.DoesNotContain("is gone", wrong.Said + right.Said, StringComparison.Ordinal);
    }

    // A worker that was killed may stand in the list of workers until the next one looks.
    private static async Task WithoutTheDeadAsync(StoreGround ground)
    {
        var left = (await ground.ReadAllAsync()).Where(cell => cell.Table is not ("qrtz_locks" or "qrtz_scheduler_state")).ToArray();
        Assert.True(left.Length == 0, string.Join('\n', left));
    }
}
