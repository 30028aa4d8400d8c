using System.Diagnostics;

namespace LegoNet.Storage;

/// <summary>The one writer of a directory (a model, or a cache of encodings), across processes. The operating system drops it when the holder dies.</summary>
internal sealed class WriterLock : IDisposable
{
    // A reader that finds the traces of a commit under way takes the lock for a moment to see whether its writer is alive; a writer
    // that comes just then is not to be refused for it.
    private const int Attempts = 20;
    private const int MillisecondsBetween = 10;

    private readonly FileStream _stream;

    private WriterLock(FileStream stream) => _stream = stream;

    /// <summary>What must not be collected while the lock is held: whoever removes a model's files with the model would do so under its writer.</summary>
    public object? Owner { get; set; }

    /// <summary>Takes the lock, or says who holds it.</summary>
    /// <exception cref="LegoNetException">Another writer holds the lock.</exception>
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
    public static WriterLock? TryAcquire(ModelPaths paths, TimeProvider time)
    {
        FileStream stream;
        try
        {
            stream = new FileStream(paths.Lock, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, 1, FileOptions.None);
        }
        catch (IOException) when (File.Exists(paths.Lock))
        {
            return null;
        }
        catch (UnauthorizedAccessException)
        {
            return null;
        }

        try
        {
            using var process = Process.GetCurrentProcess();
            var text = $"process {Environment.ProcessId} ({process.ProcessName}) on {Environment.MachineName} since {time.GetUtcNow():yyyy-MM-dd HH:mm:ss}Z";
            File.WriteAllText(paths.Lock + ".holder", text);
        }
        catch (IOException)
        {
            // The note only serves messages; a full disk must not keep the lock from whoever would free space.
        }

        return new WriterLock(stream);
    }

    public void Dispose()
    {
        // The files stay: unlinking a lock file would let two writers hold locks on two different files of one name.
        _stream.Dispose();
    }

    private static string Holder(ModelPaths paths)
    {
        try
        {
            return File.ReadAllText(paths.Lock + ".holder");
        }
        catch (IOException)
        {
            return "holder unknown";
        }
    }
}
