using System.IO.Compression;
using LegoNet.Caching;
using LegoNet.Data;
using LegoNet.Encoders;
using LegoNet.Records;
using LegoNet.Specs;
using LegoNet.Tests.Support;

namespace LegoNet.Tests.Changes;

/// <summary>
/// Unique names and codes of a forgotten person in the model, its neighbours, its registered caches and its log, plain or compressed.
/// (A label's text is declared in the spec, so it is no trace of anybody.)
/// </summary>
public sealed class ErasureTraceTests : IDisposable
{
    private const string Subject = "canary-subject-9c41e0";
    private const string Id = "canary-id-5d7702";
    private const string Text = "canary-text-7ba1 the quick brown fox";
    private static readonly sbyte[] s_code = Array.ConvertAll("CANARY-CODE-a7f3b2-the-quick-brown-fox-jumps-over-a-lazy-dog-012"u8.ToArray(), b => (sbyte)b);

    private static readonly ModelDefinition s_definition = Models.Definition(dimension: 64, adapters: 5, active: 2);

    private readonly TempFolder _folder = new();
    private readonly ListLogger<LegoNetModel> _log = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(true, true)]
    public void Forget_WithCaches_LeavesNoTraceAnywhere(bool cacheIsOpen, bool shred)
    {
        var cached = FillCaches();
        using var model = Train(shred);
        model.RegisterCache(_folder["cache-one"]);
        model.RegisterCache(_folder["cache-two"]);
        Assert.Contains(Traces.Find(_folder.Path, Bytes(s_code)), f => f.Contains("cache-two", StringComparison.Ordinal));
        Assert.Contains(Traces.Find(_folder.Path, Bytes(s_code)), f => f.Contains("model", StringComparison.Ordinal));

        using (var open = cacheIsOpen ? EncodingCache.Open(_folder["cache-one"], cached) : null)
        {
            open?.Encoder.Encode([Source("late")], new sbyte[64]);
            var receipt = model.Forget(Subject);
            Assert.Equal(cacheIsOpen ? 3 : 2, receipt.CachesPurged);
            File.WriteAllText(_folder["receipt.json"], receipt.ToJson());
        }

        AssertNoTrace();
    }

    [Fact]
    public void FailedAndRepeatedChanges_LeaveNoTrace()
    {
        using (var model = Train(shred: false))
        {
            for (var at = 0; ; at++)
            {
                var options = Options(shred: false);
                var files = new FaultyFiles { FailAt = at, Kind = FaultyFiles.Fault.Half, Dies = at % 2 == 0 };
                options.Files = files;
                if (Record.Exception(() => Forget(options)) is null)
                {
                    break;
                }
            }

            using var reopened = LegoNetModel.Open(_folder["model"], Options(shred: false));
            Forget(reopened);
        }

        AssertNoTrace();
    }

    [Fact]
    public void Find_CompressedCanary_IsFound()
    {
        // Without this the tests above would prove nothing.
        var canary = System.Text.Encoding.UTF8.GetBytes(Subject);
        var text = System.Text.Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat($"before {Subject} behind ", 4)));
        Write("gzip", s => new GZipStream(s, CompressionLevel.Optimal));
        Write("zlib", s => new ZLibStream(s, CompressionLevel.Optimal));
        Write("deflate", s => new DeflateStream(s, CompressionLevel.Optimal));
        using (var zip = ZipFile.Open(_folder["zip"], ZipArchiveMode.Create))
        {
            using var entry = zip.CreateEntry("entry").Open();
            entry.Write(text);
        }

        File.WriteAllBytes(_folder["behind"], [.. new byte[100], .. File.ReadAllBytes(_folder["gzip"]), .. new byte[100]]);
        File.WriteAllText(_folder[$"name-{Subject}"], "");
        Directory.CreateDirectory(_folder["nothing"]);
        File.WriteAllBytes(_folder["nothing/here"], new byte[1000]);
        Assert.Equal(6, Traces.Find(_folder.Path, canary).Length);

        void Write(string name, Func<Stream, Stream> compress)
        {
            using var file = File.Create(_folder[name]);
            using var stream = compress(file);
            stream.Write(text);
        }
    }

    private TextCodes FillCaches()
    {
        var encoder = new TextCodes();
        foreach (var name in (string[])["cache-one", "cache-two"])
        {
            using var cache = EncodingCache.Open(_folder[name], encoder);
            for (var i = 0; i < 100; i++)
            {
                cache.Encoder.Encode([new SourceRecord($"subject-{i / 3}", $"id-{i % 3}", "class-1", new TextInput($"text {i}"), "test")], new sbyte[64]);
            }

            cache.Encoder.Encode([Source(Id)], new sbyte[64]);
        }

        return encoder;
    }

    private static SourceRecord Source(string id) => new(Subject, id, "class-1", new TextInput(Text), "canary-origin");

    private LegoNetModel Train(bool shred)
    {
        var others = Enumerable.Range(0, 50).Select(i => Models.Record(s_definition.Spec, i / 3, i % 3));
        return LegoNetModel.Train(_folder["model"], s_definition, [.. others, new EncodedRecord(Subject, Id, "class-1", s_code, Models.Fingerprint, "canary-origin")], Options(shred));
    }

    private void Forget(ModelOptions options)
    {
        using var model = LegoNetModel.Open(_folder["model"], options);
        Forget(model);
    }

    private static void Forget(LegoNetModel model) => model.Forget([new ForgetTarget(Subject)], ignoreUnknown: true);

    private ModelOptions Options(bool shred) => new() { TagKeyPath = _folder["key"], Threads = 2, Files = new UnflushedFiles(), Logger = _log, Shred = shred };

    private void AssertNoTrace()
    {
        byte[][] names = [.. new[] { Subject, Id, "canary-origin", Text }.SelectMany(t => (byte[][])[System.Text.Encoding.UTF8.GetBytes(t), System.Text.Encoding.Unicode.GetBytes(t)])];
        Assert.Empty(Traces.Find(_folder.Path, names));

        // Also of part of it.
        Assert.Empty(Traces.Find(_folder.Path, Bytes(s_code), Bytes(s_code)[..12], Bytes(s_code)[^12..]));
        foreach (var key in Directory.GetFiles(_folder.Path, "*key").Select(TagKey.Load))
        {
            Assert.Empty(Traces.Find(_folder.Path, key.SubjectTag(Subject), key.SubjectTag(Subject)[..8], key.RecordTag(Subject, Id)));
        }

        Assert.All(_log.Entries, entry => Assert.DoesNotContain("canary", entry.Message, StringComparison.OrdinalIgnoreCase));
        Assert.NotEmpty(_log.Entries);
    }

    private static byte[] Bytes(sbyte[] code) => (byte[])(Array)code.Clone();

    private sealed class TextCodes : ICodeEncoder
    {
        public int Dimension => 64;

        public EncoderFingerprint Fingerprint => Models.Fingerprint;

        public int BatchSize => 1;

        public void Encode(IReadOnlyList<SourceRecord> records, Span<sbyte> codes)
        {
            for (var i = 0; i < records.Count; i++)
            {
                var row = codes.Slice(64 * i, 64);
                row.Fill((sbyte)records[i].Id.Length);
                if (records[i].Subject == Subject)
                {
                    s_code.CopyTo(row);
                }
            }
        }

        public void Dispose()
        {
        }
    }
}
