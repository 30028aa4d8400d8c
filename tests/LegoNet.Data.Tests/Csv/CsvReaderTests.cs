using FsCheck;
using FsCheck.Fluent;
using LegoNet.Data.Csv;
using LegoNet.Data.Files;
using LegoNet.Data.Tests.Support;

namespace LegoNet.Data.Tests.Csv;

public class CsvReaderTests
{
    [Fact]
    public void Read_WrittenRows_GivesThemBack()
    {
        var field = Gen.Choose(0, 6).SelectMany(n => Gen.ArrayOf(Gen.Elements("a", "é", "𝄞", ",", "\"", "\n", "\r", "\r\n", " ", "\t", ";"), n)).Select(string.Concat);
        var row = Gen.Choose(1, 4).SelectMany(n => Gen.ArrayOf(field, n));
        var file =
            from rows in Gen.Choose(0, 5).SelectMany(n => Gen.ArrayOf(row, n))
            from crlf in Gen.Elements(true, false)
            from lastEnd in Gen.Elements(true, false)
            from chunk in Gen.Elements(1, 2, 3, 7, 1000)
            select (rows, crlf, lastEnd, chunk);

        Check.One(Config.QuickThrowOnFailure.WithMaxTest(3000), Prop.ForAll(file.ToArbitrary(), t =>
        {
            var end = t.crlf ? "\r\n" : "\n";
            var text = string.Join(end, t.rows.Select(Line)) + (t.lastEnd && t.rows.Length > 0 ? end : "");
            var read = ReadAll(System.Text.Encoding.UTF8.GetBytes(text), chunk: t.chunk);
            return read.Count == t.rows.Length && read.Zip(t.rows).All(p => p.First.SequenceEqual(p.Second));
        }));

        // An unquoted field where that is allowed; the last, empty one of a row alone must be quoted to be a row at all.
        static string Line(string[] row)
            => string.Join(',', row.Select(f => f.AsSpan().IndexOfAny(",\"\r\n") >= 0 || row.Length == 1 ? "\"" + f.Replace("\"", "\"\"") + "\"" : f));
    }

    [Fact]
    public void Read_RowsLongerThanTheBuffer_GivesThemWhole()
    {
        var big = new string('x', 700_000) + "\"\n";
        var text = $"a,{new string('y', 300_000)}\n\"{big.Replace("\"", "\"\"")}\",b\nc,d";

        var rows = ReadAll(System.Text.Encoding.UTF8.GetBytes(text));

        Assert.Equal([["a", new string('y', 300_000)], [big, "b"], ["c", "d"]], rows);
    }

    [Fact]
    public void Line_AfterFieldsWithLineEnds_CountsThem()
    {
        using var reader = Reader("a\r\n\"b\nb\r\nb\"\nc\n\nd"u8.ToArray());
        var lines = new List<long>();
        while (reader.Read())
        {
            lines.Add(reader.Line);
        }

        Assert.Equal([1, 2, 5, 6, 7], lines);
    }

    [Fact]
    public void Read_ByteOrderMark_IsPassedOver()
    {
        Assert.Equal([["a", "b"]], ReadAll([0xEF, 0xBB, 0xBF, .. "a,b"u8]));
    }

    [Fact]
    public void Read_QuoteWithinUnquotedField_IsContent()
    {
        Assert.Equal([["5\" disk", "a"]], ReadAll("5\" disk,a\n"u8.ToArray()));
    }

    [Fact]
    public void Read_QuotesOff_KeepsThem()
    {
        Assert.Equal([["\"a", "b\""]], ReadAll("\"a,b\"\n"u8.ToArray(), options: new CsvOptions(',', Quotes: false)));
    }

    [Theory]
    [InlineData("a\n\"b\nc", "line 2: a quoted field that starts here is never closed")]
    [InlineData("a\n\"b\nc\"d\n", "line 3: text follows a closing quote")]
    [InlineData("a\nb\rc\n", "line 2: a carriage return stands without a line feed")]
    [InlineData("a\nb\r", "line 2: a carriage return stands without a line feed")]
    public void Read_BrokenLine_NamesIt(string text, string message)
    {
        Assert.Contains(message, SourceTesting.Failure(() => ReadAll(System.Text.Encoding.UTF8.GetBytes(text))));
    }

    [Fact]
    public void Read_Utf16_SaysSo()
    {
        Assert.Contains("UTF-16", SourceTesting.Failure(() => ReadAll(System.Text.Encoding.Unicode.GetPreamble())));
    }

    [Theory]
    [InlineData("short\n123456789012345678901,b\n", "line 2: a field is larger")]
    [InlineData("short\n\"1234567890123456789\n1\",b\n", "line 2: a field is larger")]
    [InlineData("a,b,c,d,e,f,g,h\n", "line 1: a row has more than 5 fields")]
    public void Read_OverTheLimits_NamesTheLine(string text, string message)
    {
        // The buffer starts larger than these rows; the limits hold all the same.
        var limits = new CsvLimits(20, 1 << 20, 5);

        Assert.Contains(message, SourceTesting.Failure(() => ReadAll(System.Text.Encoding.UTF8.GetBytes(text), limits: limits)));
    }

    [Fact]
    public void Read_EndlessQuotedField_StopsAtTheLimit()
    {
        using var stream = new EndlessStream();
        using var reader = new CsvReader(stream, "x.csv", new CsvOptions(','), new CsvLimits(1 << 20, 4 << 20, 10));

        Assert.Contains("line 1: a field is larger", SourceTesting.Failure(() => reader.Read()));
        Assert.InRange(stream.Given, 1 << 20, 4 << 20);
    }

    private static CsvReader Reader(byte[] bytes, int chunk = 1000, CsvOptions? options = null, CsvLimits? limits = null)
        => new(new ChunkStream(bytes, chunk), "x.csv", options ?? new CsvOptions(','), limits);

    private static List<string[]> ReadAll(byte[] bytes, int chunk = 1000, CsvOptions? options = null, CsvLimits? limits = null)
    {
        using var reader = Reader(bytes, chunk, options, limits);
        var rows = new List<string[]>();
        while (reader.Read())
        {
            var row = new string[reader.FieldCount];
            for (var i = 0; i < row.Length; i++)
            {
                row[i] = System.Text.Encoding.UTF8.GetString(reader.Field(i));
            }

            rows.Add(row);
        }

        return rows;
    }

    private sealed class ChunkStream(byte[] bytes, int chunk) : ReadOnlyStream
    {
        private int _at;

        public override int Read(Span<byte> buffer)
        {
            var count = Math.Min(Math.Min(chunk, buffer.Length), bytes.Length - _at);
            bytes.AsSpan(_at, count).CopyTo(buffer);
            _at += count;
            return count;
        }
    }

    private sealed class EndlessStream : ReadOnlyStream
    {
        public long Given { get; private set; }

        public override int Read(Span<byte> buffer)
        {
            buffer.Fill((byte)'x');
            if (Given == 0)
            {
                buffer[0] = (byte)'"';
            }

            Given += buffer.Length;
            return buffer.Length;
        }
    }
}
