using LegoNet.Audit;
using LegoNet.Caching;
using LegoNet.Store;

namespace LegoNet.Changes;

/// <summary>What a change does with the registered caches: it removes what goes from each of them, or gives one up and says so.</summary>
/// <param name="run">The model.</param>
/// <param name="registered">The caches that stay registered.</param>
/// <param name="dropped">The caches that are given up unpurged.</param>
internal sealed class CachePurge(ModelRun run, IReadOnlyList<CacheName> registered, IReadOnlyList<CacheName> dropped)
{
    public IReadOnlyList<CacheName> Registered => registered;

    public IReadOnlyList<CacheName> Dropped => dropped;

    /// <summary>Decides, before anything is changed.</summary>
    /// <param name="run">The model, and the caches that are to be dropped.</param>
    /// <param name="newest">The ledger's newest entry.</param>
    /// <param name="isNeeded">Whether something is to be removed from the caches.</param>
    /// <exception cref="LegoNetException">
    /// A registered cache is not there or is another, or one that is to be dropped is not registered or can be purged.
    /// </exception>
    public static CachePurge Plan(ModelRun run, LedgerHead newest, bool isNeeded)
    {
        var all = RegisteredCaches.Of(run, newest);
        CacheName[] dropped = [.. run.DropCaches.SelectMany(path => ToDrop(run, all, new ModelPaths(path).Root)).Distinct()];
        CacheName[] kept = [.. all.Except(dropped)];
        foreach (var cache in isNeeded ? kept : [])
        {
            EncodingCache.Require(run.At(new ModelPaths(cache.Path)), cache.Id);
        }

        return new CachePurge(run, kept, dropped);
    }

    /// <summary>Removes subjects or records from every cache that stays registered.</summary>
    /// <returns>Rows removed.</returns>
    /// <exception cref="LegoNetException">A cache cannot be purged.</exception>
    public long Remove(PurgeTargets targets)
        => targets.Count == 0 ? 0 : registered.Sum(cache => EncodingCache.Purge(run.At(new ModelPaths(cache.Path)), targets, cache.Id));

    private static CacheName[] ToDrop(ModelRun run, IReadOnlyList<CacheName> all, string path)
    {
        CacheName[] named = [.. all.Where(cache => cache.Path == path)];
        if (named.Length == 0)
        {
            var known = all.Count == 0 ? "none is" : "registered are " + string.Join(", ", all.Select(cache => cache.Path));
            throw LegoNetException.BadInput($"{path}: is not registered with this model, so it cannot be dropped ({known}).");
        }

        CacheName[] unreachable = [.. named.Where(cache => !EncodingCache.CanBePurged(run.At(new ModelPaths(path)), cache.Id))];
        return unreachable.Length > 0
            ? unreachable
            : throw LegoNetException.BadInput($"{path}: this cache of encodings is there and can be purged, so it is not dropped; nothing was changed.");
    }
}
