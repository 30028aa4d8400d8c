using System.Text;
using LegoNet.Tests.Support;

namespace LegoNet.Tests.ModelCheck;

/// <summary>Compares a model with the reference of it.</summary>
internal sealed class Comparison(World world, Random random)
{
    private Reference Reference => world.Reference;

    /// <summary>After every step.</summary>
    public void Quickly()
    {
        var model = world.Model(random);
        model.Reload();
        Assert.Null(model.WhyNotVouchedFor);
        Assert.Equal(Reference.Ledger.Select(l => l.Digest), model.History.Entries().Select(e => e.Digest));
        Assert.Equal((Reference.Root, Reference.Records.Count), (model.RootDigest, (int)model.RecordCount));
        var expected = Reference.Records.Select(r => Describe(Names.Tag(new Target(r.Key.Subject, r.Key.Id)), r.Value.Label, CodeOf(r.Key, r.Value)));
        Assert.Equal(
            expected.Order(StringComparer.Ordinal),
            model.ReadRecords().Select(r => Describe($"{r.SubjectTag}:{r.RecordTag}", r.Label, r.Code.ToArray())).Order(StringComparer.Ordinal));

        var subject = random.Next(Names.Subjects);
        var stored = Reference.Records.Where(r => r.Key.Subject == subject).ToArray();
        Assert.Equal(
            stored.Select(r => r.Value.Label).Order(StringComparer.Ordinal),
            model.Inspect(Names.Subject(subject, random)).Records.Select(r => r.Label).Order(StringComparer.Ordinal));
        Assert.Equal(stored.Length, model.Forecast([Names.Request(new Target(subject, null), random)], ignoreUnknown: true).Records);
        Assert.Equal(Reference.Caches.Select(c => c.Place).Order(StringComparer.Ordinal), model.RegisteredCaches.Order(StringComparer.Ordinal));
        foreach (var cache in world.Caches)
        {
            Assert.Equal(cache.Rows.Count(r => r.Subject == subject), world.CountCached(cache, new Target(subject, null)));
        }
    }

    /// <summary>The directory is, byte for byte, that of a model trained on what is stored, and no name is in it.</summary>
    public void Thoroughly()
    {
        var model = world.Model(random);
        model.Reload();
        var report = model.Verify();
        Assert.True(report.IsExact, string.Join('\n', report.Damage.Concat(report.Differences)));
        Assert.Equal((Reference.Ledger.Count, true), (report.LedgerEntries, report.SignaturesChecked));
        if (Reference.Records.Count > 0)
        {
            var options = world.Options(replace: true);
            options.TagKeyPath = world.Path + ".key";
            using var fresh = LegoNetModel.Train(world["fresh"], world.Definition, world.Encoded(Reference.Records.Keys, random), options);
            Assert.Equal(fresh.RootDigest, model.RootDigest);
            Tree.AssertSameModel(fresh.Path, world.Path);
        }

        byte[][] names = [.. Names.Stored.Select(Encoding.UTF8.GetBytes)];
        foreach (var file in Directory.EnumerateFiles(world.Path, "*", SearchOption.AllDirectories))
        {
            var bytes = File.ReadAllBytes(file);
            Assert.All(names, name => Assert.True(bytes.AsSpan().IndexOf(name) < 0, $"{file} has a name in plain text"));
        }
    }

    private sbyte[] CodeOf(Identity record, Content content)
        => TextEncoder.CodeOf(World.TextOf(record, content), world.Definition.Spec.Dimension);

    private static string Describe(string tag, string label, sbyte[] code) => $"{tag} {label} {string.Join(',', code)}";
}
