using System.Diagnostics;
using LegoNet.Files;

namespace LegoNet.Store;

/// <summary>The one writer of a directory (a model, or a cache of encodings), across processes. The operating system drops it when the holder dies.</summary>
internal sealed class WriterLock : IDisposable
{
    // A reader that finds the traces of a commit under way takes the lock for a moment to see whether its writer is alive; a writer
    // that comes just then is not to be refused for it.
    private const int Attempts = 20;
    private const int MillisecondsBetween = 10;

    private readonly FileLock _lock;

    private WriterLock(FileLock held) => _lock = held;

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
        var path = run.Paths.Lock(run.Files);
        if (FileLock.TryTake(path, exclusive: true) is not { } held)
        {
            return null;
        }

        using var process = Process.GetCurrentProcess();
        FileLock.WriteNote(
            path,
            $"process {Environment.ProcessId} ({process.ProcessName}) on {Environment.MachineName} since {run.Clock.GetUtcNow():yyyy-MM-dd HH:mm:ss}Z");
        return new WriterLock(held);
    }

    public void Dispose() => _lock.Dispose();

    private static string Holder(ModelRun run) => FileLock.ReadNote(run.Paths.Lock(run.Files)) ?? "holder unknown";
}
