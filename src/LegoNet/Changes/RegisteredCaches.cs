using LegoNet.Audit;
using LegoNet.Caching;
using LegoNet.Sessions;
using LegoNet.Store;

namespace LegoNet.Changes;

/// <summary>
/// The caches of encodings that hold a model's records, too. The ledger's newest entry lists them, so that a model knows of them
/// wherever it is; the settings beside it list those that are registered before there is a model.
/// </summary>
internal static class RegisteredCaches
{
    /// <summary>The registered caches.</summary>
    /// <param name="run">The model.</param>
    /// <param name="newest">The ledger's newest entry; null where there is no model yet.</param>
    /// <exception cref="LegoNetException">The settings are there but cannot be read, or an entry of the ledger is malformed.</exception>
    public static IReadOnlyList<CacheName> Of(ModelRun run, LedgerHead? newest)
    {
        var beside = RunSettings.Read(run.Paths, run.Files).Caches;
        var listed = (newest?.Entry.Caches ?? []).Select(cache => beside.FirstOrDefault(b => b.Id == cache.Id) ?? cache).ToArray();
        var others = beside.Where(cache => listed.All(l => l.Id != cache.Id)).ToArray();
        return newest is null || others.Length == 0 ? [.. listed, .. others] : [.. listed, .. others.Where(cache => !WasDropped(run, cache))];
    }

    /// <summary>The name of a cache that exists.</summary>
    /// <exception cref="LegoNetException">There is no cache there, or it was dropped from this model.</exception>
    public static CacheName Require(string path, ModelRun run)
    {
        var place = new ModelPaths(path);
        var cache = new CacheName(EncodingCacheManifest.Load(place, run.Files).Id, place.Root);
        return !WasDropped(run, cache) ? cache : throw LegoNetException.BadInput(
            $"{cache.Path}: this cache of encodings was dropped from the model before, so it may hold what was forgotten; delete it and begin a new one.");
    }

    /// <summary>Registers caches under the name of a model that need not exist yet.</summary>
    public static void Register(ModelRun run, IReadOnlyList<string> caches)
    {
        CacheName[] required = [.. caches.Select(cache => Require(cache, run))];
        if (required.Length > 0)
        {
            using var held = WriterLock.Acquire(run);
            Add(run, required);
        }
    }

    /// <summary>Registers a cache with a model that exists, in an entry of its ledger. The caller is the writer.</summary>
    public static void Register(ModelSession session, CacheName cache)
    {
        var (run, head) = (session.Run, session.RequireHead());
        if (!head.Entry.Caches.Contains(cache))
        {
            CacheName[] all = [.. Of(run, head).Where(c => c.Id != cache.Id), cache];
            LedgerCommit.Append(session, head, Operations.Caches, entry => entry with { Caches = all }, session.SigningKeyAfter(head));
        }

        Add(run, [cache]);
    }

    /// <summary>Adds to the list beside a model; a cache that is known has another place now. The caller holds the lock.</summary>
    public static void Add(ModelRun run, IReadOnlyList<CacheName> caches)
        => Change(run, known => [.. known.Select(k => caches.FirstOrDefault(c => c.Id == k.Id) ?? k), .. caches.Where(c => known.All(k => k.Id != c.Id))]);

    /// <summary>
    /// Takes caches that the ledger says are dropped from the list beside a model. The caller holds the lock. The change is durable by
    /// then, and what stays listed is passed over, so a failure is none of the change's.
    /// </summary>
    public static void Remove(ModelRun run, IReadOnlyList<CacheName> dropped)
    {
        try
        {
            if (dropped.Count > 0)
            {
                Change(run, known => [.. known.Where(k => dropped.All(d => d.Id != k.Id))]);
            }
        }
        catch (Exception e) when (e is LegoNetException or IOException or UnauthorizedAccessException)
        {
        }
    }

    private static void Change(ModelRun run, Func<IReadOnlyList<CacheName>, CacheName[]> change)
    {
        var settings = RunSettings.Read(run.Paths, run.Files);
        var after = change(settings.Caches);
        if (!after.SequenceEqual(settings.Caches))
        {
            (settings with { Caches = after }).Save(run.Paths, run.Files);
        }
    }

    private static bool WasDropped(ModelRun run, CacheName cache)
        => new Ledger(run.Paths, run.Files).Entries().Any(entry => entry.Entry.DroppedCaches.Any(dropped => dropped.Id == cache.Id));
}
