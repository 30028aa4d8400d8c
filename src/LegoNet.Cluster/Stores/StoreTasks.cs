using System.Diagnostics;
using System.Globalization;
using LegoNet.Runs;
using Quartz;

namespace LegoNet.Cluster.Stores;

/// <summary>Does the tasks that Quartz hands to a worker, and says in the store what became of them.</summary>
internal sealed class StoreTasks(StoreDatabase database, RunFolder runs, StoreTimes times, Action<string> note, CancellationToken stopping)
{
    private int _running;

    /// <summary>How many tasks the worker is at.</summary>
    public int Running => Volatile.Read(ref _running);

    /// <summary>Does one turn of a task. It never throws: for Quartz a job that throws has had its turn.</summary>
    public async Task TakeAsync(IJobExecutionContext context)
    {
        Interlocked.Increment(ref _running);
        try
        {
            var jobs = new RunJobs(context.Scheduler, database, times);
            var (digest, task) = RunJobs.Read(context.MergedJobDataMap);
            var turn = TaskTurn.Parse(task, (context.Recovering ? context.RecoveringTriggerKey : context.Trigger.Key)?.Name ?? "");
            var after = context.Recovering ? Died(digest, turn) : await TryAsync(jobs, digest, turn).ConfigureAwait(false);
            await PersistAsync(context.Scheduler, () => after(jobs, context.Trigger.ExecutionGroup)).ConfigureAwait(false);
        }
        finally
        {
            Interlocked.Decrement(ref _running);
        }
    }

