using LegoNet.Records;

namespace LegoNet.Caching;

/// <summary>What caches have to drop. Each has a tag key of its own, so who only has a model's tags cannot ask it.</summary>
/// <param name="count">Targets.</param>
/// <param name="under">The targets under the key of a cache of a name.</param>
internal sealed class PurgeTargets(int count, Func<string, TagKey, IReadOnlyList<TagTarget>> under)
{
    /// <summary>Nothing.</summary>
    public static PurgeTargets None { get; } = new(0, (_, _) => []);

    /// <summary>Targets, all told.</summary>
    public int Count => count;

    /// <summary>Targets that are known by name.</summary>
    public static PurgeTargets Of(IReadOnlyCollection<ForgetTarget> targets)
        => new(targets.Count, (_, key) => [.. targets.Select(target => TagTarget.Of(target, key))]);

    /// <summary>The targets as a cache knows them.</summary>
    /// <param name="cache">The cache's own name.</param>
    /// <param name="key">Its tag key.</param>
    public IReadOnlyList<TagTarget> Under(string cache, TagKey key) => under(cache, key);
}
