using LegoNet.Data;
using LegoNet.Data.Json;
using LegoNet.Encoders;
using LegoNet.Encoders.Hashing;
using LegoNet.Encoders.Tabular;
using LegoNet.Pipelines;
using LegoNet.Specs;

namespace LegoNet.Tests.Encoders;

public sealed class CompositeEncoderTests
{
    private const string Titles = """{"type":"hashing","columns":["title","body"],"dimension":64}""";
    private const string Numbers = """{"type":"tabular","columns":[{"name":"price","min":0,"max":10},{"name":"kind","categories":["a","b"]}]}""";

    private static readonly string[] s_header = ["kind", "title", "body", "price"];

    [Fact]
    public void Encode_TextAndColumns_PutsTheCodesOfThePartsSideBySide()
    {
        using var composite = Create($"{Titles},{Numbers}");
        using var hashing = new HashingEncoder(new HashingOptions { Dimension = 64 });
        using var tabular = TabularEncoder.FromSpec(StrictJson.Parse(Numbers, "spec"));
        SourceRecord[] records = [Row("a", "red car", "very fast", "3"), Row("b", "", "", "12"), Row("a", "blue", "house, not a car", "0")];
        SourceRecord[] texts = [Text("red car\nvery fast"), Text("\n"), Text("blue\nhouse, not a car")];

        var codes = Encode(composite.Encoder, records);
        var (words, numbers) = (Encode(hashing, texts), Encode(tabular, records));
        var d = hashing.Dimension + tabular.Dimension;
        Assert.Equal(d, composite.Encoder.Dimension);
        Assert.Equal(RecordInputKind.Table, composite.InputKind);
        for (var i = 0; i < records.Length; i++)
        {
            sbyte[] expected = [.. words.AsSpan(i * 64, 64), .. numbers.AsSpan(i * tabular.Dimension, tabular.Dimension)];
            Assert.Equal(expected, codes[(i * d)..((i + 1) * d)]);
        }

        Assert.Equal(1, ((IClampingEncoder)composite.Encoder).Clamped);
    }

    [Fact]
    public void Encode_TwoPartsOfOneColumn_BothReadIt()
    {
        const string words = """{"type":"hashing","columns":["title"],"dimension":32}""";
        const string kind = """{"type":"tabular","columns":[{"name":"title","categories":["car"],"unknown":"zero"}]}""";
        using var composite = Create($"{words},{kind},{words}");
        var code = Encode(composite.Encoder, [Row("a", "car", "", "1")]);
        Assert.Equal(65, code.Length);
        Assert.Equal(code[..32], code[33..]);
        Assert.Equal(64, code[32]);
    }

    [Fact]
    public void Declaration_ReadAgain_IsTheSameEncoder()
    {
        using var composite = Create($"{Numbers},{Titles}");
        Assert.Equal(
            """{"parts":[{"columns":[{"amplitude":127,"max":10,"min":0,"missing":"error","name":"price"},"""
            + """{"amplitude":64,"categories":["a","b"],"missing":"error","name":"kind","unknown":"error"}],"missingMarks":["","?"],"type":"tabular"},"""
            + """{"columns":["title","body"],"dimension":64,"lowercase":true,"ngrams":2,"scale":254,"stopWords":"none","type":"hashing","weights":[100,50]}],"""
            + "\"type\":\"composite\"}",
            composite.Declaration);
        using var again = EncoderRegistry.Create(StrictJson.Parse(composite.Declaration, "spec"), new EncoderSettings());
        Assert.Equal(composite.Declaration, again.Declaration);
        Assert.Equal(composite.Encoder.Fingerprint, again.Encoder.Fingerprint);
        Assert.Equal("legonet-composite 1, legonet-tabular 1, legonet-hashing 1", again.Encoder.Fingerprint.Runtime);
        // SHA-256 of the declaration and the parts' digests, by another program.
        Assert.Equal("ae6208a599342c1fc7e4d1a5dfd65aed831b267549d3a195f34804882651d38d", again.Encoder.Fingerprint.Encoder);
        using var other = Create($"{Titles},{Numbers}");
        Assert.NotEqual(composite.Encoder.Fingerprint, other.Encoder.Fingerprint);
    }

    [Theory]
    [InlineData(null, null, null)]
    [InlineData(null, "x64 avx2", "x64 avx2")]
    [InlineData("x64 avx2", "x64 avx2", "x64 avx2")]
    [InlineData("NVIDIA H200", "x64 avx2", "NVIDIA H200, x64 avx2")]
    public void Fingerprint_PartsThatNameTheirProcessors_NamesThem(string? first, string? second, string? expected)
    {
        using var composite = new CompositeEncoder([Part(first), Part(second)]);
        Assert.Equal(expected, composite.Fingerprint.Processor);

        static CompositePart Part(string? processor) => new(new PlacedEncoder(processor), "{}", null);
    }

