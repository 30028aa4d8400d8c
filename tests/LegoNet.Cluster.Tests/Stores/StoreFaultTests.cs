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
        one.Stop();
        two.Stop();
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
        three.Stop();
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

    // As many kills as LEGONET_STORE_KILLS says. A task may be hit more often than a task is tried.
    [Fact]
    public async Task Workers_KilledAtRandomMomentsAndTheStoreToo_FinishTheRun()
    {
        var kills = int.Parse(Environment.GetEnvironmentVariable("LEGONET_STORE_KILLS") ?? "6", System.Globalization.CultureInfo.InvariantCulture);
        await using var ground = new StoreGround(_server) { Patience = TimeSpan.FromSeconds(120 + (10 * kills)) };
        var random = new Random(kills);
        var run = ground.Plan(100, ("encode", 10 * kills), ("records", 5 * kills), ("solve", 5 * kills));
        List<StoreProcess> workers = [.. Enumerable.Range(0, 3).Select(_ => ground.WorkElsewhere("env", "LEGONET_TRIES=1000"))];
        var submitted = ground.SubmitAsync(run);
        for (var i = 1; i <= kills && !submitted.IsCompleted; i++)
        {
            await Task.Delay(random.Next(1500), TestContext.Current.CancellationToken);
            var victim = random.Next(workers.Count);
            workers[victim].Kill();
            workers[victim].Dispose();
            workers[victim] = ground.WorkElsewhere("env", "LEGONET_TRIES=1000");
            if (i % 5 == 0)
            {
                _server.Kill();
                _server.Start();
            }
        }

        await submitted;

        Assert.True(File.Exists(run.Result));
        Assert.Equal(20 * kills, File.ReadAllText(run.Result).Split(' ').Length);
        workers.ForEach(worker => worker.Stop());
        await WithoutTheDeadAsync(ground);
        workers.ForEach(worker => worker.Dispose());
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
