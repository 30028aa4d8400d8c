using LegoNet.Files;
using LegoNet.Store;

namespace LegoNet.Changes;

/// <summary>
/// Runs that are planned for a model, listed beside it. Their directories hold what comes from its records, so a change of the model has them
/// begin anew before it is acknowledged.
/// </summary>
internal static class RegisteredRuns
{
    /// <summary>Full paths of the run directories that are there, and of those that may come back with a disk that is not mounted.</summary>
    /// <exception cref="LegoNetException">The list is there but cannot be read.</exception>
    public static IReadOnlyList<string> Of(ModelRun run)
        => [.. RunSettings.Read(run.Paths, run.Files).Runs.Where(path => IsThere(path, run.Files) || IsOutOfReach(path, run.Files))];

    /// <summary>Whether neither a run directory nor the folder that it was in is there. Where only the directory is missing, the run is gone.</summary>
    public static bool IsOutOfReach(string path, IFileLayer files) => !files.DirectoryExists(path) && !files.DirectoryExists(Path.GetDirectoryName(path)!);

    /// <summary>What says that a run is out of reach.</summary>
    public static LegoNetException OutOfReach(string path) => LegoNetException.BadInput(
        $"{path}: this run is not there, nor is the folder that it was in, so what its tasks made cannot be removed and nothing was changed; mount its disk",
        reason: LegoNetReason.RunUnreachable);

    /// <summary>Refuses runs whose files would come back, with what is to be forgotten, when their disk is mounted.</summary>
    /// <exception cref="LegoNetException">A run is out of reach, or the file that it was writing when it was stopped.</exception>
    public static void RequireReachable(ModelRun run)
    {
        foreach (var path in Of(run))
        {
            if (IsOutOfReach(path, run.Files))
            {
                throw OutOfReach(path);
            }

            if (ScoreDraft.PathOf(new RunPaths(path), run.Files) is { } draft && IsOutOfReach(draft, run.Files))
            {
                throw LegoNetException.BadInput(
                    $"{draft}: its folder is not there, so a result that {path} may have begun cannot be removed and nothing was changed; "
                        + "mount its disk, or purge that run where it is lost for good.");
            }
        }
    }

    /// <summary>Adds a run to the list.</summary>
    /// <exception cref="LegoNetException">Another process is writing to the model.</exception>
    public static void Add(ModelRun run, string path) => Change(run, runs => [.. runs.Where(r => r != path), path]);

    /// <summary>Takes a run off the list.</summary>
    /// <exception cref="LegoNetException">Another process is writing to the model.</exception>
    public static void Remove(ModelRun run, string path) => Change(run, runs => [.. runs.Where(r => r != path)]);

    /// <summary>Has all runs that are there begin anew, but one. The caller is the writer.</summary>
    /// <param name="run">The model.</param>
    /// <param name="but">The run whose result is being committed; null for none.</param>
    /// <returns>Lets them: until then nothing that their tasks make is published. To be disposed when the change is durable, or given up.</returns>
    /// <exception cref="LegoNetException">A task that is being published keeps one from it.</exception>
    public static IDisposable BeginAnew(ModelRun run, string? but)
    {
        var closed = new ClosedRuns();
        try
        {
            foreach (var path in Of(run).Where(path => IsThere(path, run.Files)).Where(path => but is null || RealPath.Of(path) != RealPath.Of(but)))
            {
                closed.Add(RunGate.Close(new RunPaths(path), run.Files, run.Shred));
            }

            return closed;
        }
        catch
        {
            closed.Dispose();
            throw;
        }
    }

    private static bool IsThere(string path, IFileLayer files) => files.FileExists(new RunPaths(path).Plan);

    private static void Change(ModelRun run, Func<IReadOnlyList<string>, string[]> change)
    {
        var settings = RunSettings.Read(run.Paths, run.Files);
        if (change(settings.Runs).SequenceEqual(settings.Runs))
        {
            return;
        }

        using var held = WriterLock.Acquire(run);
        settings = RunSettings.Read(run.Paths, run.Files);
        settings = settings with { Runs = change(settings.Runs) };
        if (settings.IsEmpty)
        {
            run.Files.Delete(run.Paths.RunSettings); // As it was before the run.
        }
        else
        {
            settings.Save(run.Paths, run.Files);
        }
    }

    private sealed class ClosedRuns : IDisposable
    {
        private readonly List<IDisposable> _gates = [];

        public void Add(IDisposable gate) => _gates.Add(gate);

        public void Dispose()
        {
            foreach (var gate in _gates)
            {
                gate.Dispose();
            }
        }
    }
}
