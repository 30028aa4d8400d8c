using LegoNet.Cli.Tests.Support;

namespace LegoNet.Cli.Tests;

/// <summary>--cache: the same models, nothing encoded twice, and a forget reaches the cache too.</summary>
public sealed class CacheTests
{
    [Fact]
    public void TrainAddForget_WithCache_EncodeOnceAndPurge()
    {
        using var folder = new TempFolder();
        var points = Points.Draw(220);
        folder.Write("points.csv", Points.Csv(points[..150]));
        var spec = folder.Write("spec.json", Points.Spec());
        var more = folder.Write("more.csv", Points.Csv(points));
        var (key, cache) = (folder["one.key"], folder["cache"]);
        var (plain, first, second) = (folder["plain"], folder["first"], folder["second"]);
        string[] common = ["--key", key, "--threads", "2"], cached = [.. common, "--cache", cache, "--json"];

        Legonet.Run(["train", spec, "--out", plain, .. common]).Succeeds();
        Assert.Equal((0, 150), Counts(Legonet.Run(["train", spec, "--out", first, .. cached]).Succeeds()));
        Assert.Equal((150, 0), Counts(Legonet.Run(["train", spec, "--out", second, .. cached]).Succeeds()));
        Tree.AssertSameModel(plain, first);
        Tree.AssertSameModel(plain, second);
        Assert.Equal((150, 70), Counts(Legonet.Run(["add", first, "--data", more, .. cached]).Succeeds()));
        Assert.Equal(cache, (string?)Legonet.Run("inspect", first, "--key", key, "--json").Succeeds().Json["caches"]![0]);

        var owned = points.Count(p => p.Subject == points[0].Subject);
        Assert.Equal(owned, (int)Legonet.Run("forget", first, "--subject", points[0].Subject, "--key", key, "--json").Succeeds().Json["cachesPurged"]!);
        Assert.Equal((220 - owned, owned), Counts(Legonet.Run(["add", first, "--data", more, .. cached]).Succeeds()));

        static (int Hits, int Misses) Counts(ToolRun run) => ((int)run.Json["cache"]!["hits"]!, (int)run.Json["cache"]!["misses"]!);
    }
}
