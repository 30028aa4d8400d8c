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

    /// <summary>Removes all results of a run, durably, and keeps the gate closed.</summary>
    /// <param name="paths">The run.</param>
    /// <param name="files">File operations.</param>
    /// <param name="shred">Whether they are overwritten first.</param>
    /// <returns>
    /// Opens the gate, in yet another epoch: what a task begins meanwhile, which may read what is just being forgotten, is not published either.
    /// </returns>
    /// <exception cref="LegoNetException">A task that is being published keeps the gate.</exception>
    public static IDisposable Close(RunPaths paths, IFileLayer files, bool shred)
    {
        var gate = Take(paths, exclusive: true);
        try
        {
            Empty(paths, files, shred);
            return new Closed(gate, () => NewEpoch(paths, files));
        }
        catch
        {
            gate.Dispose();
            throw;
        }
    }

    /// <summary>Removes all results of a run, durably, if it is still the run that is meant.</summary>
    /// <param name="paths">The run.</param>
    /// <param name="files">File operations.</param>
    /// <param name="shred">Whether they are overwritten first.</param>
    /// <param name="isMeant">Asked with the gate closed: whether somebody else had the run begin anew before.</param>
    /// <param name="then">Done with the gate closed, before anybody can begin again.</param>
    /// <exception cref="LegoNetException">A task that is being published keeps the gate.</exception>
    public static void BeginAnew(RunPaths paths, IFileLayer files, bool shred, Func<bool> isMeant, Action then)
    {
        using var gate = Take(paths, exclusive: true);
        if (isMeant())
        {
            Empty(paths, files, shred);
            then();
        }
    }

    private static void Empty(RunPaths paths, IFileLayer files, bool shred)
    {
        NewEpoch(paths, files);
        ScoreDraft.Remove(paths, files, shred);

        // What a training set aside is needed until the model has its name, and then by nobody.
        var folders = files.DirectoryExists(paths.Model) ? paths.Results : [.. paths.Results, paths.Others];
        foreach (var folder in folders.Where(files.DirectoryExists))
        {
            foreach (var file in files.EnumerateFiles(folder).ToArray())
            {
                Remove(file);
            }

            foreach (var draft in files.EnumerateDirectories(folder).ToArray())
            {
                // Under another name first: whoever writes into it finds it gone.
                var gone = Path.Combine(folder, Guid.NewGuid().ToString("N"));
                try
                {
                    files.RenameDirectory(draft, gone);
                }
                catch (DirectoryNotFoundException)
                {
                    continue; // Its task has just ended.
                }

                foreach (var file in shred ? files.EnumerateFiles(gone).ToArray() : [])
                {
                    files.Overwrite(file);
                }

                files.DeleteDirectory(gone);
            }

            files.FlushDirectory(folder);
        }

        void Remove(string file)
        {
            if (shred)
            {
                files.Overwrite(file);
            }

            files.Delete(file);
        }
    }

    private static void NewEpoch(RunPaths paths, IFileLayer files)
        => files.WriteAllBytes(paths.Epoch, Encoding.ASCII.GetBytes(Guid.NewGuid().ToString("N")), flush: true, paths.Look);

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

    private sealed class Closed(FileLock gate, Action open) : IDisposable
    {
        public void Dispose()
        {
            try
            {
                open();
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // The change is made by then. A task of the former state finds other files than it knows, or the finish another root.
            }
            finally
            {
                gate.Dispose();
            }
        }
    }
}
