using LegoNet.Audit;
using LegoNet.Caching;

namespace LegoNet.Tests.ModelCheck;

/// <summary>What happens to caches of encodings: they come, are moved away, another takes their place, and they come back.</summary>
internal sealed class CacheSteps(World world, Random random)
{
    // A disk that is mounted now and then, twice, and two places elsewhere.
    private const int Places = 4;

    private Reference Reference => world.Reference;

    /// <summary>Registers the cache at a place, which is made where none is there.</summary>
    public void Register()
    {
        var place = Place(random.Next(2));
        if (world.Caches.Find(c => c.Place == place) is not { } cache)
        {
            using var encoder = new TextEncoder(world.Definition.Spec.Dimension);
            EncodingCache.Open(place, encoder, world.CacheOptions()).Dispose();
            world.Caches.Add(cache = new CacheCopy(world.Caches.Count, place));
        }

        var model = world.Model(random);
        var entry = new CacheEntry(cache.Number, place);
        world.Say($"  cache {cache.Number} at {Path.GetFileName(place)}");
        if (Reference.WasDropped(cache.Number))
        {
            World.Refused(() => model.RegisterCache(place));
            return;
        }

        var isNew = !Reference.ListedCaches.Contains(entry);
        model.RegisterCache(place);
        if (isNew)
        {
            world.Note(model, Operations.Caches, new HashSet<Target>());
        }

        Reference.RegisterCache(entry);
    }

    /// <summary>Moves a cache to a place that is free.</summary>
    public void Move()
    {
        var place = Place(random.Next(Places));
        if (world.Caches.Count == 0 || world.Caches.Any(c => c.Place == place))
        {
            return;
        }

        var cache = world.Caches[random.Next(world.Caches.Count)];
        world.Say($"  cache {cache.Number} to {Path.GetFileName(place)}");
        Directory.Move(cache.Place, place);
        File.Move(cache.Place + ".key", place + ".key");
        cache.Place = place;
    }

    /// <summary>The model is copied without the list beside it: the ledger knows of the caches.</summary>
    public void LoseSettings()
    {
        world.Close();
        File.Delete(world.Path + ".run.json");
        Reference.CachesBeside.Clear();
    }

    private string Place(int number) => world[$"cache-{number}"];
}
