using LegoNet.Adapters;
using LegoNet.TestHost;

namespace LegoNet.Tests.Adapters;

/// <summary>What every trainer whose adapters are exact must keep.</summary>
internal static class SameBytes
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static void AssertOrderAndThreads(DrawnShard rows, string adapter)
    {
        var trainer = FitCases.Trainer(adapter, rows.Labels, rows.Dimension);
        var expected = trainer.Fit(rows.ToShard(), new FitSettings(1), Token).Adapter;
        int[] order = [.. Enumerable.Range(0, rows.Codes.Length)];
        foreach (var threads in (int[])[1, 2, 3])
        {
            new Random(threads).Shuffle(order);
            Assert.Equal(expected, trainer.Fit(rows.ToShard(order), new FitSettings((ulong)threads, threads), Token).Adapter);
        }
    }

    /// <summary>From sums over all rows but the last few, rows go and come in several steps.</summary>
    public static void AssertUpdates(DrawnShard rows, string adapter)
    {
        var trainer = FitCases.Trainer(adapter, rows.Labels, rows.Dimension);
        var count = rows.Codes.Length;
        int[] held = [.. Enumerable.Range(0, count - 20)];
        var fitted = trainer.Fit(rows.Only(held).ToShard(), new FitSettings(1), Token);
        foreach (var (gone, come) in ((int[], int[])[])[([3], []), ([], [count - 1, count - 2]), ([0, 7, 30], [count - 5, 3]), ([.. held[40..60]], [])])
        {
            held = [.. held.Except(gone), .. come];
            Assert.True(trainer.UsesSums(held.Length, rows.Dimension));
            var after = rows.Only(held);
            var change = new ShardChange(rows.Only(gone).ToShard(), rows.Only(come).ToShard(), held.Length, () => after.ToShard());
            fitted = trainer.Update(fitted.Sums!, change, new FitSettings(1, 2), Token);
            var fresh = trainer.Fit(after.ToShard(), new FitSettings(1), Token);
            Assert.Equal(fresh.Adapter, fitted.Adapter);
            Assert.Equal(fresh.Sums!.Keys.Order(), fitted.Sums!.Keys.Order());
            Assert.All(fresh.Sums, sum => Assert.Equal(sum.Value, fitted.Sums[sum.Key]));
        }
    }
}
