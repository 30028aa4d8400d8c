using LegoNet.Files;
using LegoNet.Store;

namespace LegoNet.Runs;

/// <summary>
/// Keeps two processes from doing one task at a time. Only to save work: what a task makes is published once, whoever else is at it. The
/// operating system drops a claim when its holder dies, so no clock is asked whether one is stale.
/// </summary>
internal sealed class TaskClaim : IDisposable
{
    private readonly FileLock _lock;

    private TaskClaim(FileLock held) => _lock = held;

    /// <summary>Takes a task, or returns null while another process has it.</summary>
    public static TaskClaim? TryTake(RunPaths paths, ModelRun run, int task)
    {
        var path = paths.ClaimOn(task);
        if (FileLock.TryTake(path, exclusive: true, paths.Look) is not { } held)
        {
            return null;
        }

        FileLock.NoteHolder(path, run.Clock, paths.Look);
        return new TaskClaim(held);
    }

    /// <summary>Who has a task; null where nobody does.</summary>
    /// <param name="paths">The run.</param>
    /// <param name="files">File operations.</param>
    /// <param name="task">The task.</param>
    /// <param name="died">Who had it and died, or was killed; null where nobody did.</param>
    public static string? HolderOf(RunPaths paths, IFileLayer files, int task, out string? died)
    {
        died = null;
        var path = paths.ClaimOn(task);
        if (!files.FileExists(path))
        {
            return null;
        }

        var note = FileLock.ReadNote(path) ?? "a process that left no note";
        using var free = FileLock.TryTake(path, exclusive: false, paths.Look);
        if (free is null)
        {
            return note;
        }

        died = note;
        return null;
    }

    /// <summary>Who is at a run, whatever its plan says: of another version it cannot be read.</summary>
    public static IEnumerable<string> Holders(RunPaths paths, IFileLayer files)
    {
        var locks = files.DirectoryExists(paths.Claims) ? files.EnumerateFiles(paths.Claims).Select(Path.GetFileNameWithoutExtension).ToHashSet() : [];
        return locks.Select(name => int.TryParse(name, out var task) ? HolderOf(paths, files, task, out _) : null).OfType<string>();
    }

    public void Dispose() => _lock.Remove();
}
