using LegoNet.Runs;
using Quartz;

namespace LegoNet.Cluster.Stores;

/// <summary>Hands a run to the workers of a store, and waits until it is finished.</summary>
/// <param name="address">The store.</param>
/// <param name="run">The run. The workers see its directory too.</param>
/// <param name="note">Receives one line for what a person should know.</param>
/// <param name="reopen">Opens the run once more, when it begins anew under another plan; null where it never does.</param>
public sealed class StoreRun(StoreAddress address, ITaskRun run, Action<string> note, Func<ITaskRun>? reopen = null)
{
    // How often a look must show the same before it is believed: a file system may show another machine's removal late.
    private const int Looks = 15;

    private readonly HashSet<int> _done = [];
    private ITaskRun _run = run;
    private int _stages;

    internal StoreTimes Times { get; init; } = new();

    /// <summary>Submits the run, where that was not done before, and waits. Submitting twice, or from two machines, changes nothing.</summary>
    /// <param name="finish">Finishes the run once all tasks are done, and shows what came of it. When nobody is there to do so, a worker finishes.</param>
    /// <param name="progress">Receives progress: tasks of the stage that is under way.</param>
    /// <param name="cancellationToken">Stops waiting; the workers go on.</param>
    /// <returns>Whether it was finished here; a worker, or another process that had submitted it too, may have been faster.</returns>
    /// <exception cref="LegoNetException">
    /// A task failed for good, or the store cannot be used. The run is then no longer in the store; what is done of it stays done.
    /// </exception>
    /// <exception cref="OperationCanceledException">It was cancelled; the run goes on.</exception>
    public async Task<bool> RunAsync(Action<ITaskRun> finish, IProgress<LegoNetProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(finish);
        await using var database = await StoreDatabase.OpenAsync(address, note, cancellationToken).ConfigureAwait(false);
        var options = new StoreWorkerOptions { Times = Times };
        await using var scheduler = await StoreScheduler.CreateAsync(database, options, tasks: null, cancellationToken).ConfigureAwait(false);
        var jobs = new RunJobs(scheduler.Scheduler, database, Times);
        await StoreAsync(database, () => SubmitAsync(database, jobs, cancellationToken), cancellationToken).ConfigureAwait(false);
        var (gone, left, alone) = (0, 0, 0);
        for (; ; await Task.Delay(Times.Poll, cancellationToken).ConfigureAwait(false))
        {
            var there = TaskRuns.IsRun(_run.Path);
            if (there && reopen is not null && RunFolder.DigestOf(_run.Path) is { } plan && plan != _run.Digest)
            {
                // Its model was changed, so the run begins anew, under another name: the workers would look for the former one in vain.
                await RemoveAsync().ConfigureAwait(false);
                _run = reopen();
                _done.Clear();
                _stages = 0;
                await StoreAsync(database, () => SubmitAsync(database, jobs, cancellationToken), cancellationToken).ConfigureAwait(false);
            }

            if (there && Report(progress) && await TryFinishAsync().ConfigureAwait(false))
            {
                return true;
            }

            var state = await StoreAsync(database, () => database.StateOfAsync(_run.Digest, cancellationToken), cancellationToken).ConfigureAwait(false);
            if (!there && !state.IsRegistered)
            {
                return false;
            }

            if (there && state.Parked.Count > 0)
            {
                await RemoveAsync().ConfigureAwait(false);
                throw Failed(state.Parked[0]);
            }

            gone = there || state.Live.Count > 0 ? 0 : gone + 1;
            left = there && !state.IsRegistered ? left + 1 : 0;
            if (gone > Looks || left > Looks)
            {
                await RemoveAsync().ConfigureAwait(false);
                throw LegoNetException.BadInput(gone > Looks
                    ? $"{_run.Path}: the run directory is gone, but no worker of the store finished it; plan the run again."
                    : $"{_run.Path}: the run was taken out of the store, because somebody took it back or no worker sees this directory; submit it again.");
            }

            if (there && state is { IsRegistered: true, Live.Count: 0 })
            {
                await StoreAsync(database, () => jobs.AdvanceAsync(_run, cancellationToken), cancellationToken).ConfigureAwait(false);
            }

            alone = state.Workers > 0 ? 0 : alone + 1;
            if (alone == Looks)
            {
                note($"{address}: no worker is at this store; the run waits until one is started.");
            }
        }

        Task RemoveAsync() => StoreAsync(database, () => jobs.RemoveAsync(_run.Digest, cancellationToken), cancellationToken);

        async Task<bool> TryFinishAsync()
        {
            try
            {
                finish(_run);
            }
            catch (Exception e) when (IsOthers(e))
            {
                return false;
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                await RemoveAsync().ConfigureAwait(false);
                throw;
            }

            await RemoveAsync().ConfigureAwait(false);
            return true;
        }
    }

    private async Task SubmitAsync(StoreDatabase database, RunJobs jobs, CancellationToken cancellationToken)
    {
        var before = await database.StateOfAsync(_run.Digest, cancellationToken).ConfigureAwait(false);
        await jobs.RegisterAsync(_run, cancellationToken).ConfigureAwait(false);
        await jobs.UnparkAsync(_run.Digest, before.Parked, cancellationToken).ConfigureAwait(false);
        await jobs.AdvanceAsync(_run, cancellationToken).ConfigureAwait(false);
    }

    // Somebody else is finishing, or has finished under our hands, or a task has to be done again.
    private bool IsOthers(Exception e)
        => e is LegoNetException { Reason: LegoNetReason.Busy } || (e is not OperationCanceledException && !TaskRuns.IsRun(_run.Path));

    private LegoNetException Failed(int task) => LegoNetException.BadInput(
        _run.Failure(task) ?? (task == TaskTurn.Finish
            ? $"{_run.Path}: the run could not be finished; its workers say more."
            : $"{_run.Path}: task {task} was tried {Times.Tries} times, and each time its worker died or a file failed; its workers say more."));

    // Whether all is done. A stage is told of until it is done, and then once.
    private bool Report(IProgress<LegoNetProgress>? progress)
    {
        for (; _stages < _run.Stages.Count; _stages++)
        {
            var stage = _run.Stages[_stages];
            var tasks = Enumerable.Range(stage.First, stage.Count);
            _done.UnionWith(tasks.Where(task => !_done.Contains(task) && _run.IsDone(task)));
            var done = tasks.Count(_done.Contains);
            progress?.Report(new LegoNetProgress(stage.Name, done, stage.Count));
            if (done < stage.Count)
            {
                return false;
            }
        }

        return true;
    }

    private async Task StoreAsync(StoreDatabase database, Func<Task> action, CancellationToken cancellationToken)
        => await StoreAsync(
            database,
            async () =>
            {
                await action().ConfigureAwait(false);
                return true;
            },
            cancellationToken).ConfigureAwait(false);

    // PostgreSQL may be restarted under a run.
    private async Task<T> StoreAsync<T>(StoreDatabase database, Func<Task<T>> action, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                var result = await action().ConfigureAwait(false);
                database.Answered();
                return result;
            }
            catch (Exception e) when (!cancellationToken.IsCancellationRequested && (e is SchedulerException || StoreDatabase.IsOfTheStore(e)))
            {
                database.Lost(e.GetBaseException());
                await Task.Delay(Times.Poll, cancellationToken).ConfigureAwait(false);
            }
        }
    }
}
