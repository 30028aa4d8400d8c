using System.Security.Cryptography;
using FsCheck;
using FsCheck.Fluent;
using LegoNet.Data;
using LegoNet.Data.Json;
using LegoNet.Encoders.Hashing;

namespace LegoNet.Tests.Encoders.Hashing;

public class HashingEncoderTests
{
    private const string Plain = """{"type":"hashing","dimension":257}""";
    private const string Full = """{"type":"hashing","dimension":1000,"ngrams":3,"weights":[100,40,20]"""
        + ""","chars":[2,4],"charWeight":25,"stopWords":"english","stopWeight":30,"scale":400}""";

    private static readonly string[] s_vocabulary = ["the", "of", "a", "card", "Card", "bank", "été", "日本", "x1", "😀", "and", "engine", "9"];

    [Theory]
    [InlineData(Plain, "")]
    [InlineData(Plain, "card")]
    [InlineData(Plain, "The card of the bank, the card.")]
    [InlineData(Full, "The card of the bank, the card.")]
    [InlineData(Full, "Été à 日本語: x x x x x of the of the 😀")]
    [InlineData("""{"type":"hashing","ngrams":1,"lowercase":false,"dimension":65535}""", "Aa aA aa AA Aa")]
    public void Encode_Text_AgreesWithPlainReference(string spec, string text)
        => Assert.Equal(Reference(spec, text), Encode(spec, text));

    [Theory]
    [InlineData(0, 8192)]
    [InlineData(65_536, 8192)]
    [InlineData(65_537, 4096)]
    [InlineData(262_144, 2048)]
    [InlineData(262_145, 1024)]
    [InlineData(long.MaxValue, 1024)]
    public void DimensionFor_Records_IsAPowerOfTwoWithinTheBounds(long records, int dimension)
        => Assert.Equal(dimension, HashingOptions.DimensionFor(records));

    [Fact]
    public void Encode_RandomTexts_AgreesWithPlainReference()
        => Check.QuickThrowOnFailure(Prop.ForAll(
            Gen.Choose(0, s_vocabulary.Length - 1).ListOf().Select(list => string.Join(' ', list.Select(i => s_vocabulary[i]))).ToArbitrary(),
            text => Reference(Full, text).AsSpan().SequenceEqual(Encode(Full, text))));

    [Fact]
    public void Encode_TextOfManyNgrams_AgreesWithPlainReference()
    {
        // Long enough that the counter grows twice, and the workspace is reused for a short text afterwards.
        var text = string.Join(' ', Enumerable.Range(0, 6000).Select(i => $"w{i * 7919 % 5003}"));
        using var encoder = Create(Plain);
        Assert.Equal(Reference(Plain, text), Encode(encoder, text));
        Assert.Equal(Reference(Plain, "short text"), Encode(encoder, "short text"));
    }

    [Fact]
    public void Encode_ChangedNeighbours_KeepsTheCode()
    {
        using var encoder = Create(Full);
        string[] texts = ["the first", "", "a second one about cards", new string('z', 5000), "the first"];
        var together = Encode(encoder, texts);
        var backwards = Encode(encoder, [.. texts.Reverse()]);
        for (var i = 0; i < texts.Length; i++)
        {
            var alone = Encode(encoder, texts[i]);
            Assert.Equal(alone, together[(i * encoder.Dimension)..((i + 1) * encoder.Dimension)]);
            var j = texts.Length - 1 - i;
            Assert.Equal(alone, backwards[(j * encoder.Dimension)..((j + 1) * encoder.Dimension)]);
        }
    }

    [Fact]
    public void Encode_ManyThreads_GivesTheSameCodes()
    {
        using var encoder = Create(Full);
        var texts = Enumerable.Range(0, 400).Select(i => $"text {i} about the {s_vocabulary[i % s_vocabulary.Length]} {i % 17}").ToArray();
        var expected = texts.Select(t => Encode(Full, t)).ToArray();
        Parallel.For(0, texts.Length, i => Assert.Equal(expected[i], Encode(encoder, texts[i])));
    }

    [Fact]
    public void Encode_TextWithoutWords_IsZero() => Assert.All(Encode(Plain, " … !? "), code => Assert.Equal(0, code));

    [Fact]
    public void Encode_StaleBuffer_IsOverwritten()
    {
        using var encoder = Create(Plain);
        var codes = new sbyte[encoder.Dimension];
        codes.AsSpan().Fill(99);
        encoder.Encode([Record(new TextInput("card"))], codes);
        Assert.Equal(Encode(Plain, "card"), codes);
    }

    [Fact]
    public void Encode_OneWord_ClampsAtPlusOrMinus127()
        => Assert.Equal(127, Encode("""{"type":"hashing","ngrams":1}""", "card").Single(c => c != 0) is var code ? Math.Abs((int)code) : 0);

