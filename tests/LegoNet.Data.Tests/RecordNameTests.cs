using System.Formats.Tar;
using System.Security.Cryptography;
using System.Text;
using LegoNet.Data.Formats;
using static LegoNet.Data.Tests.Support.SourceTesting;

namespace LegoNet.Data.Tests;

public class RecordNameTests
{
    // Unicode's property White_Space; documented in docs/formats.md.
    private const string WhiteSpace =
        "\t\n\v\f\r \u0085\u00A0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200A\u2028\u2029\u202F\u205F\u3000";

    [Theory]
    [InlineData("  trail ", "trail")]
    [InlineData("trail\n", "trail")]
    [InlineData("\ttrail\r\n", "trail")]
    [InlineData("\u00A0trail\u3000", "trail")]
    [InlineData("Jose\u0301", "Jos\u00E9")]
    [InlineData("Jos\u00E9", "Jos\u00E9")]
    [InlineData("A\u030A", "\u00C5")]
    [InlineData("\u212B", "\u00C5")]
    [InlineData("q\u0323\u0307", "q\u0323\u0307")]
    [InlineData("q\u0307\u0323", "q\u0323\u0307")]
    [InlineData("\u1112\u1161\u11AB", "\uD55C")]
    [InlineData("\uD558\u11AB", "\uD55C")]
    [InlineData("\uFA1D", "\u7CBE")]
    [InlineData("\uD834\uDD5E", "\uD834\uDD57\uD834\uDD65")]
    [InlineData("a  b", "a  b")]
    [InlineData("a\u00A0b", "a\u00A0b")]
    [InlineData("#4711", "#4711")]
    [InlineData("\u200Bx", "\u200Bx")]
    [InlineData("\uFEFFx", "\uFEFFx")]
    [InlineData("ANN", "ANN")]
    [InlineData("\uFB01x", "\uFB01x")]
    [InlineData("\u4E2D\u6587", "\u4E2D\u6587")]
    [InlineData("\uD83D\uDE00", "\uD83D\uDE00")]
    public void Normalize_Spelling_GivesTheOneName(string written, string name)
    {
        Assert.Equal(name, RecordName.Normalize(written));
        Assert.Equal(name, RecordName.Normalize(name));
    }

    [Theory]
    [InlineData("ann")]
    [InlineData("Jos\u00E9")]
    [InlineData("\u4E2D\u6587")]
    public void Normalize_Name_IsTheNameItself(string name) => Assert.Same(name, RecordName.Normalize(name));

    [Theory]
    [InlineData("", "is empty")]
    [InlineData("  \t\u00A0", "is empty")]
    [InlineData("a\tb", "has a control character")]
    [InlineData("a\nb", "has a control character")]
    [InlineData("a\0", "has a control character")]
    [InlineData("a\u007Fb", "has a control character")]
    [InlineData("a\u0085b", "has a control character")]
    public void Normalize_NoName_IsRefusedWithThePlace(string written, string why)
    {
        Assert.StartsWith($"who.csv: line 3: the subject {why}", Failure(() => RecordName.Normalize(written, "subject", "who.csv: line 3")));
        Assert.StartsWith($"The id {why}", Failure(() => RecordName.Normalize(written, "id")));
    }

    [Theory]
    [InlineData(0xD800)]
    [InlineData(0xDBFF)]
    [InlineData(0xDC00)]
    public void Normalize_HalfASurrogatePair_IsRefused(int half)
    {
        // Encoded as UTF-8 they would all be the same replacement character, and their owners one person.
        foreach (var written in (string[])[$"{(char)half}", $"a{(char)half}b", $"{(char)half}{(char)half}", $"\uD83D\uDE00{(char)half}"])
        {
            Assert.Contains("half a surrogate pair", Failure(() => RecordName.Normalize(written)));
        }
    }

    [Fact]
    public void Normalize_EveryCharacter_TrimsThoseOfTheDocumentAndNoOther()
    {
        var trimmed = Enumerable.Range(0, 0x10000).Select(c => (char)c).Where(c => RecordName.Accepts($"x{c}") && RecordName.Normalize($"x{c}") == "x");

        Assert.Equal(WhiteSpace, string.Concat(trimmed));
    }

    [Fact]
    public void Compose_EveryCharacter_IsUnicodesCanonicalComposition()
    {
        // The digest is that of another implementation of Unicode 17.0.
        using var digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        for (var point = 0; point <= 0x10FFFF; point = point == 0xD7FF ? 0xE000 : point + 1)
        {
            digest.AppendData(Encoding.UTF8.GetBytes(NameComposition.Compose(char.ConvertFromUtf32(point)) + "\n"));
        }

        Assert.Equal("9cc65524a9d8082bf10840c616cd199bd2ac12ee49a3381bd6fb7957711f342b", Convert.ToHexStringLower(digest.GetHashAndReset()));
    }

