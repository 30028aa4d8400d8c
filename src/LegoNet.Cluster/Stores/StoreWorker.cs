using System.Globalization;
using Quartz;

namespace LegoNet.Cluster.Stores;

/// <summary>
/// A worker: takes tasks of any run that is in the store and that it sees, until it is told to stop. Any number of them may share a store; when one
/// dies, the others take over what it was at.
/// </summary>
/// <param name="address">The store.</param>
/// <param name="runs">The runs that this machine sees.</param>
/// <param name="options">What it takes.</param>
/// <param name="note">Receives one line for whatever happens. The lines of a task that failed may quote its input.</param>
public sealed class StoreWorker(StoreAddress address, RunFolder runs, StoreWorkerOptions options, Action<string> note)
{
    // More than networks and processors make of it.
    private static readonly TimeSpan s_clockNote = TimeSpan.FromSeconds(5);

    private readonly StoreTimes _times = options.Times;
    private readonly Dictionary<string, int> _unseen = new(StringComparer.Ordinal);

    /// <summary>Works until it is cancelled, or until nothing is left where that was asked for.</summary>
    /// <param name="cancellationToken">Stops: takes no more tasks, gives back what it is at, and returns.</param>
    /// <exception cref="LegoNetException">The folder of runs is not there, or the store cannot be used.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        runs.Require();
        await using var database = await StoreDatabase.OpenAsync(address, note, cancellationToken).ConfigureAwait(false);
        NoteClock(database.Clock.Ahead);
        using var stopping = new CancellationTokenSource();
        var tasks = new StoreTasks(database, runs, _times, note, stopping.Token);
        await using var scheduler = await StoreScheduler.CreateAsync(database, options, tasks, cancellationToken).ConfigureAwait(false);
        try
        {
            await scheduler.Scheduler.Start(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is SchedulerException || StoreDatabase.IsOfTheStore(e))
        {
            throw StoreDatabase.Unusable(address, e);
        }

        note($"Worker {options.Name}: waits for tasks of runs below {runs.Path}; store {address}.");
        try
        {
            await WatchAsync(database, scheduler.Scheduler, tasks, cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            note($"Worker {options.Name}: told to stop.");
        }
        finally
        {
            // A scheduler that shuts down takes nothing back; one that stands by does.
            await scheduler.Scheduler.Standby(CancellationToken.None).ConfigureAwait(false);
            await stopping.CancelAsync().ConfigureAwait(false);
            await LeaveAsync(database, scheduler.Scheduler, tasks).ConfigureAwait(false);
        }

        note($"Worker {options.Name}: ended.");
    }

    private async Task WatchAsync(StoreDatabase database, IScheduler scheduler, StoreTasks tasks, CancellationToken cancellationToken)
    {
        var clock = TimeProvider.System;
        long? idle = null;
        for (long? swept = null; ; await Task.Delay(_times.Poll, cancellationToken).ConfigureAwait(false))
        {
            try
            {
                if (swept is not { } last || clock.GetElapsedTime(last) >= _times.Sweep)
                {
                    await SweepAsync(database, scheduler, tasks, cancellationToken).ConfigureAwait(false);
                    swept = clock.GetTimestamp();
                }

                if (options.UntilIdle)
                {
                    idle = tasks.Running > 0 || await database.HasWorkAsync(cancellationToken).ConfigureAwait(false) ? null : idle ?? clock.GetTimestamp();
                    if (idle is { } since && clock.GetElapsedTime(since) >= _times.Idle)
                    {
                        return;
                    }
                }

                database.Answered();
            }
            catch (Exception e) when (!cancellationToken.IsCancellationRequested && (e is SchedulerException || StoreDatabase.IsOfTheStore(e)))
            {
                database.Lost(e.GetBaseException());
            }
        }
    }

    // A worker that dies between its task and what comes next leaves a run of which nothing waits.
    private async Task SweepAsync(StoreDatabase database, IScheduler scheduler, StoreTasks tasks, CancellationToken cancellationToken)
    {
        await database.SetClockAsync(cancellationToken).ConfigureAwait(false);
        var standing = await database.StandingRunsAsync(cancellationToken).ConfigureAwait(false);
        foreach (var gone in _unseen.Keys.Except(standing).ToArray())
        {
            _unseen.Remove(gone);
        }

        foreach (var digest in standing)
        {
            if (await tasks.GoOnAsync(scheduler, digest, cancellationToken).ConfigureAwait(false))
            {
                _unseen.Remove(digest);
            }
            else if ((_unseen[digest] = _unseen.GetValueOrDefault(digest) + 1) > _times.UnseenTurns)
            {
                note($"Run {StoreTasks.Short(digest)}: dropped, because no run directory below {runs.Path} has had that plan for long.");
                await new RunJobs(scheduler, database, _times).RemoveAsync(digest, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    // A store that does not answer now will take this worker for dead when it does, which is as good.
    private async Task LeaveAsync(StoreDatabase database, IScheduler scheduler, StoreTasks tasks)
    {
        var began = TimeProvider.System.GetTimestamp();
        while (tasks.Running > 0 && !(database.IsLost && TimeProvider.System.GetElapsedTime(began) >= _times.Leave))
        {
            await Task.Delay(_times.Poll / 10, CancellationToken.None).ConfigureAwait(false);
        }

        await scheduler.Shutdown(waitForJobsToComplete: tasks.Running == 0, CancellationToken.None).ConfigureAwait(false);
        try
        {
            await database.RemoveWorkerAsync(options.Name).ConfigureAwait(false);
        }
        catch (Exception e) when (StoreDatabase.IsOfTheStore(e))
        {
            database.Lost(e);
        }
    }

    private void NoteClock(TimeSpan ahead)
    {
        if (ahead.Duration() > s_clockNote)
        {
            var seconds = ahead.Duration().TotalSeconds.ToString("N0", CultureInfo.InvariantCulture);
            var where = ahead > TimeSpan.Zero ? "ahead of" : "behind";
            note($"This machine's clock is {seconds} s {where} the store's; tasks go by the store's, but set it right.");
        }
    }
}
