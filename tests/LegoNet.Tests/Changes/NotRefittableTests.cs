using LegoNet.Adapters;
using LegoNet.Audit;
using LegoNet.Caching;
using LegoNet.Data;
using LegoNet.Data.Files;
using LegoNet.Encoders;
using LegoNet.Encoders.Hashing;
using LegoNet.Records;
using LegoNet.Store;
using LegoNet.Tests.Support;
using LegoNet.Verification;

namespace LegoNet.Tests.Changes;

/// <summary>A model whose adapters were fitted on another kind of machine: it is read, scored and checked, and never changed.</summary>
public sealed class NotRefittableTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly string _place = Guid.NewGuid().ToString();
    private readonly ModelDefinition _definition;
    private readonly LegoNetModel _model;

    public NotRefittableTests()
    {
        PlacedTrainer.Register();
        _definition = Models.Definition(segmentRows: 8, adapter: PlacedTrainer.Declare(_place));
        _model = Train(_folder["model"], _definition);
        PlacedTrainer.Leave(_place);
    }

    public void Dispose()
    {
        _model.Dispose();
        _folder.Dispose();
        PlacedTrainer.Return(_place);
    }

    [Fact]
    public void Verify_Elsewhere_IsNeitherExactNorAFailure()
    {
        var report = Verify();

        Assert.Equal(VerificationOutcome.NotComparable, report.Outcome);
        Assert.False(report.IsExact);
        Assert.Equal(PlacedTrainer.Reason, report.WhyNotComparable);
        Assert.Empty(report.Damage);
        Assert.Empty(report.Differences);
        Assert.Equal((40, 0), (report.Records, report.Adapters));
        Assert.Equal(Tree.Files(_model.Path).Count - _definition.Spec.Adapters, report.Files);
    }

    [Fact]
    public void Verify_BackInPlace_IsExact()
    {
        PlacedTrainer.Return(_place);
        var report = Verify();
        Assert.True(report.IsExact);
        Assert.Null(report.WhyNotComparable);
        Assert.Equal(_definition.Spec.Adapters, report.Adapters);
    }

    [Fact]
    public void Verify_AdapterChangedUnderMatchingDigests_ShowsOnlyInPlace()
    {
        var manifest = Tampering().Manifest;
        var bytes = File.ReadAllBytes(InModel(manifest.Adapters[2]!.AdapterFile(".placed")));
        bytes[^1] ^= 1;
        Tampering().ReplaceAdapter(2, bytes, null);

        // This is what a refit alone can tell, and why the report is not one of success.
        Assert.Equal(VerificationOutcome.NotComparable, Verify().Outcome);
        PlacedTrainer.Return(_place);
        Assert.StartsWith("adapters/00002-", Assert.Single(Verify().Differences), StringComparison.Ordinal);
    }

    [Fact]
    public void Verify_AdapterFileDamaged_IsDamage()
    {
        var file = Tampering().Manifest.Adapters[2]!.AdapterFile(".placed");
        File.WriteAllBytes(InModel(file), [.. File.ReadAllBytes(InModel(file)).SkipLast(1)]);
        var report = LegoNetModel.Verify(_model.Path, Options(), cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal(VerificationOutcome.Damaged, report.Outcome);
        Assert.StartsWith(file, Assert.Single(report.Damage), StringComparison.Ordinal);
        Assert.NotNull(report.WhyNotComparable);
    }

    [Fact]
    public void Verify_ShardIndexChanged_IsADifference()
    {
        var shard = Shard(0);
        AssertShardDiffers((shard with { Subjects = [.. shard.Subjects.Skip(1)] }).ToFile());
    }

    [Fact]
    public void Verify_SumsWhereTheTrainerKeepsNone_IsADifference()
        => AssertShardDiffers((Shard(0) with { Sums = new Dictionary<string, long[]> { ["count"] = [1] } }).ToFile());

    [Fact]
    public void Verify_ShardThatIsNone_IsDamage()
    {
        byte[] bytes = [1, 2, 3];
        Tampering().ReplaceAdapter(0, null, bytes);
        var report = Verify();
        Assert.Equal(VerificationOutcome.Damaged, report.Outcome);
        Assert.StartsWith($"shards/00000-{Digests.Of(bytes)}", Assert.Single(report.Damage), StringComparison.Ordinal);
    }

    [Fact]
    public void Verify_RowCountChanged_IsADifference()
    {
        Tampering().ReplaceAdapter(0, null, null, rows: 3);
        Assert.Contains("names 3 rows for adapter 0", Assert.Single(Different().Differences), StringComparison.Ordinal);
    }

    [Fact]
    public void Verify_AdapterTakenOut_IsADifference()
    {
        var manifest = Tampering().Manifest;
        File.Delete(InModel(manifest.Adapters[1]!.AdapterFile(".placed")));
        File.Delete(InModel(manifest.Adapters[1]!.ShardFile));
        Tampering().Write(manifest.With(manifest.Records, [.. manifest.Adapters.Select((a, i) => i == 1 ? null : a)]));
        Assert.Equal("adapter 1: is stored as empty but has rows", Assert.Single(Different().Differences));
    }

    [Fact]
    public void Verify_RouteChanged_IsADifference()
    {
        var first = true;
        Tampering().ReplaceRows(_definition.Spec.Rows, row =>
        {
            if (!first)
            {
                return row;
            }

            first = false;
            var rows = new MemoryRows(_definition.Spec.Rows, 1);
            var copy = rows.Add(row.Key, row.Label, row.Code, row.Fingerprint);
            Enumerable.Range(0, _definition.Spec.Adapters).Select(a => (ushort)a).Except(row.Route.ToArray()).Take(3).ToArray().CopyTo(rows.Routes);
            return copy;
        });
        var differences = Different().Differences;
        Assert.EndsWith("a row's route is not what its code and the keys give", differences[0], StringComparison.Ordinal);
        Assert.Contains(differences, d => d.StartsWith("shards/", StringComparison.Ordinal)); // What needs no fit is compared all the same.
    }

    [Fact]
    public void Verify_FileThatNobodyNames_IsADifference()
    {
        File.WriteAllBytes(InModel("adapters/spare.placed"), [1]);
        Assert.StartsWith("adapters/spare.placed", Assert.Single(Different().Differences), StringComparison.Ordinal);
    }

    [Fact]
    public void Verify_TrainerThatKeepsSums_ChecksTheirShardsSubjects()
    {
        using (var other = Train(_folder["sums"], Models.Definition(segmentRows: 8, adapter: PlacedTrainer.Declare(_place, keepsSums: true)), inPlace: true))
        {
            Assert.NotNull(Shard(0, "sums").Sums);
        }

        Assert.Equal(VerificationOutcome.NotComparable, Verify("sums").Outcome);
        var shard = Shard(0, "sums");
        Tampering("sums").ReplaceAdapter(0, null, (shard with { Subjects = [.. shard.Subjects.SkipLast(1)] }).ToFile());
        Assert.Equal(VerificationOutcome.Different, Verify("sums").Outcome);
    }

    [Fact]
    public void Verify_TrainerThatIsNotKnown_IsNotComparableAndChecksTheRest()
    {
        // As after a restart without the registration.
        var text = File.ReadAllText(InModel("spec.json")).Replace(PlacedTrainer.TrainerName, "mlnet:unheard-of", StringComparison.Ordinal);
        var before = Tampering().Manifest.Spec;
        File.WriteAllText(InModel("spec.json"), text);
        var after = Digests.Of(File.ReadAllBytes(InModel("spec.json")));
        var manifest = File.ReadAllText(InModel(Manifest.FileName)).Replace(before, after, StringComparison.Ordinal);
        Tampering().Write(Manifest.Parse(System.Text.Encoding.UTF8.GetBytes(manifest), "test"));

        var report = LegoNetModel.Verify(_model.Path, Options(), cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal(VerificationOutcome.NotComparable, report.Outcome);
        Assert.Contains("needs ML.NET", report.WhyNotComparable, StringComparison.Ordinal);
        Assert.Contains("needs ML.NET", Assert.Throws<LegoNetException>(() => LegoNetModel.Open(_model.Path, Options())).Message, StringComparison.Ordinal);

        var shard = Shard(0);
        Tampering().ReplaceAdapter(0, null, (shard with { Subjects = [.. shard.Subjects.Skip(1)] }).ToFile());
        var other = LegoNetModel.Verify(_model.Path, Options(), cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal(VerificationOutcome.Different, other.Outcome);
    }

    [Fact]
    public void Change_ThatWouldRefit_IsRefusedAndLeavesModelAndCachesAsTheyWere()
    {
        RegisterCache();
        var (model, cache) = (Tree.Files(_model.Path), Files(_folder["cache"]));
        var record = Models.Record(_definition.Spec, 3, 1);
        foreach (var change in (Action[])[
            () => _model.Forget("subject-3"),
            () => Forget([new ForgetTarget("subject-3", "id-1"), new ForgetTarget("nobody")], ignoreUnknown: true),
            () => Add([record with { Id = "another" }]),
            () => Correct([record with { Code = [.. record.Code.Select(c => (sbyte)-c)] }]),
            () => _model.Correct("subject-3", "id-1", _definition.Spec.Classes.First(c => c != record.Label)),
        ])
        {
            var e = Assert.Throws<LegoNetException>(change);
            Assert.Equal(LegoNetError.BadInput, e.Error);
            Assert.Contains(PlacedTrainer.Reason, e.Message, StringComparison.Ordinal);
            Assert.Equal(model, Tree.Files(_model.Path));
            Assert.Equal(cache, Files(_folder["cache"]));
            Assert.Equal(2, Directory.GetFiles(InModel("ledger")).Length); // The training, and the registration of the cache.
        }
    }

    [Fact]
    public void Change_ThatTouchesNoAdapter_IsANoOp()
    {
        var record = Models.Record(_definition.Spec, 3, 1);
        Assert.Equal(0, Forget([new ForgetTarget("nobody")], ignoreUnknown: true).Records);
        Assert.Equal(0, Add([record]).Records);
        Assert.Equal(0, Correct([record]).Records);
        Assert.Equal(0, _model.Correct("subject-3", "id-1", record.Label!).Records);
    }

    [Fact]
    public void Change_BackInPlace_GivesTheModelThatNeverSawTheData()
    {
        Assert.Throws<LegoNetException>(() => _model.Forget("subject-3"));
        PlacedTrainer.Return(_place);
        _model.Forget("subject-3");
        Train(_folder["never"], _definition, r => r.Subject != "subject-3").Dispose();
        Tree.AssertSameModel(_folder["never"], _model.Path);
    }

    [Fact]
    public void Reading_Elsewhere_Works()
    {
        using var model = LegoNetModel.Open(_model.Path, Options());
        Assert.Equal(3, model.Forecast([new ForgetTarget("subject-3")]).Records);
        Assert.Equal(3, model.Inspect("subject-3").Records.Count);
        Assert.Equal(40, model.ReadRecords().Count());
        var code = Models.Record(_definition.Spec, 1000, 0).Code;
        Assert.Equal(_model.Score(code).Scores, model.Score(code).Scores);
    }

    [Fact]
    public void Train_Elsewhere_IsRefusedBeforeAnything()
    {
        var read = 0;
        var e = Assert.Throws<LegoNetException>(() => LegoNetModel.Train(
            _folder["other"],
            _definition,
            Records().Select(r => (r, read++).r),
            cancellationToken: TestContext.Current.CancellationToken));
        Assert.Equal(LegoNetError.BadInput, e.Error);
        Assert.Contains(PlacedTrainer.Reason, e.Message, StringComparison.Ordinal);
        Assert.Equal(0, read);
        Assert.Empty(Directory.GetFileSystemEntries(_folder.Path, "other*"));
    }

    [Fact]
    public void Rebuild_Elsewhere_NeedsATrainerThatFitsHere()
    {
        var e = Assert.Throws<LegoNetException>(() => _model.Rebuild(_folder["other"], _definition, cancellationToken: TestContext.Current.CancellationToken));
        Assert.Equal(LegoNetError.BadInput, e.Error);
        Assert.Empty(Directory.GetFileSystemEntries(_folder.Path, "other*"));

        using var rebuilt = _model.Rebuild(
            _folder["other"],
            Models.Definition(segmentRows: 8),
            Options(),
            cancellationToken: TestContext.Current.CancellationToken);
        rebuilt.Forget("subject-3");
        Assert.True(rebuilt.Verify(cancellationToken: TestContext.Current.CancellationToken).IsExact);
    }

    private static List<EncodedRecord> Records() => [.. Enumerable.Range(0, 40).Select(i => Models.Record(Models.Definition().Spec, i / 3, i % 3))];

    private LegoNetModel Train(string path, ModelDefinition definition, Predicate<EncodedRecord>? include = null, bool inPlace = false)
    {
        if (inPlace)
        {
            PlacedTrainer.Return(_place);
        }

        var model = LegoNetModel.Train(path, definition, Records().Where(r => include?.Invoke(r) ?? true), Options());
        if (inPlace)
        {
            PlacedTrainer.Leave(_place);
        }

        return model;
    }

    private void RegisterCache()
    {
        using var encoder = new HashingEncoder(new HashingOptions());
        using (var cache = EncodingCache.Open(_folder["cache"], encoder))
        {
            SourceRecord[] texts = [.. Enumerable.Range(0, 6).Select(i => new SourceRecord("subject-3", $"id-{i}", null, new TextInput($"text {i}"), "test"))];
            cache.Encoder.Encode(texts, new sbyte[texts.Length * encoder.Dimension]);
        }

        _model.RegisterCache(_folder["cache"]);
    }

    private void AssertShardDiffers(byte[] bytes)
    {
        Tampering().ReplaceAdapter(0, null, bytes);
        Assert.Equal($"shards/00000-{Digests.Of(bytes)}.safetensors: is not what the stored records give", Assert.Single(Different().Differences));
    }

    private VerificationReport Different()
    {
        var report = Verify();
        Assert.Equal(VerificationOutcome.Different, report.Outcome);
        Assert.False(report.IsExact);
        Assert.Empty(report.Damage);
        Assert.NotNull(report.WhyNotComparable);
        return report;
    }

    private VerificationReport Verify(string model = "model") => LegoNetModel.Verify(_folder[model], Options());

    private Receipt Forget(ForgetTarget[] targets, bool ignoreUnknown) => _model.Forget(targets, ignoreUnknown);

    private Receipt Add(EncodedRecord[] records) => _model.Add(records);

    private Receipt Correct(EncodedRecord[] records) => _model.Correct(records);

    private Tampering Tampering(string model = "model") => new(_folder[model], TagKey.Load(_folder["key"]));

    private ShardFile Shard(int adapter, string model = "model")
    {
        var file = Tampering(model).Manifest.Adapters[adapter]!.ShardFile;
        return ShardFile.Parse(File.ReadAllBytes(Path.Combine(_folder[model], file)), file);
    }

    private static SortedDictionary<string, byte[]> Files(string folder)
        => new(Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).ToDictionary(f => f, File.ReadAllBytes), StringComparer.Ordinal);

    private string InModel(string name) => Path.Combine(_model.Path, name);

    private ModelOptions Options() => new() { TagKeyPath = _folder["key"], Threads = 2, Files = new UnflushedFiles() };
}