    [Fact]
    public void Compose_DrawnSequences_AreUnicodesCanonicalComposition()
    {
        (int From, int To)[] ranges =
        [
            (0x41, 0x7A), (0xC0, 0x17F), (0x300, 0x36F), (0x5B0, 0x5C7), (0x64B, 0x655), (0x9BE, 0x9D7), (0xB3E, 0xB57), (0x1100, 0x1112),
            (0x1161, 0x1175), (0x11A7, 0x11C3), (0x1E00, 0x1FFF), (0xAC00, 0xAC40), (0xF900, 0xF920), (0x11099, 0x110BA), (0x16D63, 0x16D6A),
            (0x1D157, 0x1D172),
        ];
        int[] points = [.. ranges.SelectMany(r => Enumerable.Range(r.From, r.To - r.From + 1))];
        using var digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var drawn = 1u;
        for (var i = 0; i < 100_000; i++)
        {
            var text = new StringBuilder();
            for (var j = 0; j < 8; j++)
            {
                drawn = unchecked((drawn * 1664525) + 1013904223);
                text.Append(char.ConvertFromUtf32(points[(int)((drawn >> 8) % (uint)points.Length)]));
            }

            var composed = NameComposition.Compose(text.ToString());
            Assert.Equal(composed, NameComposition.Compose(composed));
            digest.AppendData(Encoding.UTF8.GetBytes(composed + "\n"));
        }

        // The digest is that of another implementation of Unicode 17.0.
        Assert.Equal("00e144e08d17c3b6c167d1b2a3f22f56f571409508ca579e6cafeaf52d0a9be9", Convert.ToHexStringLower(digest.GetHashAndReset()));
    }

    [Fact]
    public void Compose_VeryManyMarks_TakesTimeInProportion()
    {
        var marks = string.Concat(Enumerable.Repeat("\u0301\u0323", 500_000));
        Assert.Equal("q" + new string('\u0323', 500_000) + new string('\u0301', 500_000), RecordName.Normalize("q" + marks));
    }

    [Theory]
    [InlineData("  trail ")]
    [InlineData("\u00A0trail\u2003")]
    [InlineData("Jose\u0301")]
    [InlineData("Jos\u00E9")]
    [InlineData("\u200Bx")]
    [InlineData("#4711")]
    public void Read_AnySource_GivesTheOneName(string written)
    {
        var name = RecordName.Normalize(written);
        using var folder = new TempFolder();
        folder.Write("t.csv", $"who,id,text,x1\n\"{written}\",\"{written}\",hello,1\n");
        folder.Write("v.csv", $"who,id\n{written},{written}\n");
        using (var writer = new NpyWriter(folder["v.npy"], NpyElement.Float32, 1, 1))
        {
            writer.Write([1f]);
            writer.Complete();
        }

        var png = PngWriter.Rgb(1, 1, [1, 2, 3]);
        folder.Write($"images/{written}/{written}.png", png);
        folder.Write("images.tar", Tar($"{written}/{written}.png", png));

        const string Names = "\"subject\":\"who\",\"id\":\"id\"";
        string[] sources =
        [
            "{\"type\":\"text\",\"path\":\"t.csv\"," + Names + "}",
            "{\"type\":\"tabular\",\"path\":\"t.csv\"," + Names + "}",
            "{\"type\":\"vectors\",\"path\":\"t.csv\",\"features\":[\"x1\"]," + Names + "}",
            "{\"type\":\"npy\",\"vectors\":\"v.npy\",\"records\":\"v.csv\"," + Names + "}",
            """{"type":"images","path":"images","include":"{subject}/{id}.png"}""",
            """{"type":"images","path":"images.tar","include":"{subject}/{id}.png"}""",
        ];
        Assert.All(sources, source => Assert.Equal((name, name), ReadAll(folder, source).Select(r => (r.Subject, r.Id)).Single()));
    }

    [Fact]
    public void Read_RecordsNamedByTheFile_AreNamedTheSameHoweverTheDiskSpellsIt()
    {
        using var folder = new TempFolder();
        folder.Write("jose\u0301.csv", "text\nhello\n");
        folder.Write("idx", Convert.FromHexString("000008030000000100000001000000017F"));
        File.Move(folder["idx"], folder["jose\u0301.idx"]);
        using (var writer = new NpyWriter(folder["jose\u0301.npy"], NpyElement.Float32, 1, 1))
        {
            writer.Write([1f]);
            writer.Complete();
        }

        Assert.Equal("jos\u00E9.csv:1", ReadAll(folder, "{\"type\":\"text\",\"path\":\"jose\u0301.csv\"}").Single().Subject);
        Assert.Equal("jos\u00E9.idx:1", ReadAll(folder, "{\"type\":\"idx\",\"images\":\"jose\u0301.idx\"}").Single().Id);
        Assert.Equal("jos\u00E9.npy:1", ReadAll(folder, "{\"type\":\"npy\",\"vectors\":\"jose\u0301.npy\"}").Single().Id);
    }

    private static byte[] Tar(string name, byte[] bytes)
    {
        using var stream = new MemoryStream();
        using (var writer = new TarWriter(stream, leaveOpen: true))
        {
            writer.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, name) { DataStream = new MemoryStream(bytes) });
        }

        return stream.ToArray();
    }
}
