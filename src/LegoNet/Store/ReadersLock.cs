using System.Diagnostics;
using System.Text;
using LegoNet.Files;

namespace LegoNet.Store;

/// <summary>
/// Keeps mapped files from being overwritten under their readers. Whoever reads mapped record files without being the writer holds
/// the lock shared, for the moment of the read; a commit that overwrites what it unlinks holds it alone. The lock's file has a mark
/// that each such commit changes: views that were mapped under another mark may show overwritten bytes, though the manifest may be
/// the same again, and are dropped.
/// </summary>
internal sealed class ReadersLock : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan s_readersPatience = TimeSpan.FromSeconds(2);

    private readonly FileLock _lock;

    private ReadersLock(FileLock held) => _lock = held;

    /// <summary>Reads with others; null where that cannot be, and then only copies may be read.</summary>
    public static ReadersLock? TryShare(ModelRun run)
    {
        try
        {
            return Wait(run, exclusive: false, s_readersPatience);
        }
        catch (LegoNetException)
        {
            return null; // A model in a folder that must not be written to, say.
        }
    }

    /// <summary>Waits until nobody reads, and makes everybody drop what they have mapped.</summary>
    /// <exception cref="LegoNetException">Somebody reads for longer than the patience.</exception>
    public static ReadersLock Alone(ModelRun run) => TryAlone(run, s_patience)
        ?? throw LegoNetException.BadInput($"{run.Paths.Root}: another process is reading this model, and files it reads cannot be overwritten; "
            + "the model is as it was, try again when that process is done, or without shredding.",
            reason: LegoNetReason.Busy);

    /// <summary>As <see cref="Alone"/>, or null.</summary>
    public static ReadersLock? TryAlone(ModelRun run, TimeSpan patience)
    {
        if (Wait(run, exclusive: true, patience) is not { } held)
        {
            return null;
        }

        try
        {
            run.Files.WriteAllBytes(run.Paths.ReadersMark, Encoding.ASCII.GetBytes(Guid.NewGuid().ToString("n")), flush: false, run.Paths.Look);
            return held;
        }
        catch
        {
            held.Dispose();
            throw;
        }
    }

    /// <summary>What views must have been mapped under to be read now. The caller holds this lock or the writer's.</summary>
    public static string Mark(ModelRun run)
    {
        try
        {
            var mark = run.Paths.ReadersMark;
            return run.Files.FileExists(mark) ? Encoding.ASCII.GetString(run.Files.ReadAllBytes(mark)) : "";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Guid.NewGuid().ToString("n"); // Unknown, so like no other.
        }
    }

    public void Dispose() => _lock.Dispose();

    private static ReadersLock? Wait(ModelRun run, bool exclusive, TimeSpan patience)
    {
        var started = Stopwatch.GetTimestamp();
        while (true)
        {
            if (FileLock.TryTake(run.Paths.Readers, exclusive, run.Paths.Look) is { } held)
            {
                return new ReadersLock(held);
            }

            if (Stopwatch.GetElapsedTime(started) > patience)
            {
                return null;
            }

            Thread.Sleep(2);
        }
    }
}