    [Fact]
    public void Encode_StopWords_WeighLess()
    {
        const string text = "the zebra";
        var plain = Encode("""{"type":"hashing","ngrams":1,"scale":100}""", text);
        var weighed = Encode("""{"type":"hashing","ngrams":1,"scale":100,"stopWords":"english","stopWeight":50}""", text);
        Assert.Equal([71, 71], Magnitudes(plain));
        Assert.Equal([45, 89], Magnitudes(weighed));
        Assert.Equal([100], Magnitudes(Encode("""{"type":"hashing","ngrams":1,"scale":100,"stopWords":"english","stopWeight":0}""", text)));
    }

    [Fact]
    public void Encode_FixedText_HasThePinnedCode()
    {
        // Codes are stored data: a change here is a new encoder version ("legonet-hashing 2"), never a refactoring.
        var code = Encode(
            """{"type":"hashing","dimension":512,"ngrams":2,"chars":[3,4],"stopWords":"english"}""",
            "I am still waiting on my new card, ÜBER-late: 3 weeks! Still waiting.");
        Assert.Equal(
            "c51b747c93c26b7c77d9c03c8d3c90ba04db79d9faa4aba68909c7d74e6259cb",
            Convert.ToHexStringLower(SHA256.HashData(System.Runtime.InteropServices.MemoryMarshal.AsBytes<sbyte>(code))));
    }

    [Fact]
    public void Encode_NoText_NamesTheRecord()
    {
        using var encoder = Create(Plain);
        var e = Assert.Throws<LegoNetException>(() => encoder.Encode([Record(new VectorInput(new float[3]))], new sbyte[encoder.Dimension]));
        Assert.Equal(LegoNetError.BadInput, e.Error);
        Assert.StartsWith("posts.csv: line 7:", e.Message);
    }

    [Fact]
    public void Encode_WrongBuffer_Throws()
    {
        using var encoder = Create(Plain);
        Assert.Throws<ArgumentException>(() => encoder.Encode([Record(new TextInput("x"))], new sbyte[encoder.Dimension - 1]));
    }

    [Theory]
    [InlineData(Plain)]
    [InlineData(Full)]
    public void CanonicalJson_ReadAgain_IsTheSameEncoder(string spec)
    {
        using var encoder = Create(spec);
        using var again = Create(encoder.CanonicalJson);
        Assert.Equal(encoder.CanonicalJson, again.CanonicalJson);
        Assert.Equal(encoder.Fingerprint, again.Fingerprint);
    }

    [Fact]
    public void CanonicalJson_Defaults_AreFilledInAndSorted()
    {
        using var encoder = Create("""{ "type": "hashing" }""");
        Assert.Equal(
            """{"dimension":4096,"lowercase":true,"ngrams":2,"scale":254,"stopWords":"none","type":"hashing","weights":[100,50]}""",
            encoder.CanonicalJson);
        using var full = Create(Full);
        Assert.Equal(
            """{"charWeight":25,"chars":[2,4],"dimension":1000,"lowercase":true,"ngrams":3,"scale":400,"stopWeight":30"""
                + ""","stopWords":"english","type":"hashing","weights":[100,40,20]}""",
            full.CanonicalJson);
    }

    [Fact]
    public void Fingerprint_OtherOptions_Differs()
    {
        using var one = Create(Plain);
        using var other = Create("""{"type":"hashing","dimension":257,"scale":255}""");
        Assert.Equal("legonet-hashing 1", one.Fingerprint.Runtime);
        Assert.Equal(64, one.Fingerprint.Encoder.Length);
        Assert.NotEqual(one.Fingerprint.Encoder, other.Fingerprint.Encoder);
    }

    [Theory]
    [InlineData("""{"type":"tabular"}""", "type")]
    [InlineData("""{"type":"hashing","dimension":8}""", "dimension")]
    [InlineData("""{"type":"hashing","ngrams":4}""", "ngrams")]
    [InlineData("""{"type":"hashing","ngrams":1,"weights":[100,50]}""", "weights")]
    [InlineData("""{"type":"hashing","weights":[100,0.5]}""", "weights")]
    [InlineData("""{"type":"hashing","chars":[3]}""", "chars")]
    [InlineData("""{"type":"hashing","chars":[5,3]}""", "chars")]
    [InlineData("""{"type":"hashing","charWeight":50}""", "charWeight")]
    [InlineData("""{"type":"hashing","stopWeight":50}""", "stopWeight")]
    [InlineData("""{"type":"hashing","stopWords":"german"}""", "stopWords")]
    [InlineData("""{"type":"hashing","dimensions":4096}""", "dimensions")]
    public void FromSpec_BadMember_IsNamed(string spec, string member)
    {
        var e = Assert.Throws<LegoNetException>(() => Create(spec));
        Assert.Equal(LegoNetError.BadInput, e.Error);
        Assert.StartsWith($"test.json: {member} ", e.Message);
    }

