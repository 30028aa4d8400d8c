using LegoNet.Caching;
using LegoNet.Data;
using LegoNet.Encoders;
using LegoNet.Specs;
using LegoNet.Store;
using LegoNet.TestHost;
using LegoNet.Tests.Support;
using LegoNet.Verification;

namespace LegoNet.Tests.Changes;

/// <summary>Obsolete files are overwritten before they go, and never under somebody who reads them.</summary>
public sealed partial class ShreddingTests : IDisposable
{
    private static readonly ModelDefinition s_definition = Models.Definition(adapters: 4, active: 2);

    private readonly TempFolder _folder = new();
    private readonly OverwrittenFiles _files = new();
    private readonly LegoNetModel _model;

    public ShreddingTests() => _model = LegoNetModel.Train(_folder["model"], s_definition, Records(), Options());

    public void Dispose()
    {
        _model.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void Forget_Shredding_OverwritesEveryFileThatGoes()
    {
        var before = Files();
        _files.Keep(before, _folder["links"]);
        _model.Forget("subject-3");
        var gone = before.Except(Files()).ToArray();
        Assert.True(gone.Length > 4);
        Assert.Equal(gone.Order(), _files.Overwritten.Order());

        // Through a second link to the same blocks, what was overwritten can still be looked at.
        Assert.All(gone, file => Assert.NotEqual(_files.Contents[file], File.ReadAllBytes(_files.LinkOf(file))));
        Assert.True(Verify(_model).IsExact);
    }

    [Fact]
    public void Forget_NotShredding_OverwritesNothing()
    {
        using var model = LegoNetModel.Open(_folder["model"], Options(shred: false));
        model.Forget("subject-3");
        Assert.Empty(_files.Overwritten);
    }

    [Fact]
    public void Correct_Shredding_OverwritesTheOldContent()
    {
        _model.Correct("subject-3", "id-1", s_definition.Spec.Classes.First(c => c != Models.Record(s_definition.Spec, 3, 1).Label));
        Assert.Contains(_files.Overwritten, f => f.Contains("records", StringComparison.Ordinal));
    }

    [Fact]
    public void Forget_ShreddingWhileAnotherReads_IsRefusedAndChangesNothing()
    {
        var root = _model.RootDigest;
        using (ReadersLock.TryShare(new ModelRun(new ModelPaths(_folder["model"]))))
        {
            var failure = Assert.Throws<LegoNetException>(() => _model.Forget("subject-3"));
            Assert.Contains("is reading this model", failure.Message, StringComparison.Ordinal);
        }

        Assert.Empty(_files.Overwritten);
        Assert.Equal(root, _model.RootDigest);
        Assert.True(Verify(_model).IsExact);
        _model.Forget("subject-3");
        Assert.NotEmpty(_files.Overwritten);
    }

    [Fact]
    public void Reads_OfAnInstanceThatMappedFiles_NeverSeeThemOverwritten()
    {
        using var other = LegoNetModel.Open(_folder["model"], Options(shred: false));
        foreach (var subject in (int[])[3, 4, 5])
        {
            // Everything is mapped, goes, and comes back under the same names and the same root.
            Assert.Equal(3, Inspect(other, subject));
            var root = other.RootDigest;
            _model.Forget($"subject-{subject}");
            Add(_model, subject);
            Assert.Equal(root, _model.RootDigest);
            Assert.Equal(3, Inspect(other, subject));
            Assert.True(VerifyData(other).IsExact);
            other.Forget("subject-7");
            Add(other, 7);
        }

        Assert.True(Verify(other).IsExact);
    }

    [Fact]
    public async Task Reads_WhileAnotherShreds_NeverFail()
    {
        using var done = new CancellationTokenSource();
        var reads = 0;
        var reading = Task.Run(
            () =>
            {
                using var reader = LegoNetModel.Open(_folder["model"], Options(shred: false));
                while (!done.IsCancellationRequested)
                {
                    Assert.True(Inspect(reader, 3) is 0 or 3);
                    Assert.Equal(3, Inspect(reader, 4));
                    reads++;
                }
            },
            TestContext.Current.CancellationToken);
        for (var round = 0; round < 15 || (reads < 10 && !reading.IsCompleted); round++)
        {
            _model.Forget("subject-3");
            Add(_model, 3);
        }

        done.Cancel();
        await reading;
    }

    [Fact]
    public void Forget_DiesWhileShredding_RecoveryOverwritesTheRest()
    {
        Tree.Copy(_folder["model"], _folder["before"]);
        for (var at = 0; ; at++)
        {
            Tree.Copy(_folder["before"], _folder["model"]);
            var files = new FaultyFiles { FailAt = at, Kind = FaultyFiles.Fault.Before, Dies = true };
            var options = Options();
            options.Files = files;
            using var dying = LegoNetModel.Open(_folder["model"], options);
            if (Record.Exception(() => dying.Forget("subject-3")) is null)
            {
                return;
            }

            var there = Files();
            _files.Overwritten.Clear();
            using var reopened = LegoNetModel.Open(_folder["model"], Options(shred: false));
            Assert.True(Verify(reopened).IsExact);
            var went = there.Where(f => f.EndsWith(".safetensors", StringComparison.Ordinal)).Except(Files()).Order();
            Assert.Equal(went, _files.Overwritten.Where(f => f.EndsWith(".safetensors", StringComparison.Ordinal)).Order());
        }
    }

    [Fact]
    public void Recovery_ShreddingWithALinkInTheModel_LeavesAloneWhatItLeadsTo()
    {
        File.WriteAllText(_folder["elsewhere"], "somebody's");
        File.CreateSymbolicLink(_folder["model/records/link"], _folder["elsewhere"]);
        File.WriteAllText(_folder["model/commit-in-progress"], "shred");
        using var reopened = LegoNetModel.Open(_folder["model"], Options());
        Assert.True(Verify(reopened).IsExact);
        Assert.Equal("somebody's", File.ReadAllText(_folder["elsewhere"]));
        Assert.Contains(_files.Overwritten, f => f.EndsWith("link", StringComparison.Ordinal));
    }

    [Fact]
    public void Repair_AfterAShreddingChangeDied_OverwritesWhatItRemoves()
    {
        Tree.Copy(_folder["model"], _folder["before"]);
        _model.Forget("subject-3");
        string[] gone = [.. Directory.GetFiles(_folder["before/records"]).Where(f => !File.Exists(_folder["model/records/" + Path.GetFileName(f)]))];
        Array.ForEach(gone, f => File.Copy(f, _folder["model/records/" + Path.GetFileName(f)]));
        File.WriteAllText(_folder["model/commit-in-progress"], "shred");
        _files.Overwritten.Clear();
        Assert.Equal(RepairOutcome.Repaired, LegoNetModel.Repair(_folder["model"], options: Options(shred: false), cancellationToken: TestContext.Current.CancellationToken).Outcome);
        Assert.Equal(gone.Select(Path.GetFileName).Order(StringComparer.Ordinal), _files.Overwritten.Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Forget_Shredding_OverwritesInCachesToo()
    {
        using (var encoder = new CodeOfText())
        using (var cache = EncodingCache.Open(_folder["cache"], encoder))
        {
            var codes = new sbyte[4];
            cache.Encoder.Encode([new SourceRecord("subject-3", "id-0", null, new TextInput("one"), "test")], codes);
        }

        _model.RegisterCache(_folder["cache"]);
        _model.Forget("subject-3");
        Assert.Contains(_files.Overwritten, f => f.StartsWith(_folder["cache"], StringComparison.Ordinal));
    }

    private string[] Files() => [.. Directory.EnumerateFiles(_folder["model"], "*", SearchOption.AllDirectories).Where(f => !f.Contains("ledger", StringComparison.Ordinal) && !f.EndsWith("in-progress", StringComparison.Ordinal))];

    private static IEnumerable<EncodedRecord> Records() => Enumerable.Range(0, 40).Select(i => Models.Record(s_definition.Spec, i / 3, i % 3));

    private static int Inspect(LegoNetModel model, int subject) => model.Inspect($"subject-{subject}").Records.Count;

    private static void Add(LegoNetModel model, int subject) => model.Add(Enumerable.Range(0, 3).Select(i => Models.Record(s_definition.Spec, subject, i)));

    private static VerificationReport Verify(LegoNetModel model) => model.Verify();

    private static VerificationReport VerifyData(LegoNetModel model) => model.VerifyData(Records());

    private ModelOptions Options(bool shred = true) => new() { TagKeyPath = _folder["key"], SigningKeyPath = _folder["signing"], PublicKeyPath = _folder["public"], Threads = 1, Files = _files, Shred = shred };

    private sealed class CodeOfText : ICodeEncoder
    {
        public int Dimension => 4;

        public EncoderFingerprint Fingerprint => Models.Fingerprint;

        public int BatchSize => 1;

        public void Encode(IReadOnlyList<SourceRecord> records, Span<sbyte> codes) => codes.Fill(1);

        public void Dispose()
        {
        }
    }

    /// <summary>The machine's files, keeping a second name for some of them, and a list of what was overwritten.</summary>
    private sealed partial class OverwrittenFiles() : PassingFiles(new UnflushedFiles())
    {
        public List<string> Overwritten { get; } = [];

        public Dictionary<string, byte[]> Contents { get; } = [];

        private string _links = "";

        public string LinkOf(string file) => Path.Combine(_links, Path.GetFileName(file));

        public void Keep(IEnumerable<string> files, string links)
        {
            _links = Directory.CreateDirectory(links).FullName;
            foreach (var file in files)
            {
                Contents[file] = File.ReadAllBytes(file);
                Assert.Equal(0, Link(file, LinkOf(file)));
            }
        }

        public override void Overwrite(string path)
        {
            lock (Overwritten)
            {
                Overwritten.Add(path);
            }

            base.Overwrite(path);
        }

        [System.Runtime.InteropServices.LibraryImport("libc", EntryPoint = "link", StringMarshalling = System.Runtime.InteropServices.StringMarshalling.Utf8)]
        private static partial int Link(string file, string name);
    }
}
