using System.Runtime.InteropServices;
using LegoNet.Adapters;
using LegoNet.Data.Files;
using LegoNet.Files;
using LegoNet.Records;
using LegoNet.Specs;
using LegoNet.Store;
using LegoNet.Tests.Support;
using LegoNet.Verification;

namespace LegoNet.Tests.Verification;

public sealed class VerifierTests : IDisposable
{
    private static readonly ModelDefinition s_definition = Models.Definition(segmentRows: 8);

    private readonly TempFolder _folder = new();
    private readonly string _model;
    private readonly Tampering _tampering;

    public VerifierTests()
    {
        _model = _folder["model"];
        var records = Enumerable.Range(0, 40).Select(i => Models.Record(s_definition.Spec, i / 3, i % 3));
        LegoNetModel.Train(_model, s_definition, records, Options()).Dispose();
        _tampering = new Tampering(_model, TagKey.Load(_folder["key"]));
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Verify_UntouchedModel_IsExact()
    {
        var report = Verify();
        Assert.True(report.IsExact);
        Assert.Equal(40, report.Records);
        Assert.Equal(s_definition.Spec.Adapters, report.Adapters);
        Assert.Equal(Tree.Files(_model).Count, report.Files);
        var manifest = System.IO.File.ReadAllBytes(File("manifest.json"));
        var statement = $"{{\"manifest\":\"{Digests.Of(manifest)}\",\"tags\":\"{Manifest.Parse(manifest, "test").Records!.Tags}\"}}";
        Assert.Equal(Digests.Of(System.Text.Encoding.UTF8.GetBytes(statement)), report.RootDigest);
        Assert.Equal(1, report.LedgerEntries);
        Assert.True(report.SignaturesChecked);
    }

    [Fact]
    public void Verify_OneWeightChangedUnderMatchingDigests_NamesFileAndWeight()
    {
        var entry = _tampering.Manifest.Adapters[2]!;
        var bytes = System.IO.File.ReadAllBytes(File(entry.AdapterFile(".safetensors")));
        var weights = LinearAdapter.Read(bytes, "test", Models.Classes, Models.Dimension).Weights.ToArray();
        weights[(1 * (Models.Dimension + 1)) + 5] = MathF.BitIncrement(weights[(1 * (Models.Dimension + 1)) + 5]);
        var changed = new LinearAdapter(weights, Models.Classes).ToFile();
        _tampering.ReplaceAdapter(2, changed, null);
        var difference = Assert.Single(Differences());
        Assert.StartsWith($"adapters/00002-{Digests.Of(changed)}.safetensors: weight [1, 5] is ", difference, StringComparison.Ordinal);
        Assert.EndsWith($"(1 of {weights.Length} weights differ)", difference, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(LearningTask.Multiclass, """{"trainer":"auto"}""")]
    [InlineData(LearningTask.Multilabel, """{"trainer":"auto"}""")]
    [InlineData(LearningTask.Binary, """{"trainer":"softmax","lambda":0.01}""")]
    [InlineData(LearningTask.Regression, """{"trainer":"ridge","lambda":"auto"}""")]
    public void Verify_AdaptersThatChoose_AreDerivedAnewWithTheirChoice(LearningTask task, string adapter)
    {
        var definition = Models.Definition(task, segmentRows: 8, adapter: adapter);
        var records = Enumerable.Range(0, 60).Select(i => Models.Record(definition.Spec, i / 3, i % 3));
        using var model = LegoNetModel.Train(_folder["chosen"], definition, records, Options(), cancellationToken: TestContext.Current.CancellationToken);
        model.Forget("subject-4");
        Assert.True(model.Verify(cancellationToken: TestContext.Current.CancellationToken).IsExact);

        // The last bytes of the file are the last weight's.
        var tampering = new Tampering(_folder["chosen"], TagKey.Load(_folder["key"]));
        var file = Path.Combine(_folder["chosen"], tampering.Manifest.Adapters[2]!.AdapterFile(".safetensors"));
        var bytes = System.IO.File.ReadAllBytes(file);
        tampering.ReplaceAdapter(2, [.. bytes.AsSpan(0, bytes.Length - 3), (byte)(bytes[^3] ^ 1), .. bytes.AsSpan(bytes.Length - 2)], null);
        var report = LegoNetModel.Verify(_folder["chosen"], Options(), cancellationToken: TestContext.Current.CancellationToken);
        Assert.StartsWith("adapters/00002-", Assert.Single(report.Differences), StringComparison.Ordinal);
    }

    [Fact]
    public void Verify_WeightChangedToMinusZero_IsADifference()
    {
        // Equal as numbers, and yet other bytes.
        var entry = _tampering.Manifest.Adapters[2]!;
        var bytes = System.IO.File.ReadAllBytes(File(entry.AdapterFile(".safetensors")));
        _tampering.ReplaceAdapter(2, [.. bytes.AsSpan(0, bytes.Length - 4), .. BitConverter.GetBytes(-0f)], null);
        Assert.StartsWith("adapters/00002-", Assert.Single(Differences()), StringComparison.Ordinal);
    }

    [Fact]
    public void Verify_ShardIndexChanged_NamesTheShard()
    {
        var entry = _tampering.Manifest.Adapters[0]!;
        var shard = ShardFile.Parse(System.IO.File.ReadAllBytes(File(entry.ShardFile)), "test");
        var changed = (shard with { Subjects = [.. shard.Subjects.Skip(1)] }).ToFile();
        _tampering.ReplaceAdapter(0, null, changed);
        Assert.Equal($"shards/00000-{Digests.Of(changed)}.safetensors: is not what the stored records give", Assert.Single(Differences()));
    }

    [Fact]
    public void Verify_RowCountChanged_NamesTheManifest()
    {
        _tampering.ReplaceAdapter(0, null, null, rows: 3);
        Assert.Contains("names 3 rows for adapter 0", Assert.Single(Differences()), StringComparison.Ordinal);
    }

    [Fact]
    public void Verify_LabelChangedUnderMatchingDigests_NamesTheAdapters()
    {
        var route = ReplaceFirst(row => Copy(row, label: (row.Label[0] + 1) % Models.Classes));
        Assert.Equal(route.Select(a => $"adapters/{a:D5}-"), Differences().Select(d => d[..15]));
    }

    [Fact]
    public void Verify_CodeChangedUnderMatchingDigests_IsADifference()
    {
        var route = ReplaceFirst(row => Copy(row, code: Changed(row.Code)));
        var differences = Differences();

        // Either its route is another one now, or the adapters of its route are.
        Assert.True(differences.Count == 1 && differences[0].EndsWith("a row's route is not what its code and the keys give", StringComparison.Ordinal)
            || differences.Count >= route.Length, string.Join('\n', differences));

        static sbyte[] Changed(ReadOnlySpan<sbyte> code)
        {
            var changed = code.ToArray();
            changed[0] ^= 1;
            return changed;
        }
    }

    [Fact]
    public void Verify_RouteChangedUnderMatchingDigests_NamesTheSegment()
    {
        ushort[] routed = [];
        var route = ReplaceFirst(row => Copy(
            row,
            route: routed = [.. Enumerable.Range(0, s_definition.Spec.Adapters).Select(a => (ushort)a).Except(row.Route.ToArray()).Take(3)]));
        var differences = Differences();
        Assert.StartsWith("records/", differences[0], StringComparison.Ordinal);
        Assert.EndsWith(".safetensors: a row's route is not what its code and the keys give", differences[0], StringComparison.Ordinal);

        // The adapters are compared all the same: those that have lost the row, and those that have got it.
        Assert.Equal(
            route.Concat(routed).Order().Select(a => $"adapters/{a:D5}-"),
            differences.Where(d => d.StartsWith("adapters/", StringComparison.Ordinal)).Select(d => d[..15]));
    }

    [Fact]
    public void Verify_LedgerDoesNotLeadHere_AdaptersAreComparedAllTheSame()
    {
        AlterAdapter(2);
        System.IO.File.Delete(File("ledger/00000001.json"));
        var differences = Verified().Differences;
        Assert.StartsWith("ledger", differences[0], StringComparison.Ordinal);
        Assert.StartsWith("adapters/00002-", differences[^1], StringComparison.Ordinal);
    }

    [Fact]
    public void Verify_FileThatNobodyNames_AdaptersAreComparedAllTheSame()
    {
        AlterAdapter(2);
        System.IO.File.WriteAllBytes(File("spare.bin"), [1]);
        Assert.Equal(["adapters/00002-", "spare.bin: is n"], Differences().Select(d => d[..15]).Order());
    }

    [Fact]
    public void Verify_AdapterDamaged_OtherAdaptersAndRecordsAreCompared()
    {
        AlterAdapter(2);
        Damage(_tampering.Manifest.Adapters[0]!.AdapterFile(".safetensors"));
        var report = Verified();
        Assert.StartsWith("adapters/00000-", Assert.Single(report.Damage), StringComparison.Ordinal);
        Assert.StartsWith("adapters/00002-", Assert.Single(report.Differences), StringComparison.Ordinal);
        Assert.Empty(report.NotCompared);
        Assert.Equal((40, s_definition.Spec.Adapters), (report.Records, report.Adapters));
    }

    [Fact]
    public void Verify_AdapterDamagedThatIsNotWhatTheRecordsGive_BothAreSaid()
    {
        AlterAdapter(2);
        Damage(_tampering.Manifest.Adapters[2]!.AdapterFile(".safetensors"));
        var report = Verified();
        Assert.StartsWith("adapters/00002-", Assert.Single(report.Damage), StringComparison.Ordinal);
        Assert.EndsWith(": is not what the stored records give", Assert.Single(report.Differences), StringComparison.Ordinal);
    }

    [Fact]
    public void Verify_KeysDamaged_RoutesAreComparedWithThoseOfTheKeysDrawnAgain()
    {
        ReplaceFirst(row => Copy(row, route: [.. Enumerable.Range(0, s_definition.Spec.Adapters).Select(a => (ushort)a).Except(row.Route.ToArray()).Take(3)]));
        Damage("keys.safetensors");
        var report = Verified();
        Assert.StartsWith("keys.safetensors", Assert.Single(report.Damage), StringComparison.Ordinal);
        Assert.EndsWith(": a row's route is not what its code and the keys give", report.Differences[0], StringComparison.Ordinal);
        Assert.Equal(s_definition.Spec.Adapters, report.Adapters);
    }

    [Fact]
    public void Verify_SpecDamaged_SaysWhatIsNotCompared()
    {
        Damage("spec.json");
        System.IO.File.WriteAllBytes(File("spare.bin"), [1]);
        var report = Verified();
        Assert.StartsWith("spec.json", Assert.Single(report.Damage), StringComparison.Ordinal);
        Assert.StartsWith("records, routes and adapters: spec.json cannot be read", Assert.Single(report.NotCompared), StringComparison.Ordinal);
        Assert.StartsWith("spare.bin", Assert.Single(report.Differences), StringComparison.Ordinal);
    }

    [Fact]
    public void Verify_SegmentDamaged_AdaptersThatLostNoRowsAreCompared()
    {
        var definition = Models.Definition(adapters: 40, active: 2, segmentRows: 4);
        var path = _folder["many"];
        var records = Enumerable.Range(0, 40).Select(i => Models.Record(definition.Spec, i / 3, i % 3));
        LegoNetModel.Train(path, definition, records, Options(), cancellationToken: TestContext.Current.CancellationToken).Dispose();
        var tampering = new Tampering(path, TagKey.Load(_folder["key"]));
        ushort[] lost;
        string segment;
        var files = new ModelFiles(new ModelPaths(path), PhysicalFileLayer.Instance);
        using (var store = new RecordStore(definition.Spec.Rows, tampering.Manifest.Records, files, null))
        {
            var first = (Segment)store.Rows().First().Block;
            (segment, lost) = (first.File, [.. first.Routes.ToArray().Distinct().Order()]);
        }

        var altered = tampering.Manifest.Adapters.First(a => a is not null && !lost.Contains((ushort)a.Number))!;
        var shard = ShardFile.Parse(System.IO.File.ReadAllBytes(Path.Combine(path, altered.ShardFile)), "test");
        tampering.ReplaceAdapter(altered.Number, null, (shard with { Subjects = [.. shard.Subjects, uint.MaxValue] }).ToFile());
        System.IO.File.Delete(Path.Combine(path, segment));

        var report = LegoNetModel.Verify(path, Options(), cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal($"{segment}: is missing.", Assert.Single(report.Damage));
        Assert.StartsWith($"shards/{altered.Number:D5}-", Assert.Single(report.Differences), StringComparison.Ordinal);
        Assert.Equal(tampering.Manifest.Adapters.Count(a => a is not null) - lost.Length, report.Adapters);
        Assert.Equal(
            [
                "the inner record files with those that the records give: some records cannot be read",
                $"{lost.Length} of 40 adapters ({string.Join(", ", lost)}): rows of theirs cannot be read",
            ],
            report.NotCompared);
    }

    [Fact]
    public void Verify_InnerNodeDamaged_WhatLiesBesideItIsCompared()
    {
        // Two rows to a segment, so that there are inner nodes below the root. What one of them names is not known, and not called unnamed.
        var definition = Models.Definition(segmentRows: 2);
        var path = _folder["deep"];
        var records = Enumerable.Range(0, 80).Select(i => Models.Record(definition.Spec, i / 3, i % 3));
        LegoNetModel.Train(path, definition, records, Options(), cancellationToken: TestContext.Current.CancellationToken).Dispose();
        var root = Path.GetFileName(new Tampering(path, TagKey.Load(_folder["key"])).Manifest.Records!.File);
        var inner = Directory.GetFiles(Path.Combine(path, "records"), "*.json").First(f => Path.GetFileName(f) != root);
        System.IO.File.Delete(inner);
        var report = LegoNetModel.Verify(path, Options(), cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal($"records/{Path.GetFileName(inner)}: is missing.", Assert.Single(report.Damage));
        Assert.Empty(report.Differences);
        Assert.InRange(report.Records, 1, 79);
    }

    [Fact]
    public void Verify_FewerAdaptersThanDeclared_IsDamageThatNamesTheManifest()
    {
        var manifest = _tampering.Manifest;
        _tampering.Write(manifest.With(manifest.Records, [.. manifest.Adapters.Take(3)]));
        var report = LegoNetModel.Verify(_model, Options(), cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal("manifest.json: its adapters are not those that spec.json declares.", Assert.Single(report.Damage));
    }

    [Theory]
    [InlineData("spare.bin")]
    [InlineData("records/spare.safetensors")]
    [InlineData("ledger/spare.json")]
    [InlineData("ledger/00000001.json.bak")]
    public void Verify_ExtraFile_IsNamed(string name)
    {
        System.IO.File.WriteAllBytes(File(name), [1]);
        Assert.Equal($"{name}: is not named by the manifest", Assert.Single(Differences()));
    }

    [Theory]
    [InlineData("spec.json")]
    [InlineData("keys.safetensors")]
    [InlineData("adapters")]
    [InlineData("shards")]
    [InlineData("records")]
    public void Verify_MissingCutOrAlteredFile_IsDamageThatNamesIt(string place)
    {
        var name = Directory.Exists(File(place)) ? $"{place}/{Path.GetFileName(Directory.GetFiles(File(place))[0])}" : place;
        var bytes = System.IO.File.ReadAllBytes(File(name));
        using var model = LegoNetModel.Open(_model, Options());
        System.IO.File.WriteAllBytes(File(name), bytes[..^1]);
        AssertDamaged("its content does not match its digest");
        bytes[^1] ^= 1;
        System.IO.File.WriteAllBytes(File(name), bytes);
        AssertDamaged("its content does not match its digest");
        System.IO.File.Delete(File(name));
        AssertDamaged("is missing");

        void AssertDamaged(string what)
        {
            var report = model.Verify(cancellationToken: TestContext.Current.CancellationToken);
            Assert.False(report.IsExact);
            Assert.Equal($"{name}: {what}.", Assert.Single(report.Damage));
            Assert.Empty(report.Differences);
        }
    }

    [Fact]
    public void Verify_LedgerAltered_IsReported()
    {
        using (var model = LegoNetModel.Open(_model, Options()))
        {
            model.Forget("subject-2");
            model.Forget("subject-5");
        }

        var second = File("ledger/00000002.json");
        var text = System.IO.File.ReadAllText(second);
        System.IO.File.WriteAllText(second, text.Replace("\"forget\"", "\"add\"", StringComparison.Ordinal));
        Assert.Equal(
            ["ledger/00000003.json: does not continue the entry before it", "ledger/00000002.json: is not what its signature was made for"],
            Differences());
        System.IO.File.WriteAllText(second, text[..20]);
        Assert.StartsWith("ledger/00000002.json: not a ledger entry", Assert.Single(Verify().Damage), StringComparison.Ordinal);
        System.IO.File.WriteAllText(second, text);
        Assert.True(Verify().IsExact);
        System.IO.File.Delete(File("ledger/00000003.json"));
        Assert.Equal(
            "ledger: its last entry does not lead to the model's present root: "
                + "manifest.json was altered or put back, or entries are missing",
            Assert.Single(Differences()));
    }

    private void AlterAdapter(int number)
    {
        var entry = _tampering.Manifest.Adapters[number]!;
        var bytes = System.IO.File.ReadAllBytes(File(entry.AdapterFile(".safetensors")));
        var weights = LinearAdapter.Read(bytes, "test", Models.Classes, Models.Dimension).Weights.ToArray();
        weights[3] = MathF.BitIncrement(weights[3]);
        _tampering.ReplaceAdapter(number, new LinearAdapter(weights, Models.Classes).ToFile(), null);
    }

    private void Damage(string name)
    {
        var bytes = System.IO.File.ReadAllBytes(File(name));
        bytes[^1] ^= 1;
        System.IO.File.WriteAllBytes(File(name), bytes);
    }

    private VerificationReport Verified() => LegoNetModel.Verify(_model, Options(), cancellationToken: TestContext.Current.CancellationToken);

    private ushort[] ReplaceFirst(Func<RowRef, RowRef> change)
    {
        ushort[]? route = null;
        _tampering.ReplaceRows(s_definition.Spec.Rows, row =>
        {
            if (route is not null)
            {
                return row;
            }

            route = row.Route.ToArray();
            return change(row);
        });
        return route!;
    }

    private static RowRef Copy(RowRef row, int? label = null, sbyte[]? code = null, ushort[]? route = null)
    {
        var rows = new MemoryRows(s_definition.Spec.Rows, 1);
        var copy = rows.Add(row.Key, label is { } word ? [word] : row.Label, code ?? row.Code, row.Fingerprint);
        (route ?? row.Route).CopyTo(rows.Routes);
        return copy;
    }

    private VerificationReport Verify()
    {
        // A model that the ledger does not vouch for is not opened.
        return LegoNetModel.Verify(_model, Options());
    }

    private IReadOnlyList<string> Differences()
    {
        var report = Verify();
        Assert.Empty(report.Damage);
        Assert.False(report.IsExact);
        return report.Differences;
    }

    private string File(string name) => Path.Combine(_model, name);

    private ModelOptions Options() => new() { TagKeyPath = _folder["key"], Threads = 2, Files = new FaultyFiles() };
}
