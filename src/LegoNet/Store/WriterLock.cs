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
    public static WriterLock Acquire(ModelPaths paths, TimeProvider time, string kind = "model")
    {
        for (var attempt = 1; attempt < Attempts; attempt++)
        {
            if (TryAcquire(paths, time) is { } held)
            {
                return held;
            }

            Thread.Sleep(MillisecondsBetween);
        }

        return TryAcquire(paths, time) ?? throw LegoNetException.BadInput($"{paths.Root}: another process is writing to this {kind} ({Holder(paths)}); try again when it is done.");
    }

    /// <summary>Takes the lock, or returns null when another writer holds it.</summary>
    /// <exception cref="LegoNetException">The lock's file cannot be opened, or the file system has no locks.</exception>
    public static WriterLock? TryAcquire(ModelPaths paths, TimeProvider time)
    {
        if (FileLock.TryTake(paths.Lock, exclusive: true) is not { } held)
        {
            return null;
        }

        try
        {
            using var process = Process.GetCurrentProcess();
            var text = $"process {Environment.ProcessId} ({process.ProcessName}) on {Environment.MachineName} since {time.GetUtcNow():yyyy-MM-dd HH:mm:ss}Z";
            File.WriteAllText(paths.Lock + ".holder", text);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The note only serves messages; a full disk must not keep the lock from whoever would free space.
        }

        return new WriterLock(held);
    }

    public void Dispose() => _lock.Dispose();

    private static string Holder(ModelPaths paths)
    {
        try
        {
            return File.ReadAllText(paths.Lock + ".holder");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "holder unknown";
        }
    }
}