    [Fact]
    public void Constructor_OptionOutOfRange_IsNamed()
    {
        Assert.All(
            (IEnumerable<(string Name, Func<object> Create)>)
            [
                (nameof(HashingOptions.Dimension), () => new HashingOptions { Dimension = 8 }),
                (nameof(HashingOptions.Dimension), () => new HashingOptions { Dimension = 65_536 }),
                (nameof(HashingOptions.Weights), () => new HashingOptions { Weights = [] }),
                (nameof(HashingOptions.Weights), () => new HashingOptions { Weights = [100, 0] }),
                (nameof(HashingOptions.Ngrams), () => new HashingOptions { Ngrams = 4 }),
                (nameof(HashingOptions.Chars), () => new HashingOptions { Chars = (2, 9) }),
                (nameof(HashingOptions.Chars), () => new HashingOptions { Chars = (0, 3) }),
                (nameof(HashingOptions.Chars), () => new HashingOptions { Chars = (3, 2) }),
                (nameof(HashingOptions.StopWords), () => new HashingOptions { StopWords = (StopWords)2 }),
                (nameof(HashingOptions.CharWeight), () => new HashingOptions { CharWeight = 0 }),
                (nameof(HashingOptions.StopWeight), () => new HashingOptions { StopWeight = 101 }),
                (nameof(HashingOptions.Scale), () => new HashingOptions { Scale = 15 }),
                (nameof(HashingOptions.Weights), () => new HashingEncoder(new HashingOptions { Weights = [100] })),
                (nameof(HashingOptions.Weights), () => new HashingEncoder(new HashingOptions { Ngrams = 1, Weights = [100, 50] })),
            ],
            option => Assert.Throws<ArgumentOutOfRangeException>(option.Name, option.Create));
    }

    [Fact]
    public void ToCanonicalJson_NamesAsInSpecs_IsWhatTheSpecGives()
    {
        var options = new HashingOptions { Dimension = 512, Ngrams = 3, Chars = (3, 5), CharWeight = 40, Lowercase = false, StopWords = StopWords.English };
        Assert.Equal([100, 50, 50], options.Weights);
        using var spec = Create(
            """{"type":"hashing","dimension":512,"ngrams":3,"chars":[3,5],"charWeight":40,"lowercase":false,"stopWords":"english"}""");
        Assert.Equal(spec.CanonicalJson, options.ToCanonicalJson());
    }

    private static HashingEncoder Create(string spec) => HashingEncoder.FromSpec(StrictJson.Parse(spec, "test.json"));

    private static SourceRecord Record(RecordInput input) => new("s", "i", null, input, "posts.csv: line 7");

    private static sbyte[] Encode(string spec, string text)
    {
        using var encoder = Create(spec);
        return Encode(encoder, text);
    }

    private static sbyte[] Encode(HashingEncoder encoder, params string[] texts)
    {
        var codes = new sbyte[texts.Length * encoder.Dimension];
        encoder.Encode([.. texts.Select(t => Record(new TextInput(t)))], codes);
        return codes;
    }

    private static int[] Magnitudes(sbyte[] code) => [.. code.Where(c => c != 0).Select(c => Math.Abs((int)c)).Order()];

    /// <summary>The documented rule, written down without regard to speed.</summary>
    private static sbyte[] Reference(string spec, string text)
    {
        var o = HashingOptions.FromSpec(StrictJson.Parse(spec, "test.json"));
        var split = new HashingText();
        split.Split(text, o.Lowercase);
        var words = System.Text.Encoding.UTF8.GetString(split.Bytes).Split(' ', StringSplitOptions.RemoveEmptyEntries);
        string[] stops = ["the", "of", "a", "and"];
        var counts = new Dictionary<(ulong Seed, string Text), (int Count, int Weight)>();
        void Count(ulong seed, string ngram, int weight)
            => counts[(seed, ngram)] = (counts.TryGetValue((seed, ngram), out var c) ? c.Count + 1 : 1, weight);
        for (var i = 0; i < words.Length; i++)
        {
            for (var n = 1; n <= o.Weights.Count && i + n <= words.Length; n++)
            {
                var part = words[i..(i + n)];
                Count(0, string.Join(' ', part), o.Weights[n - 1] * (o.StopWords == StopWords.English && part.All(stops.Contains) ? o.StopWeight : 100));
            }

            var runes = $" {words[i]} ".EnumerateRunes().Select(r => r.ToString()).ToArray();
            for (var n = o.Chars?.Shortest ?? 1; n <= (o.Chars?.Longest ?? 0); n++)
            {
                for (var at = 0; at + n <= runes.Length; at++)
                {
                    Count(1, string.Concat(runes[at..(at + n)]), 100 * o.CharWeight);
                }
            }
        }

        var sums = new long[o.Dimension];
        foreach (var ((seed, ngram), (count, weight)) in counts)
        {
            var hash = HashingXx64.Hash(System.Text.Encoding.UTF8.GetBytes(ngram), seed);
            sums[(int)((UInt128)(hash >> 32) * (uint)o.Dimension >> 32)] += (hash % 2 == 0 ? 1 : -1) * (long)weight * HashingWeights.Of(count);
        }

        var norm = Math.Sqrt(sums.Sum(s => (double)s * s));
        return [.. sums.Select(s => s == 0 ? (sbyte)0 : (sbyte)Math.Clamp(Math.Round(s * (double)o.Scale / norm), -127, 127))];
    }
}
