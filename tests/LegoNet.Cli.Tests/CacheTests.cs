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

    [Fact]
    public void Forget_CacheMovedAway_IsRefusedAndDropCacheGoesOn()
    {
        using var folder = new TempFolder();
        var points = Points.Draw(60);
        folder.Write("points.csv", Points.Csv(points));
        var (model, cache, away) = (folder["model"], folder["cache"], folder["away"]);
        var spec = folder.Write("spec.json", Points.Spec());
        Legonet.Run("train", spec, "--out", model, "--cache", cache).Succeeds();
        Directory.Move(cache, away);
        File.Delete(model + ".run.json"); // The model knows of its caches without it.

        string[] forget = ["forget", model, "--subject", points[0].Subject];
        var refused = Legonet.Refuses(3, forget);
        Assert.Contains($"{cache}: this cache of encodings is registered with the model and is not there", refused, StringComparison.Ordinal);
        Assert.Contains("--drop-cache", refused, StringComparison.Ordinal);

        var receipt = Legonet.Run([.. forget, "--drop-cache", cache, "--json"]).Succeeds().Json;
        Assert.Equal(cache, (string?)Assert.Single(receipt["droppedCaches"]!.AsArray()));
        Assert.Contains($"dropped without being purged: {cache}", Legonet.Run("ledger", "list", model).Succeeds().Output, StringComparison.Ordinal);
        var entry = Legonet.Run("ledger", "list", model, "--json").Succeeds().Json["entries"]!.AsArray()[^1]!;
        Assert.Equal(cache, (string?)Assert.Single(entry["droppedCaches"]!.AsArray()));

        Directory.Move(away, cache);
        refused = Legonet.Refuses(3, "add", model, "--data", folder["points.csv"], "--cache", cache);
        Assert.Contains("was dropped from the model before", refused, StringComparison.Ordinal);
        refused = Legonet.Refuses(3, "forget", model, "--subject", points[^1].Subject, "--drop-cache", cache);
        Assert.Contains("is not registered", refused, StringComparison.Ordinal);
    }

    [Fact]
    public void Forget_KeyOfTheCacheIsMissing_SaysSoAndNotThatTheModelsKeyIs()
    {
        using var folder = new TempFolder();
        folder.Write("points.csv", Points.Csv(Points.Draw(60)));
        var (model, cache) = (folder["model"], folder["cache"]);
        var spec = folder.Write("spec.json", Points.Spec());
        Legonet.Run("train", spec, "--out", model, "--cache", cache).Succeeds();
        File.Delete(cache + ".key");
        var refused = Legonet.Refuses(3, "forget", model, "--subject", Points.Draw(60)[0].Subject);
        Assert.Contains($"{cache}.key: the tag key of this cache of encodings cannot be read", refused, StringComparison.Ordinal);
        Assert.Contains("drop it with --drop-cache", refused, StringComparison.Ordinal);
        refused = Legonet.Refuses(3, "add", model, "--data", folder["points.csv"], "--cache", cache);
        Assert.Contains("put it back, or name another directory for a new cache", refused, StringComparison.Ordinal);
        Assert.DoesNotContain("--key", refused, StringComparison.Ordinal);
    }
}
