using LegoNet.Encoders;
using LegoNet.Records;
using LegoNet.Tests.Support;

namespace LegoNet.Tests.Changes;

/// <summary>Unique byte patterns of a record are nowhere once it is forgotten.</summary>
public sealed class ErasureTests : IDisposable
{
    private const int Dimension = 64;

    private static readonly ModelDefinition s_definition = Models.Definition(dimension: Dimension, adapters: 5, active: 2);

    private readonly TempFolder _folder = new();
    private readonly EncodedRecord _canary;
    private readonly LegoNetModel _model;

    public ErasureTests()
    {
        var codes = new sbyte[Dimension];
        "CANARY-CODE-a7f3b2-the-quick-brown-fox-jumps-over-a-lazy-dog-0123"u8[..Dimension].ToArray().CopyTo((byte[])(Array)codes, 0);
        _canary = new EncodedRecord("canary-subject-9c41e0", "canary-id-5d7702", "class-1", codes, Models.Fingerprint, "canary-origin");
        var others = Enumerable.Range(0, 50).Select(i => Models.Record(s_definition.Spec, i / 3, i % 3));
        _model = LegoNetModel.Train(_folder["model"], s_definition, [.. others, _canary], new ModelOptions { Threads = 2, Files = new FaultyFiles() });
    }

    public void Dispose()
    {
        _model.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void Train_KeepsTheCodeAndNoIdentity()
    {
        // The scan finds what is there: without this the tests below would prove nothing.
        Assert.NotEmpty(FilesWith(Bytes(_canary.Code)));
        Assert.NotEmpty(FilesWith(SubjectTag()));
        AssertNoIdentity();
    }

    [Fact]
    public void Forget_Subject_LeavesNothing()
    {
        var receipt = _model.Forget(_canary.Subject);
        AssertGone(_canary.Code);
        Assert.DoesNotContain(_canary.Id, receipt.ToJson(), StringComparison.Ordinal);
        Assert.DoesNotContain(_canary.Subject, receipt.ToJson(), StringComparison.Ordinal);
    }

    [Fact]
    public void Forget_InABatch_LeavesNothing()
    {
        Forget([new ForgetTarget("subject-1"), new ForgetTarget(_canary.Subject, _canary.Id), new ForgetTarget("subject-4", "id-2")]);
        AssertGone(_canary.Code);
    }

    [Fact]
    public void Forget_AfterCorrections_LeavesNoVersion()
    {
        var code = (sbyte[])_canary.Code.Clone();
        Array.Reverse(code);
        _model.Correct(_canary.Subject, _canary.Id, "class-3");
        Correct(_canary with { Code = code });
        Assert.Empty(FilesWith(Bytes(_canary.Code)));
        Assert.NotEmpty(FilesWith(Bytes(code)));
        AssertNoIdentity();
        _model.Forget(_canary.Subject);
        AssertGone(_canary.Code);
        AssertGone(code);
    }

    [Fact]
    public void Forget_Everything_LeavesNothing()
    {
        Forget([.. Enumerable.Range(0, 17).Select(i => new ForgetTarget($"subject-{i}")), new ForgetTarget(_canary.Subject)]);
        Assert.Equal(0, _model.RecordCount);
        AssertGone(_canary.Code);
    }

    [Fact]
    public void Forget_BesideAKilledTraining_RemovesWhatThatLeft()
    {
        Directory.CreateDirectory(_folder["model.partial/records"]);
        File.WriteAllBytes(_folder["model.partial/records/left"], Bytes(_canary.Code));
        _model.Forget(_canary.Subject);
        AssertGone(_canary.Code);
    }

    [Fact]
    public void Failures_NameNoIdentity()
    {
        var failures = new[]
        {
            Record.Exception(() => Forget([new ForgetTarget(_canary.Subject, "canary-id-unknown")])),
            Record.Exception(() => _model.Forget("canary-subject-unknown")),
            Record.Exception(() => _model.Correct(_canary.Subject, "canary-id-unknown", "class-0")),
            Record.Exception(() => Add(_canary with { Label = "class-2" })),
            Record.Exception(() => Add(_canary with { Id = "canary-id-x", Label = null })),
            Record.Exception(() => Add(_canary with { Id = "canary-id-x", Code = [1] })),
        };
        Assert.All(failures, failure =>
        {
            Assert.Equal(LegoNetError.BadInput, Assert.IsType<LegoNetException>(failure).Error);
            Assert.DoesNotContain("canary-subject", failure.ToString(), StringComparison.Ordinal);
            Assert.DoesNotContain("canary-id", failure.ToString(), StringComparison.Ordinal);
        });

        void Add(EncodedRecord record) => _model.Add([record], cancellationToken: TestContext.Current.CancellationToken);
    }

    private void Forget(ForgetTarget[] targets) => _model.Forget(targets);

    private void Correct(EncodedRecord record) => _model.Correct([record]);

    private void AssertGone(sbyte[] code)
    {
        AssertNoIdentity();
        Assert.Empty(FilesWith(Bytes(code)));
        Assert.Empty(FilesWith(Bytes(code)[..12]));

        // Tags stay in the ledger, as text; the raw bytes of an index or a segment must be gone.
        Assert.Empty(FilesWith(SubjectTag()));
        Assert.Empty(FilesWith([.. SubjectTag().AsSpan(0, 8)]));
        Assert.Empty(FilesWith(TagKey.Load(_folder["model.key"]).RecordTag(_canary.Subject, _canary.Id)));
    }

    private void AssertNoIdentity()
    {
        foreach (var text in (string[])[_canary.Subject, _canary.Id, _canary.Origin])
        {
            Assert.Empty(FilesWith(System.Text.Encoding.UTF8.GetBytes(text)));
            Assert.Empty(FilesWith(System.Text.Encoding.Unicode.GetBytes(text)));
            Assert.Empty(Directory.EnumerateFileSystemEntries(_folder.Path, $"*{text}*", SearchOption.AllDirectories));
        }
    }

    // The model and everything beside it: lock, holder, key, run settings, a partial model.
    private string[] FilesWith(byte[] pattern)
        => [.. Directory.EnumerateFiles(_folder.Path, "*", SearchOption.AllDirectories).Where(f => File.ReadAllBytes(f).AsSpan().IndexOf(pattern) >= 0)];

    private byte[] SubjectTag() => TagKey.Load(_folder["model.key"]).SubjectTag(_canary.Subject);

    private static byte[] Bytes(sbyte[] code) => (byte[])(Array)code.Clone();
}
