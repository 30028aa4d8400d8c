using System.Globalization;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using LegoNet.Data.Tests.Vectors;
using static LegoNet.Data.Tests.Support.SourceTesting;

namespace LegoNet.Data.Tests.Sources;

/// <summary>Parts of sources that are read from where they begin.</summary>
public class SourcePositionTests
{
    private static readonly string[] s_characters = ["a", "é", "𝄞", ",", "\"", "\n", "\r\n", "\r", " ", "\t", ";", "x\ny\nz"];

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public void Read_PartByPart_GivesWhatReadingTheWholeGives()
        => Prop.ForAll(Gen.Choose(0, int.MaxValue).ToArbitrary(), seed =>
        {
            var random = new Random(seed);
            using var folder = new TempFolder(inMemory: true);
            var (text, records, members) = Hostile(random);
            var ending = random.Next(2) == 0 ? "csv" : "tsv";
            folder.Write($"t.{ending}", text);
            folder.Write($"t.{ending}.gz", Gzip(text));
            folder.Write("x.npy", VectorFileSourceTests.Npy(
                $"{{'descr': '<f4', 'fortran_order': {random.Next(2) == 0}, 'shape': ({records}, 2)}}",
                VectorFileSourceTests.Floats([.. Enumerable.Range(0, 2 * records).Select(i => (float)i)])));
            foreach (var file in (string[])[$"t.{ending}", $"t.{ending}.gz"])
            {
                AssertParts(folder, $$"""{"type":"text","path":"{{file}}","text":"b",{{members}}}""", records, random);
                AssertParts(folder, $$"""{"type":"tabular","path":"{{file}}",{{members}}}""", records, random);
                AssertParts(folder, $$"""{"type":"npy","vectors":"x.npy","records":"{{file}}",{{members}}}""", records, random);
            }

            AssertParts(folder, """{"type":"npy","vectors":"x.npy"}""", records, random);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(300));

    [Theory]
    [InlineData("""{"type":"text","path":"t.csv","text":"b","id":"a"}""")]
    [InlineData("""{"type":"npy","vectors":"x.npy","records":"t.csv","label":"b","id":"a"}""")]
    public void Read_APart_LooksAtNothingElse(string json)
    {
        const int Rows = 300;
        using var folder = new TempFolder(inMemory: true);
        var text = Encoding.UTF8.GetBytes("a,b\r\n" + string.Concat(Enumerable.Range(0, Rows).Select(i => $"r{i},\"x\r\n\"\"{i}\"\n")));
        folder.Write("t.csv", text);
        folder.Write("x.npy", VectorFileSourceTests.Npy($"{{'descr': '|i1', 'fortran_order': False, 'shape': ({Rows}, 1)}}", new byte[Rows]));
        var source = (IIndexedSource)Create(folder, json);
        var whole = ReadAll(source).Select(Describe).ToArray();
        var index = source.ReadIndex(null, Stop);
        var (start, end) = (source.Find(index.Before(100), 100, Stop), source.Find(index.Before(200), 200, Stop));

        text.AsSpan(5, (int)start.Byte - 5).Fill((byte)'"');
        text.AsSpan((int)end.Byte).Fill(0xFF);
        folder.Write("t.csv", text);

        Assert.Equal(whole[100..200], source.Read(start, 100, Stop).Select(Describe));
    }

    [Fact]
    public void Read_APartOfALargeFile_ReadsAboutAsMuch()
    {
        const string Counters = "/proc/thread-self/io";
        const int Rows = 500_000;
        Assert.SkipUnless(File.Exists(Counters), "Only Linux counts what a thread reads.");
        using var folder = new TempFolder();
        using (var writer = new StreamWriter(folder["t.csv"]) { NewLine = "\n" })
        {
            writer.WriteLine("text,id");
            for (var i = 0; i < Rows; i++)
            {
                writer.WriteLine($"\"some text of number {i}\nand more of it\",record {i}");
            }
        }

        var source = (IIndexedSource)Create(folder, """{"type":"text","path":"t.csv","id":"id"}""");
        var length = new FileInfo(folder["t.csv"]).Length;
        var before = Read();
        var index = source.ReadIndex(null, Stop);
        Assert.InRange(Read() - before, length, length + (1 << 20));
        Assert.Equal(Rows, index.Records);

        before = Read();
        var start = source.Find(index.Before(450_001), 450_001, Stop);
        Assert.Equal(["record 450001", "record 450002"], source.Read(start, 2, Stop).Select(r => r.Id));
        Assert.InRange(Read() - before, 1, 2 << 20);

        static long Read() => long.Parse(
            File.ReadLines(Counters).Single(l => l.StartsWith("rchar: ", StringComparison.Ordinal)).AsSpan(7), CultureInfo.InvariantCulture);
    }

    [Theory]
    [InlineData("f,g\n\"1\n\",2\r\n\"3\n\n\",4\n5,x\n7,8\n", "line 7: column \"g\" is no finite number")]
    [InlineData("\uFEFFf,g\n\n\n\"1\",2\n\n\"3\n\n\",4\n\n5,x\n7,8\n", "line 10: column \"g\" is no finite number")]
    public void Read_APartThatIsMalformed_NamesTheLine(string text, string message)
    {
        using var folder = new TempFolder();
        folder.Write("v.csv", text);
        var source = (IIndexedSource)Create(folder, """{"type":"vectors","path":"v.csv","features":["g"],"skipBlank":true}""");

        var start = source.Find(source.ReadIndex(null, Stop).Before(2), 2, Stop);

        Assert.NotEqual(0, start.Byte);
        Assert.Contains(message, Failure(() => _ = source.Read(start, 2, Stop).Count()));
        Assert.Equal(Failure(() => ReadAll(source)), Failure(() => _ = source.Read(start, 2, Stop).Count()));
    }

    [Theory]
    [InlineData("text,label\n", "has no rows")]
    [InlineData("text,label\n\"a\nb\",c\nd\n", "line 4: has 1 fields where 2 are expected")]
    [InlineData("text,label\n\"a\nb\",c\n\n", "line 4: is blank")]
    [InlineData("text,label\n\"a\nb\",c\n\"d", "line 4: a quoted field that starts here is never closed")]
    [InlineData("body,label\na,b\n", "has no column \"text\"")]
    public void ReadIndex_OfAMalformedFile_SaysWhatReadingItSays(string text, string message)
    {
        using var folder = new TempFolder();
        folder.Write("a.csv", text);
        var source = (IIndexedSource)Create(folder, """{"type":"text","path":"a.csv","label":"label"}""");

        Assert.Contains(message, Failure(() => source.ReadIndex(null, Stop)));
        Assert.Equal(Failure(() => ReadAll(source)), Failure(() => source.ReadIndex(null, Stop)));
    }

    [Fact]
    public void ReadIndex_OfUtf16_SaysSo()
    {
        using var folder = new TempFolder();
        folder.Write("a.csv", [.. Encoding.Unicode.GetPreamble(), .. Encoding.Unicode.GetBytes("text\na\n")]);
        Assert.Contains("UTF-16", Failure(() => ((IIndexedSource)Create(folder, """{"type":"text","path":"a.csv"}""")).ReadIndex(null, Stop)));
    }

    [Theory]
    [InlineData("id\na\n", "m.csv: has 1 rows where")]
    [InlineData("id\na\nb\nc\n", "m.csv: has more rows than")]
    public void ReadIndex_OfRecordsThatDoNotFit_SaysWhatReadingThemSays(string records, string message)
    {
        using var folder = new TempFolder();
        folder.Write("x.npy", VectorFileSourceTests.Npy("{'descr': '|i1', 'fortran_order': False, 'shape': (2, 1)}", new byte[2]));
        folder.Write("m.csv", records);
        var source = (IIndexedSource)Create(folder, """{"type":"npy","vectors":"x.npy","records":"m.csv","id":"id"}""");

        Assert.Contains(message, Failure(() => source.ReadIndex(null, Stop)));
        Assert.Equal(Failure(() => ReadAll(source)), Failure(() => source.ReadIndex(null, Stop)));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(1000)]
    [InlineData(1025)]
    public void Before_OfAnyRecord_IsNearAndNotBehindIt(int records)
    {
        const int Most = 4;
        var index = new SourceIndex(Most);
        for (var i = 0; i < records; i++)
        {
            index.Add(new SourcePosition(i, 10 * i, i + 2));
        }

        Assert.Equal(records, index.Records);
        for (var i = 0; i < records; i++)
        {
            var before = index.Before(i);
            Assert.InRange(before.Record, Math.Max(0, i - (2 * records / Most)), i);
            Assert.Equal((10 * before.Record, before.Record + 2), (before.Byte, before.Line));
        }
    }

    [Fact]
    public void ReadIndex_Cancelled_Stops()
    {
        using var folder = new TempFolder(inMemory: true);
        folder.Write("a.csv", "text\n" + string.Concat(Enumerable.Repeat("x\n", 70_000)));
        using var cancellation = new CancellationTokenSource();
        cancellation.Cancel();
        Assert.Throws<OperationCanceledException>(
            () => ((IIndexedSource)Create(folder, """{"type":"text","path":"a.csv"}""")).ReadIndex(null, cancellation.Token));
    }

    private static void AssertParts(TempFolder folder, string json, int records, Random random)
    {
        var source = (IIndexedSource)Create(folder, json);
        var whole = ReadAll(source).Select(Describe).ToArray();
        Assert.Equal(records, whole.Length);
        var index = source.ReadIndex(null, Stop);
        Assert.Equal(records, index.Records);
        Assert.Equal(!json.Contains(".gz", StringComparison.Ordinal), index.CanSeek);
        var (parts, shown) = (new List<string>(), new List<byte>());
        for (int first = 0, count; first < records; first += count)
        {
            count = random.Next(1, records - first + 1);
            var start = index.CanSeek ? source.Find(index.Before(first), first, Stop) : new SourcePosition(first, 0, 0);
            Assert.Equal(first, start.Record);
            parts.AddRange(source.Read(start, count, Stop).Select(Describe));
            if (source is IRawSource raw)
            {
                var both = new List<byte>();
                Assert.Equal(count, raw.Read(start, count, bytes => both.AddRange(bytes), Stop).Count());
                var part = new List<byte>();
                Assert.Equal(count, raw.ReadRaw(start, [count / 2, count - (count / 2)], bytes => part.AddRange(bytes), Stop).Sum());
                Assert.Equal(part, both);
                shown.AddRange(part);
            }
        }

        Assert.Equal(whole, parts);
        if (source is IRawSource all)
        {
            var expected = new List<byte>();
            Assert.Equal([records], all.ReadRaw(default, [records], bytes => expected.AddRange(bytes), Stop));
            Assert.Equal(expected, shown);
        }
    }

    // Rows of a quoted or plain text, a name and a label, with all that the format allows around and in them.
    private static (byte[] Text, int Records, string Members) Hostile(Random random)
    {
        var (header, quotes, skipBlank) = (random.Next(4) > 0, random.Next(4) > 0, random.Next(2) == 0);
        var separator = ",;\t"[random.Next(3)];
        var ends = random.Next(3) switch { 0 => ["\n"], 1 => ["\r\n"], _ => (string[])["\n", "\r\n"] };
        var records = random.Next(1, 40);
        var text = new StringBuilder(random.Next(3) == 0 ? "\uFEFF" : "");
        if (header)
        {
            Add(quotes && random.Next(2) == 0 ? $"\"a\"{separator}b{separator}c" : $"a{separator}b{separator}c");
        }

        for (var i = 0; i < records; i++)
        {
            Add($"r{i}{separator}{Field()}{separator}{random.Next(3)}");
        }

        if (random.Next(2) == 0)
        {
            text.Length -= text[^2] == '\r' ? 2 : 1;
        }

        var members = $"\"separator\":\"{(separator == '\t' ? "\\t" : separator)}\",\"quotes\":{(quotes ? "true" : "false")},"
            + $"\"skipBlank\":{(skipBlank ? "true" : "false")},\"label\":\"c\""
            + (header ? "" : ",\"header\":false,\"columns\":[\"a\",\"b\",\"c\"]")
            + (random.Next(2) == 0 ? ",\"id\":\"a\"" : "");
        return (Encoding.UTF8.GetBytes(text.ToString()), records, members);

        void Add(string line)
        {
            for (var blanks = skipBlank ? random.Next(3) : 0; blanks > 0; blanks--)
            {
                text.Append(ends[random.Next(ends.Length)]);
            }

            text.Append(line).Append(ends[random.Next(ends.Length)]);
        }

        string Field()
        {
            var field = string.Concat(Enumerable.Range(0, random.Next(6)).Select(_ => s_characters[random.Next(s_characters.Length)]));
            return quotes ? $"\"{field.Replace("\"", "\"\"", StringComparison.Ordinal)}\""
                : field.Replace("\n", "", StringComparison.Ordinal).Replace("\r", "", StringComparison.Ordinal).Replace(separator, '"');
        }
    }

    private static string Describe(SourceRecord record) => $"{record.Subject}|{record.Id}|{record.Label}|{record.Origin}|" + record.Input switch
    {
        TextInput text => text.Text,
        TableRowInput row => string.Join('|', row.Columns.Concat(row.Fields)),
        VectorInput vector => string.Join('|', vector.Values.ToArray()),
        _ => throw new InvalidOperationException(),
    };
}
