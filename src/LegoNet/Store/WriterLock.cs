using LegoNet.Files;

namespace LegoNet.Store;

/// <summary>The one writer of a directory (a model, or a cache of encodings), across processes. The operating system drops it when the holder dies.</summary>
internal sealed class WriterLock : IDisposable
{
    // A reader that finds the traces of a commit under way takes the lock for a moment to see whether its writer is alive; a writer
    // that comes just then is not to be refused for it.
    private const int Attempts = 20;
    private const int MillisecondsBetween = 10;

    private readonly ModelRun _run;
    private readonly FileLock _lock;
    private readonly IReadOnlyList<string> _made;

    private WriterLock(ModelRun run, FileLock held, IReadOnlyList<string> made)
    {
        _run = run;
        _lock = held;
        _made = made;
    }

    /// <summary>What must not be collected while the lock is held: whoever removes a model's files with the model would do so under its writer.</summary>
    public object? Owner { get; set; }

    /// <summary>Takes the lock, or says who holds it.</summary>
    /// <exception cref="LegoNetException">Another writer holds the lock, or it cannot be taken at all.</exception>
    public static WriterLock Acquire(ModelRun run, string kind = "model")
    {
        for (var attempt = 1; attempt < Attempts; attempt++)
        {
            if (TryAcquire(run) is { } held)
            {
                return held;
            }

            Thread.Sleep(MillisecondsBetween);
        }

        return TryAcquire(run) ?? throw LegoNetException.BadInput(
            $"{run.Paths.Root}: another process is writing to this {kind} ({Holder(run)}); try again when it is done.",
            reason: LegoNetReason.Busy);
    }

    /// <summary>Takes the lock, or returns null when another writer holds it.</summary>
    /// <exception cref="LegoNetException">The lock's file cannot be opened, or the file system has no locks.</exception>
    public static WriterLock? TryAcquire(ModelRun run)
    {
        var path = run.Paths.Lock;
        var made = MakeFolders(run);
        if (FileLock.TryTake(path, exclusive: true, run.Paths.Look) is not { } held)
        {
            return null;
        }

        FileLock.NoteHolder(path, run.Clock, run.Paths.Look);
        return new WriterLock(run, held, made);
    }

    /// <summary>Lets others write. Where nothing was made of what the lock was taken for, nothing of it stays.</summary>
    public void Dispose()
    {
        var (paths, files) = (_run.Paths, _run.Files);
        if (files.DirectoryExists(paths.Root) || files.DirectoryExists(paths.Partial) || files.DirectoryExists(paths.Replaced))
        {
            _lock.Dispose();
            return;
        }

        _lock.Remove();
        foreach (var folder in _made)
        {
            files.DeleteIfEmpty(folder);
        }
    }

    // A model is as durable as the names of all folders on the way to it. The deepest one comes first.
    private static List<string> MakeFolders(ModelRun run)
    {
        var missing = new List<string>();
        for (var folder = Path.GetDirectoryName(run.Paths.Lock)!; !run.Files.DirectoryExists(folder); folder = Path.GetDirectoryName(folder)!)
        {
            missing.Add(folder);
        }

        try
        {
            foreach (var folder in missing.AsEnumerable().Reverse())
            {
                run.Files.CreateDirectory(folder);
                run.Files.FlushDirectory(Path.GetDirectoryName(folder)!);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw LegoNetException.BadInput($"{missing[0]}: cannot be created ({LegoNetException.Cause(e)}).", e);
        }

        return missing;
    }

    private static string Holder(ModelRun run) => FileLock.ReadNote(run.Paths.Lock) ?? "holder unknown";
}
