namespace LegoNet.Runs;

/// <summary>
/// A run as whoever schedules it sees it: numbered tasks in stages, each of which can be done any number of times, by any process that sees
/// the run directory, and one finish. Which tasks there are is known from the beginning.
/// </summary>
public interface ITaskRun
{
    /// <summary>The run directory's full path.</summary>
    string Path { get; }

    /// <summary>SHA-256 of the plan, in hex: the run's name for everybody.</summary>
    string Digest { get; }

    /// <summary>The stages in their order. Task numbers go on from stage to stage, from 0.</summary>
    IReadOnlyList<RunStage> Stages { get; }

    /// <summary>Whether a task is done, and what it made is there.</summary>
    bool IsDone(int task);

    /// <summary>The sentence with which a task failed when it was last tried, on whichever machine; null where it did not, or could not say so.</summary>
    string? Failure(int task);

    /// <summary>Runs a task. Running it again, or twice at a time, changes nothing.</summary>
    /// <param name="task">Its number.</param>
    /// <param name="progress">Receives progress.</param>
    /// <param name="cancellationToken">Cancels; nothing is published.</param>
    /// <exception cref="LegoNetException">The task cannot be done, here or anywhere; the message says why.</exception>
    /// <exception cref="IOException">A file could not be read or written; trying again may help.</exception>
    TaskOutcome RunTask(int task, IProgress<LegoNetProgress>? progress = null, CancellationToken cancellationToken = default);

    /// <summary>Commits what the tasks made, and removes the run directory. An attempt that was interrupted is gone on with.</summary>
    /// <param name="progress">Receives progress.</param>
    /// <param name="cancellationToken">Cancels; nothing is committed.</param>
    /// <returns>What came of the run.</returns>
    /// <exception cref="LegoNetException">A task is not done yet, or the result cannot be committed.</exception>
    RunResult Finish(IProgress<LegoNetProgress>? progress = null, CancellationToken cancellationToken = default);
}
