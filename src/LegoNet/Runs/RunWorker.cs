namespace LegoNet.Runs;

/// <summary>Does the tasks of a run one after the other, beside others that do the same.</summary>
public static class RunWorker
{
    private const int ShortestWait = 20;
    private const int LongestWait = 500;

    /// <summary>Works until all tasks are done, or the run is gone, since somebody finished or purged it.</summary>
    /// <param name="run">The run.</param>
    /// <param name="progress">Receives progress.</param>
    /// <param name="cancellationToken">Cancels; what is done stays done.</param>
    /// <exception cref="LegoNetException">A task cannot be done; the message says why.</exception>
    public static void Work(ITaskRun run, IProgress<LegoNetProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(run);
        var wait = ShortestWait;
        while (OpenStage(run) is { } stage)
        {
            var did = false;
            for (var task = stage.First; task < stage.First + stage.Count; task++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (run.IsDone(task))
                {
                    continue;
                }

                var outcome = run.RunTask(task, progress, cancellationToken);
                did |= outcome is TaskOutcome.Done or TaskOutcome.DoneBefore;
                if (outcome == TaskOutcome.NotReady)
                {
                    break; // A task of an earlier stage has to be done again.
                }
            }

            if (did)
            {
                wait = ShortestWait;
                continue;
            }

            // Others are at what is left.
            cancellationToken.WaitHandle.WaitOne(wait);
            wait = Math.Min(2 * wait, LongestWait);
        }
    }

    /// <summary>The first stage that is not done; null where all are.</summary>
    private static RunStage? OpenStage(ITaskRun run)
        => run.Stages.FirstOrDefault(stage => !Enumerable.Range(stage.First, stage.Count).All(run.IsDone));
}
