using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using LegoNet.Data;
using LegoNet.Data.Formats;
using LegoNet.Data.Json;
using LegoNet.Data.Sources;
using LegoNet.Records;
using LegoNet.Runs;

namespace LegoNet.Tests.Runs;

public sealed class SourcePartsTests : IDisposable
{
    private const int Records = 1000;

    private static readonly TagKey s_key = TagKey.CreateRandom();

    private readonly TempFolder _folder = new(inMemory: true);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("""{"type":"vectors","path":"FILE","features":["a"],"id":"id"}""")]
    [InlineData("""{"type":"tabular","path":"FILE","id":"id"}""")]
    [InlineData("""{"type":"safetensors","vectors":"x.safetensors","records":"FILE","id":"id"}""")]
    [InlineData("""{"type":"safetensors","vectors":"x.safetensors"}""")]
    public void Divide_ByAnyNumberOfThreads_GivesTheSame(string json)
    {
        Write(Line);
        foreach (var parts in (int[])[1, 2, 7, 64, Records])
        {
            var expected = Divide(Open(json, "t.csv"), parts, 1);
            Assert.Equal(Records, expected.Sum(p => p.Records));
            Assert.All(Enumerable.Range(0, parts), p => Assert.Equal(expected.Take(p).Sum(q => q.Records), expected[p].Start.Record));
            foreach (var threads in (int[])[2, 3, 8])
            {
                Assert.Equal(expected, Divide(Open(json, "t.csv"), parts, threads));
            }

            // What cannot be sought is digested from the start, in order, and to the same digests.
            var inOrder = Divide(Open(json, "t.csv.gz"), parts, 4);
            Assert.Equal(expected.Select(p => (p.Digest, p.Bytes, p.Records)), inOrder.Select(p => (p.Digest, p.Bytes, p.Records)));
            Assert.All(inOrder, p => Assert.Equal(0, p.Start.Byte));
            Assert.Equal(json.Contains("FILE", StringComparison.Ordinal), expected[0].Start.Byte > 0);
        }
    }

    [Fact]
    public void Divide_OfATableThatWasWrittenSinceItWasCounted_IsRefused()
    {
        Write(Line);
        var source = Open("""{"type":"vectors","path":"FILE","features":["a"],"id":"id"}""", "t.csv");
        var index = SourceParts.Index(source, null, Stop);
        var text = File.ReadAllText(_folder["t.csv"]);
        foreach (var other in (string[])[text + "r1000,1,2\n", text.Replace("r0,0,", "rr,0,", StringComparison.Ordinal)])
        {
            File.WriteAllText(_folder["t.csv"], other);
            var failure = Assert.Throws<LegoNetException>(() => SourceParts.Divide(source, index, 10, s_key, 2, null, Stop));
            Assert.Contains("was changed while the run was planned", failure.Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void Divide_OfSeveralMalformedParts_NamesTheFirst(int threads)
    {
        Write(i => i is 300 or 301 or 700 or 999 ? $"r{i},x,1" : Line(i));
        var source = Open("""{"type":"vectors","path":"FILE","features":["a"],"id":"id"}""", "t.csv");
        for (var repeat = 0; repeat < 20; repeat++)
        {
            var failure = Assert.Throws<LegoNetException>(() => Divide(source, 50, threads));
            Assert.Contains("t.csv: line 402: column \"a\" is no finite number", failure.Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Divide_SaysHowFarItIs_AndStopsWhereItIsCancelled(int threads)
    {
        Write(Line);
        var source = Open("""{"type":"vectors","path":"FILE","features":["a"],"id":"id"}""", "t.csv");
        var index = SourceParts.Index(source, null, Stop);
        var reported = new List<LegoNetProgress>();
        SourceParts.Divide(source, index, 10, s_key, threads, new Progress(reported.Add), Stop);
        Assert.Equal(Enumerable.Range(1, 10).Select(i => new LegoNetProgress("reading the input", 100 * i, Records)), reported);

        using var cancellation = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        Assert.Throws<OperationCanceledException>(
            () => SourceParts.Divide(source, index, 10, s_key, threads, new Progress(_ => cancellation.Cancel()), cancellation.Token));
    }

    [Fact]
    public void Digest_OfBytesInAnyPieces_IsTheirKeyedHash()
    {
        var random = new Random(1);
        var bytes = new byte[100_000];
        random.NextBytes(bytes);
        using var mac = s_key.BeginContentTag();
        mac.AppendData(bytes);
        var expected = Convert.ToHexStringLower(mac.GetHashAndReset());
        using var digest = new InputDigest(s_key);
        foreach (var most in (int[])[50, 16 << 10, 40_000, bytes.Length])
        {
            for (int at = 0, count; at < bytes.Length; at += count)
            {
                count = Math.Min(random.Next(1, most + 1), bytes.Length - at);
                digest.Add(bytes.AsSpan(at, count));
            }

            Assert.Equal(expected, digest.Finish());
        }

        Assert.Equal(4 * bytes.Length, digest.Bytes);
    }

    private static string Line(int i) => $"r{i},{i},\"{i}{(i % 3 == 0 ? "\n" : "")}\"";

    private static InputPart[] Divide(IRecordSource source, int parts, int threads)
        => SourceParts.Divide(source, SourceParts.Index(source, null, Stop), parts, s_key, threads, null, Stop);

    private IRecordSource Open(string json, string file)
        => SourceRegistry.Create(
            StrictJson.Parse(json.Replace("FILE", file, StringComparison.Ordinal), "spec.json"), new SourceContext(_folder.Path, _ => null));

    private void Write(Func<int, string> line)
    {
        var text = Encoding.UTF8.GetBytes("id,a,b\n" + string.Concat(Enumerable.Range(0, Records).Select(i => line(i) + "\n")));
        _folder.Write("t.csv", text);
        using (var gzip = new GZipStream(File.Create(_folder["t.csv.gz"]), CompressionLevel.Fastest))
        {
            gzip.Write(text);
        }

        var writer = new SafetensorsWriter();
        writer.Add<float>("x", [.. Enumerable.Range(0, 3 * Records).Select(i => (float)i)], Records, 3);
        _folder.Write("x.safetensors", writer.ToArray());
    }

    private sealed class Progress(Action<LegoNetProgress> report) : IProgress<LegoNetProgress>
    {
        public void Report(LegoNetProgress value) => report(value);
    }
}
