using System.Globalization;

namespace LegoNet.Routing;

/// <summary>Tells when routing has failed: one adapter draws most records, so that a forget refits most of the model.</summary>
internal static class ShardBalance
{
    // With fewer adapters a shard of half the records is near enough to an even one.
    private const int FewestAdapters = 8;

    /// <summary>Counts routes.</summary>
    /// <param name="routes">Adapters of some records, [records, k].</param>
    /// <param name="shards">Records of each adapter, [n]; those of the routes are added.</param>
    public static void Count(ReadOnlySpan<ushort> routes, Span<long> shards)
    {
        foreach (var adapter in routes)
        {
            shards[adapter]++;
        }
    }

    /// <summary>What to say about shards that are too unequal; null where they are not.</summary>
    /// <param name="records">Records routed, N.</param>
    /// <param name="shards">Records of each adapter, [n].</param>
    /// <param name="active">Adapters that a record activates, k.</param>
    /// <returns>One sentence without its full stop.</returns>
    public static string? WhyUnequal(long records, IReadOnlyList<long> shards, int active)
    {
        var (n, largest) = (shards.Count, shards.Max());
        var even = records * (double)active / n;
        if (n < FewestAdapters || records < n || largest <= records / 2.0 || largest <= 2 * even)
        {
            return null;
        }

        var unequal = string.Create(CultureInfo.InvariantCulture, $"one adapter holds {largest:N0} of {records:N0} records where {even:N0} would be even");
        return unequal + ", so routing hardly tells them apart and a forget refits most of the model: standardise vectors by a calibration card, "
            + "declare ranges that the values fill evenly around their middle, take public keys, or train one adapter (n = 1)";
    }
}
