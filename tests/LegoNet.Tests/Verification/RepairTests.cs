using LegoNet.Data.Files;
using LegoNet.Encoders;
using LegoNet.Records;
using LegoNet.Specs;
using LegoNet.Store;
using LegoNet.Tests.Support;
using LegoNet.Verification;

namespace LegoNet.Tests.Verification;

/// <summary>What a repair gives back, what it refuses, and that it makes nothing up.</summary>
public sealed class RepairTests : IDisposable
{
    private static readonly ModelDefinition s_definition = Models.Definition(adapters: 4, active: 2);

    private static readonly string s_corrected = s_definition.Spec.Classes.First(c => c != Models.Record(s_definition.Spec, 3, 1).Label);

    private readonly TempFolder _folder = new();
    private readonly string _model;
    private readonly string _root;

    public RepairTests()
    {
        _model = _folder["model"];
        using (var model = LegoNetModel.Train(_folder["whole"], s_definition, Records(0, 60), Options()))
        {
            model.Forget("subject-9");
            model.Correct("subject-3", "id-1", s_corrected);
            _root = model.RootDigest;
        }

        Tree.Copy(_folder["whole"], _model);
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void WholeModel_IsLeftAlone()
    {
        var report = Repair();
        Assert.Equal(RepairOutcome.Whole, report.Outcome);
        Assert.True(report.Verification!.IsExact);
        AssertAsBefore();
    }

    [Theory]
    [InlineData("adapters/*.safetensors")]
    [InlineData("shards/*.safetensors")]
    [InlineData("records/*.json")]
    [InlineData("manifest.json")]
    [InlineData("keys.safetensors")]
    [InlineData("manifest.json", "keys.safetensors", "adapters/*.safetensors", "shards/*.safetensors", "records/*.json")]
    public void FilesThatTheRecordsGive_DamagedOrGone_ComeBack(params string[] patterns)
    {
        foreach (var damage in (Action<string>[])[File.Delete, Flip, file => File.WriteAllBytes(file, [])])
        {
            foreach (var file in patterns.SelectMany(Files))
            {
                damage(file);
            }

            var report = Repair();
            Assert.Equal(RepairOutcome.Repaired, report.Outcome);
            Assert.Empty(report.Lost);
            Assert.Equal(_root, report.RootAfter);
            Assert.True(report.Verification!.IsExact);
            AssertAsBefore();
        }
    }

    [Theory]
    [InlineData(LearningTask.Multiclass, """{"trainer":"auto"}""")]
    [InlineData(LearningTask.Multilabel, """{"trainer":"softmax","lambda":0.01}""")]
    [InlineData(LearningTask.Regression, """{"trainer":"ridge","lambda":"auto"}""")]
    public void AdaptersThatChoose_AllGone_ComeBackAsTheyWere(LearningTask task, string adapter)
    {
        var definition = Models.Definition(task, adapters: 4, active: 2, adapter: adapter);
        var records = Enumerable.Range(0, 60).Select(i => Models.Record(definition.Spec, i / 3, i % 3));
        LegoNetModel.Train(_folder["chosen"], definition, records, Options(), cancellationToken: TestContext.Current.CancellationToken).Dispose();
        var before = Tree.Files(_folder["chosen"]);
        foreach (var folder in (string[])["adapters", "shards"])
        {
            Directory.Delete(Path.Combine(_folder["chosen"], folder), recursive: true);
        }

        var report = LegoNetModel.Repair(_folder["chosen"], options: Options(), cancellationToken: TestContext.Current.CancellationToken);

        Assert.Equal(RepairOutcome.Repaired, report.Outcome);
        Assert.True(report.Verification!.IsExact);
        Assert.Equal(before, Tree.Files(_folder["chosen"]));
    }

    [Fact]
    public void AnyByteOfAnyDerivedFileChanged_ComesBack()
    {
        var random = new Random(7);
        var files = Directory.GetFiles(_model, "*", SearchOption.AllDirectories)
            .Where(f => !f.EndsWith("spec.json", StringComparison.Ordinal) && !f.Contains("ledger", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal);
        foreach (var file in files)
        {
            var isSegment = file.Contains("records", StringComparison.Ordinal) && file.EndsWith(".safetensors", StringComparison.Ordinal);
            var bytes = File.ReadAllBytes(file);
            bytes[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8));
            File.WriteAllBytes(file, bytes);
            var report = Repair();
            if (isSegment)
            {
                Assert.Equal(RepairOutcome.LossNotAccepted, report.Outcome);
                Tree.Copy(_folder["whole"], _model);
                continue;
            }

            Assert.True(report.Outcome == RepairOutcome.Repaired, $"{file}: {report.Outcome} {string.Join(' ', report.Lost)}");
            AssertAsBefore();
        }
    }

    [Fact]
    public void SwappedRecordFiles_AreFoundByTheirContent()
    {
        var files = Files("records/*.safetensors");
        var first = File.ReadAllBytes(files[0]);
        File.Copy(files[1], files[0], overwrite: true);
        File.WriteAllBytes(files[1], first);
        File.Move(files[2], files[2] + ".moved");
        var report = Repair();
        Assert.Equal(RepairOutcome.Repaired, report.Outcome);
        AssertAsBefore();
    }

    [Fact]
    public void LostSegment_IsRefusedWithItsCountUnlessAccepted()
    {
        var file = Files("records/*.safetensors")[2];
        var lost = Segment.Open(s_definition.Spec.Rows, File.ReadAllBytes(file), "test", null).Count;
        Flip(file);
        var files = Tree.Files(_model);

        var refused = Repair();
        Assert.Equal(RepairOutcome.LossNotAccepted, refused.Outcome);
        Assert.Equal(lost, refused.RecordsLost);
        Assert.Contains(Path.GetFileName(file), Assert.Single(refused.Lost), StringComparison.Ordinal);
        Assert.Equal(files.Keys, Tree.Files(_model).Keys);
        Assert.All(files, f => Assert.Equal(f.Value, Tree.Files(_model)[f.Key]));

        var report = Repair(acceptLoss: true);
        Assert.Equal(RepairOutcome.RepairedWithLoss, report.Outcome);
        Assert.Equal(lost, report.RecordsLost);
        Assert.True(report.Verification!.IsExact, string.Join('\n', report.Verification.Damage.Concat(report.Verification.Differences)));
        AssertIsTrainedOnWhatIsLeft(57 - lost);
        Assert.DoesNotContain($"\"{lost}\"", File.ReadAllText(Path.Combine(_model, "ledger/00000004.json")), StringComparison.Ordinal);
        Assert.Contains("\"operation\":\"repair\"", File.ReadAllText(Path.Combine(_model, "ledger/00000004.json")), StringComparison.Ordinal);
    }

    [Fact]
    public void LostSegmentAndInnerNodes_KeepsEveryOtherRecord()
    {
        var file = Files("records/*.safetensors")[0];
        var lost = Segment.Open(s_definition.Spec.Rows, File.ReadAllBytes(file), "test", null).Count;
        foreach (var damaged in Files("records/*.json").Append(file))
        {
            Flip(damaged);
        }

        Assert.Equal(RepairOutcome.LossNotAccepted, Repair().Outcome);
        var report = Repair(acceptLoss: true);
        Assert.Equal(RepairOutcome.RepairedWithLoss, report.Outcome);
        Assert.True(report.Verification!.IsExact);

        // Rows of records that the ledger names as corrected are not taken where nothing vouches for them.
        Assert.InRange(report.RecordsLost!.Value, lost, lost + 1);
        AssertIsTrainedOnWhatIsLeft(57 - report.RecordsLost.Value);
    }

    [Fact]
    public void SigningKeyMissing_IsRefusedBeforeAnythingIsChanged()
    {
        Flip(Path.Combine(_model, "ledger/00000002.json"));
        Flip(Files("adapters/*.safetensors")[0]);
        var before = Contents();
        File.Move(_folder["signing"], _folder["away"]);
        Assert.Equal(LegoNetError.BadInput, Assert.Throws<LegoNetException>(() => Repair(acceptLoss: true)).Error);
        Assert.Equal(before, Contents());
        File.Move(_folder["away"], _folder["signing"]);
        Assert.Equal(RepairOutcome.RepairedWithLoss, Repair(acceptLoss: true).Outcome);

        string[] Contents() => [.. Directory.GetFileSystemEntries(_folder.Path, "model*", SearchOption.TopDirectoryOnly)
            .Concat(Directory.GetFiles(_model, "*", SearchOption.AllDirectories))
            .Where(f => !f.Contains("model.lock", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal).Select(f => f + (File.Exists(f) ? Digests.Of(File.ReadAllBytes(f)) : ""))];
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void ForgottenRecordPutBack_AfterALaterChangeDied_StaysForgottenAndItsEntryStays(bool withoutManifest)
    {
        // The crash came before the later change had an entry in the ledger: the last one is that of the acknowledged forget.
        using (var model = LegoNetModel.Open(_model, Options()))
        {
            Add(model);
            Tree.Copy(_model, _folder["older"]);
            model.Forget("subject-66");
        }

        var dying = Options();
        dying.Files = new FaultyFiles { FailAt = 3, Dies = true };
        using (var model = LegoNetModel.Open(_model, dying))
        {
            Assert.Throws<IOException>(() => model.Forget("subject-1"));
        }

        Assert.True(File.Exists(Path.Combine(_model, "commit-in-progress")));
        var put = Directory.GetFiles(_folder["older"], "*", SearchOption.AllDirectories);
        foreach (var file in put.Where(f => !withoutManifest || f.Contains("records", StringComparison.Ordinal)))
        {
            // Somebody puts back what a backup has, over what is there.
            File.Copy(file, Path.Combine(_model, Path.GetRelativePath(_folder["older"], file)), overwrite: true);
        }

        var ledger = Files("ledger/*");
        if (withoutManifest)
        {
            // With the older files everything would be there, but for the older state: no repair may take it for the model's.
            File.Delete(Path.Combine(_model, "manifest.json"));
            Assert.Equal(RepairOutcome.LossNotAccepted, Repair().Outcome);
            Assert.Equal(RepairOutcome.RepairedWithLoss, Repair(acceptLoss: true).Outcome);
            using var repaired = LegoNetModel.Open(_model, Options());
            Assert.Empty(repaired.Inspect("subject-66").Records);
            Assert.NotEmpty(repaired.Inspect("subject-1").Records);
        }
        else
        {
            // The older manifest is the model's now; that it is older must show.
            Assert.Equal(LegoNetReason.Inconsistent, Assert.Throws<LegoNetException>(() => LegoNetModel.Open(_model, Options())).Reason);
            var report = LegoNetModel.Verify(_model, Options(), cancellationToken: TestContext.Current.CancellationToken);
            Assert.Contains("does not lead to the model's present root", Assert.Single(report.Differences), StringComparison.Ordinal);
        }

        Assert.Equal(ledger, Files("ledger/*").Take(ledger.Length));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void ForgottenRecordPutBack_StaysForgotten(bool withoutManifest)
    {
        // Somebody copies a file of an older state back, and damages what would tell that it does not belong there.
        Tree.Copy(_folder["whole"], _folder["older"]);
        using (var older = LegoNetModel.Open(_folder["older"], Options()))
        {
            Add(older);
        }

        string[] put =
        [
            .. Directory.GetFiles(_folder["older/records"], "*.safetensors")
                .Where(f => !File.Exists(Path.Combine(_model, "records", Path.GetFileName(f)))),
        ];
        Assert.NotEmpty(put);
        using (var model = LegoNetModel.Open(_model, Options()))
        {
            Add(model);
            model.Forget("subject-66");
        }

        foreach (var file in put)
        {
            File.Copy(file, Path.Combine(_model, "records", Path.GetFileName(file)));
        }

        foreach (var file in Files("records/*.json").Concat(withoutManifest ? Files("manifest.json") : []))
        {
            File.Delete(file);
        }

        var report = Repair(acceptLoss: true);
        Assert.True(report.Verification!.IsExact);
        using var repaired = LegoNetModel.Open(_model, Options());
        Assert.Empty(repaired.Inspect("subject-66").Records);
        Assert.Empty(repaired.Inspect("subject-9").Records);
    }

    [Theory]
    [InlineData("spec.json")]
    public void FilesThatFollowFromNothing_AreNamedWithTheDigestThatIsNeeded(string name)
    {
        var digest = Digests.Of(File.ReadAllBytes(Path.Combine(_model, name)));
        Flip(Path.Combine(_model, name));
        foreach (var accept in (bool[])[false, true])
        {
            var report = Repair(accept);
            Assert.Equal(RepairOutcome.NotPossible, report.Outcome);
            Assert.Contains(name, Assert.Single(report.Lost), StringComparison.Ordinal);
            Assert.Contains(digest, report.Lost[0], StringComparison.Ordinal);
        }
    }

    [Fact]
    public void DamagedLedger_IsSetAsideWhenAccepted()
    {
        Flip(Path.Combine(_model, "ledger/00000002.json"));
        Assert.Equal(RepairOutcome.LossNotAccepted, Repair().Outcome);
        var report = Repair(acceptLoss: true);
        Assert.Equal(RepairOutcome.RepairedWithLoss, report.Outcome);
        Assert.True(report.Verification!.IsExact, string.Join('\n', report.Verification.Damage.Concat(report.Verification.Differences)));
        Assert.Equal(_root, report.RootAfter);
        Assert.Equal(3, Directory.GetFiles(Assert.Single(Directory.GetDirectories(_folder.Path, "model.ledger-*"))).Length);
        Assert.Single(Directory.GetFiles(Path.Combine(_model, "ledger")));
    }

    [Fact]
    public void EntryFromTheFuture_IsGoneOnFromWhenAccepted()
    {
        using (var model = LegoNetModel.Open(_model, Options()))
        {
            model.Forget("subject-1");
        }

        // The clock of those changes was wrong; today's is forty years behind it, and right.
        ManualClock clock = new();
        clock.Advance(TimeSpan.FromDays(5000));
        var options = Options();
        options.Clock = clock;
        using (var model = LegoNetModel.Open(_model, options))
        {
            Assert.StartsWith("The clock says 1983-09-10", Assert.Throws<LegoNetException>(() => model.Forget("subject-2")).Message, StringComparison.Ordinal);
        }

        var refused = LegoNetModel.Repair(_model, acceptLoss: false, options, cancellationToken: TestContext.Current.CancellationToken);
        Assert.Contains("and it is 1983-09-10", Assert.Single(refused.Lost), StringComparison.Ordinal);
        Assert.Equal(RepairOutcome.LossNotAccepted, refused.Outcome);
        Repair(options);
        using (var model = LegoNetModel.Open(_model, options))
        {
            model.Forget("subject-2");
            Assert.True(Verify(model) is { IsExact: true, SignaturesChecked: true });
            Assert.Equal(["forget", "correct", "forget", "repair", "forget"], model.History.Entries().Select(e => e.Operation).TakeLast(5));
        }
    }

    [Fact]
    public void OlderManifestPutBack_IsNotTakenForTheModelSilently()
    {
        Tree.Copy(_model, _folder["newer"]);
        using (var model = LegoNetModel.Open(_folder["newer"], Options()))
        {
            model.Forget("subject-1");
        }

        // All files of the older state, and the ledger of the newer one.
        Tree.Copy(_folder["newer/ledger"], Path.Combine(_model, "ledger"));
        var report = Repair();
        Assert.Equal(RepairOutcome.LossNotAccepted, report.Outcome);
        Assert.StartsWith("ledger: its last entry leads to another state", report.Lost[0], StringComparison.Ordinal);

        // Whoever accepts that learns how many of the forgotten are back.
        Assert.StartsWith("records: 3 of those that are here were forgotten once", report.Lost[1], StringComparison.Ordinal);
        Assert.Equal(2, report.Lost.Count);
    }

    [Fact]
    public void StrayFiles_AreRemovedAndNamed()
    {
        File.WriteAllText(Path.Combine(_model, "records/stray"), "x");
        Directory.CreateSymbolicLink(Path.Combine(_model, "link"), _folder["whole"]);
        File.WriteAllText(Path.Combine(_model, "commit-in-progress"), "");
        var report = Repair();
        Assert.Equal(RepairOutcome.Repaired, report.Outcome);
        Assert.Equal(["link", "records/stray"], report.Removed);
        AssertAsBefore();
        Assert.True(File.Exists(_folder["whole/manifest.json"]));
    }

    [Fact]
    public void Repair_FailsAtAnyFileOperation_CanBeRunAgain()
    {
        void Damage()
        {
            Tree.Copy(_folder["whole"], _model);
            string[] damaged = [.. Files("adapters/*.safetensors"), .. Files("manifest.json"), Files("records/*.safetensors")[0], .. Files("records/*.json")];
            foreach (var file in damaged)
            {
                Flip(file);
            }
        }

        Damage();
        Assert.Equal(RepairOutcome.RepairedWithLoss, Repair(acceptLoss: true).Outcome);
        var expected = Tree.Files(_model);
        for (var at = 0; ; at++)
        {
            Damage();
            var files = new FaultyFiles { FailAt = at, Kind = FaultyFiles.Fault.Half, Dies = true };
            var options = Options();
            options.Files = files;
            var failure = Record.Exception(() => Repair(options));
            var report = Repair(acceptLoss: true);
            Assert.True(
                report.Verification!.IsExact,
                $"{at}: {string.Join('\n', report.Lost.Concat(report.Verification.Damage).Concat(report.Verification.Differences))}");
            var now = Tree.Files(_model);
            Assert.Equal(expected.Keys, now.Keys);
            Assert.All(expected, f => Assert.Equal(f.Value, now[f.Key]));
            if (failure is null)
            {
                Assert.True(at > 10);
                return;
            }
        }
    }

    private void AssertAsBefore()
    {
        Tree.AssertSameModel(_folder["whole"], _model);
        Assert.Equal(Directory.GetFiles(_folder["whole/ledger"]).Length, Directory.GetFiles(Path.Combine(_model, "ledger")).Length);
        using var model = LegoNetModel.Open(_model, Options());
        Assert.True(Verify(model).IsExact);
    }

    private void AssertIsTrainedOnWhatIsLeft(long count)
    {
        using var model = LegoNetModel.Open(_model, Options());
        Assert.Equal(count, model.RecordCount);
        EncodedRecord[] left =
        [
            .. Records(0, 60)
                .Select(r => r.Subject == "subject-3" && r.Id == "id-1" ? r with { Label = s_corrected } : r)
                .Where(r => Holds(model, r)),
        ];
        Assert.Equal(count, left.Length);
        var fresh = _folder[$"fresh-{Guid.NewGuid():n}"];
        LegoNetModel.Train(fresh, s_definition, left, Options()).Dispose();
        Tree.AssertSameModel(fresh, _model);
        model.Forget(left[0].Subject);
        Assert.True(Verify(model).IsExact);
    }

    private static bool Holds(LegoNetModel model, EncodedRecord record) => model.VerifyData([record], complete: false, CancellationToken.None).IsExact;

    private static VerificationReport Verify(LegoNetModel model) => model.Verify();

    private RepairReport Repair(bool acceptLoss = false) => LegoNetModel.Repair(_model, acceptLoss, Options());

    private void Repair(ModelOptions options) => LegoNetModel.Repair(_model, acceptLoss: true, options);

    private static void Add(LegoNetModel model) => model.Add(Records(200, 1));

    private string[] Files(string pattern) =>
    [
        .. Directory.GetFiles(Path.Combine(_model, Path.GetDirectoryName(pattern)!), Path.GetFileName(pattern)).Order(StringComparer.Ordinal),
    ];

    private static void Flip(string file)
    {
        var bytes = File.ReadAllBytes(file);
        bytes[bytes.Length / 2] ^= 4;
        File.WriteAllBytes(file, bytes);
    }

    private static IEnumerable<EncodedRecord> Records(int first, int count)
        => Enumerable.Range(first, count).Select(i => Models.Record(s_definition.Spec, i / 3, i % 3));

    private ModelOptions Options() => new()
    {
        TagKeyPath = _folder["key"],
        SigningKeyPath = _folder["signing"],
        PublicKeyPath = _folder["public"],
        Threads = 2,
        Files = new UnflushedFiles(),
    };
}
