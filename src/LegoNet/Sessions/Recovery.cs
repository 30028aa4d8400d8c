using LegoNet.Audit;
using LegoNet.Data.Files;
using LegoNet.Records;
using LegoNet.Store;
using Microsoft.Extensions.Logging;

namespace LegoNet.Sessions;

/// <summary>Finishes or undoes what a crash interrupted.</summary>
internal static class Recovery
{
    /// <summary>Before a model is read. Where the lock is not to be had, the state that the manifest names is read, and the next writer cleans up.</summary>
    public static void BeforeReading(ModelRun run)
    {
        if (!run.Files.DirectoryExists(run.Paths.Root) && run.Files.DirectoryExists(run.Paths.Replaced))
        {
            using var replacing = TryLock(run);
            if (replacing is not null)
            {
                Replacement.Finish(run);
            }
        }

        if (!IsInterrupted(run))
        {
            return;
        }

        // A marker with a live writer is just a commit under way, which readers may ignore.
        using var held = TryLock(run);
        if (held is not null && IsInterrupted(run))
        {
            // Where something has to be overwritten that others read now, the next writer waits for them; this reader need not.
            var shreds = Commit.MustShred(run.Paths, run.Files);
            using var alone = shreds ? ReadersLock.TryAlone(run, TimeSpan.Zero) : null;
            if (alone is not null || !shreds)
            {
                Recover(run);
            }
        }
    }

    /// <summary>Takes the writer's lock, and leaves nothing of an interrupted change or training.</summary>
    /// <exception cref="LegoNetException">Another process is writing, or a file is damaged.</exception>
    public static WriterLock Settle(ModelRun run)
    {
        var held = WriterLock.Acquire(run);
        try
        {
            if (IsInterrupted(run))
            {
                using var alone = Commit.MustShred(run.Paths, run.Files) ? ReadersLock.Alone(run) : null;
                Recover(run);
            }

            // A killed training may have left records under this name, if the model was moved here after it.
            Replacement.DeletePartial(run);
            return held;
        }
        catch
        {
            held.Dispose();
            throw;
        }
    }

    /// <summary>Whether a change was interrupted, or is under way now where the lock is not held.</summary>
    public static bool IsInterrupted(ModelRun run) => run.Files.FileExists(run.Paths.CommitMarker);

    /// <summary>Finishes or undoes an interrupted change. The caller holds the lock.</summary>
    public static void Recover(ModelRun run)
    {
        var bytes = ModelState.ReadManifest(run.Paths, run.Files);
        var manifest = Manifest.Parse(bytes, Manifest.FileName);
        var files = run.OpenFiles();
        var spec = FrozenParts.ReadSpec(manifest, files);
        using var store = new RecordStore(spec.Rows, manifest.Records, files, null);
        var named = manifest.Files().Select(f => f.File).Concat(store.Nodes().Select(n => n.File)).ToHashSet(StringComparer.Ordinal);
        var root = RootDigests.Of(manifest, Digests.Of(bytes));
        var from = Commit.StartedFrom(run.Paths, run.Files) ?? root;
        var made = from == root ? Commit.MadeIn(run.Paths, run.Files) : null;
        Commit.Recover(run.Paths, run.Files, ModelPaths.DataDirectories, named, entry => from == root && IsStale(entry, root), made);
        new Ledger(run.Paths, run.Files).RemovePruned();
        run.Logger.LogWarning("A change that a crash had interrupted was finished or undone.");
    }

    // A reader that must not write beside the model reads the state that the manifest names; to clean up is the next writer's.
    private static WriterLock? TryLock(ModelRun run)
    {
        try
        {
            return WriterLock.TryAcquire(run);
        }
        catch (LegoNetException)
        {
            return null;
        }
    }

    private static bool IsStale(byte[] entry, string root)
    {
        try
        {
            // An entry that starts elsewhere is of no change of this state, and not for recovery to judge.
            var parsed = LedgerEntry.Parse(entry, "ledger");
            return parsed.RootAfter != root && parsed.RootBefore == root;
        }
        catch (LegoNetException)
        {
            return true; // Cut by the crash, so written for a change whose manifest cannot have been replaced yet.
        }
    }
}
