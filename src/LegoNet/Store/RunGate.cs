using System.Text;
using LegoNet.Files;

namespace LegoNet.Store;

/// <summary>
/// Has a run begin anew, with nothing left of what its tasks made: before a forget is acknowledged, say, of somebody whose records they read.
/// Tasks that are under way then publish nothing.
/// </summary>
internal static class RunGate
{
    private const int Attempts = 500;
    private const int MillisecondsBetween = 20;

    /// <summary>Enters to publish: until it is disposed, nobody has the run begin anew.</summary>
    /// <exception cref="LegoNetException">Somebody is just doing so, and goes on and on.</exception>
    public static IDisposable Enter(RunPaths paths) => Take(paths, exclusive: false);

    /// <summary>The run's epoch: whoever began in another one must not publish.</summary>
    public static string Epoch(RunPaths paths, IFileLayer files)
        => files.FileExists(paths.Epoch) ? Encoding.ASCII.GetString(files.ReadAllBytes(paths.Epoch)) : "";

    /// <summary>Removes all results of a run, durably.</summary>
    /// <param name="paths">The run.</param>
    /// <param name="files">File operations.</param>
    /// <param name="shred">Whether they are overwritten first.</param>
    /// <param name="then">Done with the gate closed, before anybody can begin again.</param>
    /// <exception cref="LegoNetException">A task that is being published keeps the gate.</exception>
    public static void BeginAnew(RunPaths paths, IFileLayer files, bool shred, Action? then = null)
    {
        using var gate = Take(paths, exclusive: true);
        files.WriteAllBytes(paths.Epoch, Encoding.ASCII.GetBytes(Guid.NewGuid().ToString("N")), flush: true, paths.Look);
        foreach (var folder in paths.Results.Where(files.DirectoryExists))
        {
            foreach (var file in files.EnumerateFiles(folder).ToArray())
            {
                Remove(file);
            }

            foreach (var draft in files.EnumerateDirectories(folder).ToArray())
            {
                foreach (var file in shred ? files.EnumerateFiles(draft).ToArray() : [])
                {
                    files.Overwrite(file);
                }

                files.DeleteDirectory(draft);
            }

            files.FlushDirectory(folder);
        }

        then?.Invoke();

        void Remove(string file)
        {
            if (shred)
            {
                files.Overwrite(file);
            }

            files.Delete(file);
        }
    }

    private static FileLock Take(RunPaths paths, bool exclusive)
    {
        for (var attempt = 1; attempt < Attempts; attempt++)
        {
            if (FileLock.TryTake(paths.Gate, exclusive, paths.Look) is { } held)
            {
                return held;
            }

            Thread.Sleep(MillisecondsBetween);
        }

        throw LegoNetException.BadInput(
            $"{paths.Root}: another process is publishing a task of this run, or has the run begin anew; try again when it is done.",
            reason: LegoNetReason.Busy);
    }
}