    /// <summary>Goes on with a run of which nothing waits: the worker that should have done so died, or the run is new.</summary>
    /// <returns>Whether this worker sees the run.</returns>
    public async Task<bool> GoOnAsync(IScheduler scheduler, string digest, CancellationToken cancellationToken)
    {
        try
        {
            if (runs.Find(digest) is not { } run)
            {
                return false;
            }

            await new RunJobs(scheduler, database, times).AdvanceAsync(run, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is LegoNetException or IOException or UnauthorizedAccessException)
        {
            note($"Run {Short(digest)}: cannot be gone on with here: {e.Message}");
        }

        return true;
    }

    /// <summary>The beginning of a digest, for people.</summary>
    public static string Short(string digest) => digest[..Math.Min(12, digest.Length)];

    // A worker died with it, so that counts as a try: a task that ends every process that takes it must not end them all.
    private Func<RunJobs, string?, Task> Died(string digest, TaskTurn turn)
    {
        note($"{Name(digest, turn.Task)}: the worker that was at it is gone.");
        return Retry(digest, turn, TimeSpan.Zero, "each time its worker died or a file failed");
    }

    private async Task<Func<RunJobs, string?, Task>> TryAsync(RunJobs jobs, string digest, TaskTurn turn)
    {
        ITaskRun? run;
        try
        {
            run = runs.Find(digest);
        }
        catch (Exception e) when (e is LegoNetException or IOException or UnauthorizedAccessException)
        {
            // Another version, another kind of CPU: another worker may do it.
            note($"{Name(digest, turn.Task)}: left to other workers: {e.Message}");
            return Again(digest, turn.Next, times.Unseen);
        }

        if (run is null)
        {
            return NotSeen(digest, turn);
        }

        var started = Stopwatch.GetTimestamp();
        var name = Name(digest, turn.Task) + StageOf(run, turn.Task);
        try
        {
            // A task computes for minutes; Quartz's own threads are few.
            var after = await Task.Factory.StartNew(
                () => turn.Task == TaskTurn.Finish ? Finish(run, turn) : Do(run, turn),
                CancellationToken.None,
                TaskCreationOptions.LongRunning,
                TaskScheduler.Default).ConfigureAwait(false);
            note(string.Create(CultureInfo.InvariantCulture, $"{name}: {after.Said} after {Stopwatch.GetElapsedTime(started).TotalSeconds:F1} s."));
            return after.Then;
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            note($"{name}: given back.");
            return Again(digest, turn.Next, TimeSpan.Zero);
        }
        catch (LegoNetException e) when (e.Reason == LegoNetReason.Busy)
        {
            note($"{name}: {e.Message}");
            return Again(digest, turn.Next, times.Again);
        }
        catch (LegoNetException e)
        {
            return Park(digest, turn, $"{name}: failed for good: {e.Message}");
        }
        catch (Exception e)
        {
            var delay = times.RetryAfter(turn.Attempt + 1);
            note(turn.Attempt + 1 < times.Tries
                ? string.Create(CultureInfo.InvariantCulture, $"{name}: {e.Message.TrimEnd('.')}; tried again after {delay.TotalSeconds:0.#} s.")
                : $"{name}: {e.Message}");
            return Retry(digest, turn, delay, "each time its worker died or a file failed");
        }
    }

    private (string Said, Func<RunJobs, string?, Task> Then) Do(ITaskRun run, TaskTurn turn) => run.RunTask(turn.Task, null, stopping) switch
    {
        TaskOutcome.Done => ("done", End(run, turn.Task)),
        TaskOutcome.DoneBefore => ("was done before", End(run, turn.Task)),
        TaskOutcome.Busy => ("another process is at it", Again(run.Digest, turn.Next, times.Again)),
        _ => ("an earlier stage is not done", After(run, turn)),
    };

    // Another machine may see later than the one that did the last task that all are done.
    private (string Said, Func<RunJobs, string?, Task> Then) Finish(ITaskRun run, TaskTurn turn)
    {
        if (run.Stages.Any(stage => Enumerable.Range(stage.First, stage.Count).Any(task => !run.IsDone(task))))
        {
            return ("not all tasks are done", After(run, turn));
        }

        run.Finish(null, stopping);
        return ("done", (jobs, _) => jobs.RemoveAsync(run.Digest, CancellationToken.None));
    }

    // Somebody has lost what was there when this was scheduled, or this machine does not see it yet.
    private Func<RunJobs, string?, Task> After(ITaskRun run, TaskTurn turn) => async (jobs, group) =>
    {
        await jobs.AdvanceAsync(run, CancellationToken.None).ConfigureAwait(false);
        await Again(run.Digest, turn.Next, times.Again)(jobs, group).ConfigureAwait(false);
    };

    private Func<RunJobs, string?, Task> NotSeen(string digest, TaskTurn turn) => async (jobs, group) =>
    {
        if (!await jobs.IsRegisteredAsync(digest, CancellationToken.None).ConfigureAwait(false))
        {
            await jobs.EndAsync(digest, turn.Task, CancellationToken.None).ConfigureAwait(false);
        }
        else if (turn is { Task: TaskTurn.Finish, Attempt: > 0 })
        {
            note($"{Name(digest, turn.Task)}: was done before.");
            await jobs.RemoveAsync(digest, CancellationToken.None).ConfigureAwait(false);
        }
        else if (turn.Unseen >= times.UnseenTurns)
        {
            note($"Run {Short(digest)}: dropped, because no worker has seen it below its folder of runs for long.");
            await jobs.RemoveAsync(digest, CancellationToken.None).ConfigureAwait(false);
        }
        else
        {
            note($"{Name(digest, turn.Task)}: left to other workers: no run directory below {runs.Path} has that plan.");
            await Again(digest, turn.NotSeen, times.Unseen)(jobs, group).ConfigureAwait(false);
        }
    };

    private static Func<RunJobs, string?, Task> End(ITaskRun run, int task) => async (jobs, _) =>
    {
        if (await jobs.EndAsync(run.Digest, task, CancellationToken.None).ConfigureAwait(false))
        {
            await jobs.AdvanceAsync(run, CancellationToken.None).ConfigureAwait(false);
        }
    };

    private static Func<RunJobs, string?, Task> Again(string digest, TaskTurn turn, TimeSpan delay)
        => (jobs, group) => jobs.AgainAsync(digest, turn, delay, group, CancellationToken.None);

    private Func<RunJobs, string?, Task> Retry(string digest, TaskTurn turn, TimeSpan delay, string why)
    {
        if (turn.Attempt + 1 < times.Tries)
        {
            return Again(digest, turn.Retry, delay);
        }

        return Park(digest, turn, $"{Name(digest, turn.Task)}: failed for good: it was tried {times.Tries} times, and {why}.");
    }

    // Said when it is so: whoever reads it may submit the run again at once.
    private Func<RunJobs, string?, Task> Park(string digest, TaskTurn turn, string said) => async (jobs, _) =>
    {
        await jobs.ParkAsync(digest, turn, CancellationToken.None).ConfigureAwait(false);
        note(said);
    };

    private static string Name(string digest, int task) => $"Run {Short(digest)}, {(task == TaskTurn.Finish ? "finish" : $"task {task}")}";

    private static string StageOf(ITaskRun run, int task) => task == TaskTurn.Finish ? "" : $" ({run.Stages.First(s => task < s.First + s.Count).Name})";

    // PostgreSQL may be restarted under a task; what became of the task must not be lost by that. A scheduler that has been shut down says
    // nothing any more, whether because the store does not answer or because the task was begun too late: others see that it is not done.
    private async Task PersistAsync(IScheduler scheduler, Func<Task> action)
    {
        while (true)
        {
            try
            {
                await action().ConfigureAwait(false);
                database.Answered();
                return;
            }
            catch (Exception e) when (e is SchedulerException || StoreDatabase.IsOfTheStore(e))
            {
                if (scheduler.Status is SchedulerStatus.ShuttingDown or SchedulerStatus.Shutdown)
                {
                    return;
                }

                database.Lost(e.GetBaseException());
                await Task.Delay(times.Poll, CancellationToken.None).ConfigureAwait(false);
            }
        }
    }
}
