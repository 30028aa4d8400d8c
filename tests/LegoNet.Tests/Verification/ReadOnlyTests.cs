using LegoNet.Adapters;
using LegoNet.Audit;
using LegoNet.Encoders;
using LegoNet.Records;
using LegoNet.Tests.Support;
using LegoNet.Verification;

namespace LegoNet.Tests.Verification;

/// <summary>A copy that must not be written to, beside which no lock can be made, is verified like any other.</summary>
public sealed class ReadOnlyTests : IDisposable
{
    private static readonly ModelDefinition s_definition = Models.Definition(segmentRows: 8);

    private readonly TempFolder _folder = new();
    private readonly ReadOnlyFiles _files = new();
    private readonly string _model;
    private readonly Receipt _receipt;

    public ReadOnlyTests()
    {
        _model = _folder["model"];
        using (var model = LegoNetModel.Train(_model, s_definition, Records(13), new ModelOptions { Threads = 1 }))
        {
            _receipt = model.Forget("subject-12");
        }

        ReadOnlyFiles.RefuseLocks(_model);
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Verify_ReadOnlyCopy_IsExact()
    {
        Assert.True(Verify().IsExact);
        using var model = LegoNetModel.Open(_model, Options());
        Assert.True(model.Verify(cancellationToken: TestContext.Current.CancellationToken).IsExact);
        Assert.True(model.VerifyData(Records(12), cancellationToken: TestContext.Current.CancellationToken).IsExact);
        Assert.True(model.VerifyReceipt(_receipt).Holds);
        Assert.Throws<LegoNetException>(() => model.Forget("subject-1")); // Whoever changes something still needs the lock.
    }

    [Fact]
    public void Verify_WithoutTheTagKey_ComparesAllThatIsMadeWithoutIt()
    {
        var key = TagKey.Load(_model + ".key");
        File.Delete(_model + ".key");
        var report = Verify();
        Assert.Equal(VerificationOutcome.NotComparable, report.Outcome);
        Assert.Equal((36, s_definition.Spec.Adapters), (report.Records, report.Adapters));
        Assert.Contains("model.key", Assert.Single(report.NotCompared), StringComparison.Ordinal);
        Assert.True(report.SignaturesChecked);

        AlterAdapter(key);
        report = Verify();
        Assert.Equal(VerificationOutcome.Different, report.Outcome);
        Assert.StartsWith("adapters/00002-", Assert.Single(report.Differences), StringComparison.Ordinal);

        var named = new ModelOptions { Files = _files, TagKeyPath = _folder["elsewhere"] };
        var e = Assert.Throws<LegoNetException>(() => LegoNetModel.Verify(_model, named, cancellationToken: TestContext.Current.CancellationToken));
        Assert.Contains("elsewhere", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Verify_WithoutAnyKey_SaysWhatWasNotChecked()
    {
        File.Delete(_model + ".key");
        File.Delete(_model + ".signing.pem");
        File.Delete(_model + ".signing.pub.pem");
        var report = Verify();
        Assert.Equal(VerificationOutcome.NotComparable, report.Outcome);
        Assert.False(report.SignaturesChecked);
        Assert.Equal(s_definition.Spec.Adapters, report.Adapters);
    }

    [Fact]
    public void Verify_ReadOnlyAndAltered_NamesTheAdapter()
    {
        AlterAdapter(TagKey.Load(_model + ".key"));
        Assert.StartsWith("adapters/00002-", Assert.Single(Verify().Differences), StringComparison.Ordinal);
    }

    [Fact]
    public void Verify_InterruptedChange_IsSaidOnAReadOnlyCopyAndSettledElsewhere()
    {
        File.WriteAllText(Path.Combine(_model, "commit-in-progress"), "");
        var report = Verify();
        Assert.StartsWith("commit-in-progress: a change was interrupted here", Assert.Single(report.Differences), StringComparison.Ordinal);
        Assert.Equal(s_definition.Spec.Adapters, report.Adapters);

        Directory.Delete(_model + ".lock");
        Directory.Delete(_model + ".readers");
        Assert.True(LegoNetModel.Verify(_model, cancellationToken: TestContext.Current.CancellationToken).IsExact);
    }

    [Fact]
    public void Verify_ChangedMeanwhile_StartsOver()
    {
        // Who has a lock of his own, on another machine say, changes the model after its manifest was read.
        Tree.Copy(_model, _folder["other"]);
        foreach (var file in Directory.GetFiles(_folder.Path, "model.*"))
        {
            File.Copy(file, file.Replace("model.", "other.", StringComparison.Ordinal));
        }

        using (var other = LegoNetModel.Open(_folder["other"]))
        {
            other.Forget("subject-3");
        }

        var changes = 0;
        _files.Reading = path =>
        {
            if (path.Contains("adapters", StringComparison.Ordinal) && changes++ == 0)
            {
                Tree.Copy(_folder["other"], _model);
            }
        };
        var report = Verify();
        Assert.True(report.IsExact, string.Join('\n', [.. report.Damage, .. report.Differences]));
        Assert.Equal((33, 3), (report.Records, report.LedgerEntries));
    }

    [Fact]
    public void Verify_ChangedAgainAndAgain_SaysThatSomebodyIsWriting()
    {
        _files.Reading = path =>
        {
            if (path.Contains("adapters", StringComparison.Ordinal))
            {
                var ledger = Path.Combine(_model, "ledger");
                File.Copy(Path.Combine(ledger, "00000002.json"), Path.Combine(ledger, $"{Directory.GetFiles(ledger).Length + 1:D8}.json"));
            }
        };
        var e = Assert.Throws<LegoNetException>(() => Verify());
        Assert.Equal(LegoNetReason.Busy, e.Reason);
        Assert.Contains("another process changes this model while it is verified", e.Message, StringComparison.Ordinal);
    }

    private static IEnumerable<EncodedRecord> Records(int subjects)
        => Enumerable.Range(0, subjects * 3).Select(i => Models.Record(s_definition.Spec, i / 3, i % 3));

    private void AlterAdapter(TagKey key)
    {
        var tampering = new Tampering(_model, key);
        var entry = tampering.Manifest.Adapters[2]!;
        var file = Path.Combine(_model, entry.AdapterFile(".safetensors"));
        var weights = LinearAdapter.Read(File.ReadAllBytes(file), "test", Models.Classes, Models.Dimension).Weights.ToArray();
        weights[3] = MathF.BitIncrement(weights[3]);
        tampering.ReplaceAdapter(2, new LinearAdapter(weights, Models.Classes).ToFile(), null);
    }

    private VerificationReport Verify() => LegoNetModel.Verify(_model, Options(), cancellationToken: TestContext.Current.CancellationToken);

    private ModelOptions Options() => new() { Threads = 1, Files = _files };
}
