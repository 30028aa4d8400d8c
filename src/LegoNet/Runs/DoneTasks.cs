using LegoNet.Common;
using LegoNet.Files;
using LegoNet.Store;
using Microsoft.Extensions.Logging;

namespace LegoNet.Runs;

/// <summary>Which tasks of a run are done; and undone again, where what they made is lost or altered.</summary>
/// <param name="run">The run.</param>
internal sealed class DoneTasks(TaskRun run)
{
    // A task whose files are lost more often than that loses them to a disk that nobody can work on.
    private const int MostUndone = 5;

    private readonly HashSet<int> _done = [];
    private readonly Dictionary<int, int> _undone = [];
    private readonly Lock _gate = new();

    private RunPaths Paths => run.Paths;

    private IFileLayer Files => run.Files;

    /// <summary>Whether a task's record is there, or was when somebody asked before.</summary>
    public bool Has(int task)
    {
        lock (_gate)
        {
            if (_done.Contains(task))
            {
                return true;
            }
        }

        var done = Files.FileExists(Paths.DoneBy(task)) || run.IsGoing;
        if (done)
        {
            lock (_gate)
            {
                _done.Add(task);
            }
        }

        return done;
    }

    /// <summary>Whether a task is done and its files are there, as long as they were. One whose are not is undone.</summary>
    public bool HasWhole(int task)
    {
        if (!Has(task))
        {
            return false;
        }

        try
        {
            if (run.ResultOf(task).Files.All(f => Files.FileExists(Paths.File(f.Name)) && Files.Length(Paths.File(f.Name)) == f.Bytes))
            {
                return true;
            }
        }
        catch (LostTaskException lost)
        {
            Undo(lost);
            return false;
        }

        Undo(task);
        return false;
    }

    /// <summary>
    /// Requires that all tasks are done. Everything is read once more: other machines wrote it, and people rely on the model that it becomes.
    /// </summary>
    /// <exception cref="LegoNetException">A task is not done.</exception>
    public void RequireAll(CancellationToken cancellationToken)
    {
        for (var task = 0; task < run.Tasks; task++)
        {
            Require(task, HasWhole(task)); // The first one is named.
        }

        InParallel.ForEach(Enumerable.Range(0, run.Tasks), run.Model.Threads, task => Require(task, IsIntact(task)), cancellationToken);

        void Require(int task, bool isDone)
        {
            if (!isDone)
            {
                throw LegoNetException.BadInput(
                    $"{run.Path}: task {task} ({run.StageOf(task).Name}) is not done, so the run cannot be finished; do what is left first.",
                    reason: LegoNetReason.Busy);
            }
        }
    }

    /// <summary>Has a task done again.</summary>
    public void Undo(LostTaskException lost)
    {
        run.Model.Logger.LogWarning("{Why} Task {Task} is done again.", lost.Message, lost.Task);
        Undo(lost.Task);
    }

    private void Undo(int task)
    {
        run.RequireCurrent();
        Files.Delete(Paths.DoneBy(task));
        lock (_gate)
        {
            _done.Remove(task);
            _undone[task] = _undone.GetValueOrDefault(task) + 1;
            if (_undone[task] > MostUndone)
            {
                throw LegoNetException.Damaged(
                    $"{run.Path}: what task {task} ({run.StageOf(task).Name}) makes was lost or altered {_undone[task]} times; "
                    + "look at the disk that the run directory is on.");
            }
        }
    }

    private bool IsIntact(int task)
    {
        try
        {
            foreach (var file in run.ResultOf(task).Files.Where(f => f.NameInModel is not null))
            {
                using IDisposable view = run.View(task, file);
            }

            return true;
        }
        catch (LostTaskException lost)
        {
            Undo(lost);
            return false;
        }
    }
}