    [Fact]
    public void Fingerprint_OtherColumns_IsAnother()
    {
        using var both = Create(Titles);
        using var one = Create(Titles.Replace(",\"body\"", "", StringComparison.Ordinal));
        Assert.NotEqual(both.Encoder.Fingerprint, one.Encoder.Fingerprint);
    }

    [Fact]
    public void Encode_ColumnThatTheSourceLacks_ListsThoseItHasNearestFirst()
    {
        using var composite = Create("""{"type":"hashing","columns":["Tittle"],"dimension":64}""");
        var e = Assert.Throws<LegoNetException>(() => Encode(composite.Encoder, [Row("a", "car", "", "1")]));
        Assert.Equal(
            "ads.csv: line 7: the source has no column \"Tittle\", which the encoder declares; beside label, subject and id it has title, kind, body, price.",
            e.Message);
    }

    [Fact]
    public void Encode_RecordThatIsNoRow_IsRefused()
    {
        using var composite = Create(Titles);
        var e = Assert.Throws<LegoNetException>(() => Encode(composite.Encoder, [Text("a car")]));
        Assert.Equal("ads.csv: line 7: the composite encoder reads table rows, and this record is none.", e.Message);
    }

    [Theory]
    [InlineData("{}", "parts is missing")]
    [InlineData("""{"parts":[]}""", "parts must not be empty")]
    [InlineData("""{"parts":[{"type":"composite","parts":[]}]}""", "parts[0].type must be one of hashing, tabular, not \"composite\"")]
    [InlineData("""{"parts":[{"type":"vector","dimension":3,"min":0,"max":1}]}""", "parts[0].type must be one of hashing, tabular, not \"vector\"")]
    [InlineData("""{"parts":[{"type":"hashing"}]}""", "parts[0].columns is missing")]
    [InlineData("""{"parts":[{"type":"hashing","columns":[]}]}""", "parts[0].columns must not be empty")]
    [InlineData("""{"parts":[{"type":"hashing","columns":["a","a"]}]}""", "parts[0].columns names a column twice")]
    [InlineData("""{"parts":[{"type":"hashing","columns":[{"name":"a"}]}]}""", "parts[0].columns must be an array of strings")]
    [InlineData("""{"parts":[{"type":"hashing","columns":["a"],"size":3}]}""", "parts[0].size is not a known member here")]
    [InlineData("""{"parts":[{"type":"tabular","columns":["a"]}]}""", "parts[0].columns[0] must be a JSON object")]
    [InlineData("""{"parts":[{"type":"tabular","columns":[{"name":"a"}]}]}""", "parts[0].columns[0] must declare min and max")]
    [InlineData("""{"parts":[{"type":"hashing","columns":["a"]}],"scale":2}""", "scale is not a known member here")]
    [InlineData(
        """{"parts":[{"type":"hashing","columns":["a"],"dimension":65000},{"type":"hashing","columns":["b"],"dimension":536}]}""",
        "parts must make at most 65535 codes together, not 65536")]
    public void Create_BadDescription_NamesTheMember(string members, string message)
    {
        var json = members == "{}" ? """{"type":"composite"}""" : members.Insert(1, "\"type\":\"composite\",");
        var e = Assert.Throws<LegoNetException>(() => EncoderRegistry.Create(StrictJson.Parse(json, "spec"), new EncoderSettings()));
        Assert.StartsWith($"spec: {message}", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(65_000, 535, true)]
    [InlineData(65_000, 536, false)]
    public void Create_LongestCode_IsThatOfAModel(int first, int second, bool fits)
    {
        var parts = $$"""{"type":"hashing","columns":["a"],"dimension":{{first}}},{"type":"hashing","columns":["b"],"dimension":{{second}}}""";
        Assert.Equal(fits, Xunit.Record.Exception(() => Create(parts).Dispose()) is null);
    }

    private static EncoderSetup Create(string parts)
        => EncoderRegistry.Create(StrictJson.Parse($$"""{"type":"composite","parts":[{{parts}}]}""", "spec"), new EncoderSettings());

    private static sbyte[] Encode(ICodeEncoder encoder, SourceRecord[] records)
    {
        var codes = new sbyte[records.Length * encoder.Dimension];
        codes.AsSpan().Fill(99);
        encoder.Encode(records, codes);
        return codes;
    }

    private static SourceRecord Row(params string[] fields) => Record(new TableRowInput(s_header, fields));

    private static SourceRecord Text(string text) => Record(new TextInput(text));

    private static SourceRecord Record(RecordInput input) => new("subject", "id", null, input, "ads.csv: line 7");

    private sealed class PlacedEncoder(string? processor) : ICodeEncoder
    {
        public int Dimension => 1;

        public EncoderFingerprint Fingerprint { get; } = new("e", "r", "p", "f", 1, 1, processor);

        public int BatchSize => 1;

        public void Encode(IReadOnlyList<SourceRecord> records, Span<sbyte> codes)
        {
        }

        public void Dispose()
        {
        }
    }
}
