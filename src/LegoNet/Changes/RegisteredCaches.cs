using LegoNet.Caching;
using LegoNet.Records;
using LegoNet.Store;

namespace LegoNet.Changes;

/// <summary>The caches of encodings that hold a model's records, too. Their list is kept beside the model.</summary>
internal static class RegisteredCaches
{
    /// <summary>Full paths of the caches.</summary>
    /// <exception cref="LegoNetException">The list is there but cannot be read.</exception>
    public static IReadOnlyList<string> Of(ModelRun run) => RunSettings.Read(run.Paths, run.Files).Caches;

    /// <summary>The full path of a cache that exists.</summary>
    /// <exception cref="LegoNetException">There is no cache there.</exception>
    public static string Require(string path, ModelRun run)
    {
        var cache = new ModelPaths(path);
        _ = EncodingCacheManifest.Load(cache, run.Files);
        return cache.Root;
    }

    /// <summary>Registers caches under the name of a model that need not exist yet.</summary>
    public static void Register(ModelRun run, IReadOnlyList<string> caches)
    {
        string[] required = [.. caches.Select(cache => Require(cache, run))];
        if (required.Length > 0)
        {
            using var held = WriterLock.Acquire(run);
            Add(run, required);
        }
    }

    /// <summary>Adds to the list of caches. The caller holds the lock.</summary>
    public static void Add(ModelRun run, IReadOnlyList<string> caches)
    {
        var settings = RunSettings.Read(run.Paths, run.Files);
        string[] missing = [.. caches.Except(settings.Caches, StringComparer.Ordinal)];
        if (missing.Length > 0)
        {
            (settings with { Caches = [.. settings.Caches, .. missing] }).Save(run.Paths, run.Files);
        }
    }

    /// <summary>Removes subjects or records from every registered cache.</summary>
    /// <returns>Rows removed.</returns>
    /// <exception cref="LegoNetException">A cache cannot be purged.</exception>
    public static long Purge(ModelRun run, IReadOnlyCollection<ForgetTarget> targets)
        => targets.Count == 0 ? 0 : Of(run).Sum(cache => EncodingCache.Purge(run.At(new ModelPaths(cache)), targets));
}
