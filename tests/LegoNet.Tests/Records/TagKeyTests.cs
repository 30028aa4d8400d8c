using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using LegoNet.Audit;
using LegoNet.Caching;
using LegoNet.Data;
using LegoNet.Encoders;
using LegoNet.Records;
using LegoNet.Specs;
using LegoNet.Tests.Support;

namespace LegoNet.Tests.Records;

public class TagKeyTests
{
    private static readonly TagKey s_key = TagKey.FromBytes([.. Enumerable.Range(0, 32).Select(i => (byte)i)]);

    public static TheoryData<string, string> Spellings => new()
    {
        { "  trail ", "trail" },
        { "trail\n", "trail" },
        { "\u00A0trail\u3000", "trail" },
        { "Jose\u0301", "Jos\u00E9" },
        { "\u212B", "\u00C5" },
        { "\u200Bx", "\u200Bx" },
        { "#4711", "#4711" },
    };

    [Theory]
    [MemberData(nameof(Spellings))]
    public void Tags_OfEverySpelling_AreTheHmacOfTheOneName(string written, string name)
    {
        var subject = Mac("legonet.subject.v1", name, "");
        var record = Mac("legonet.record.v1", name, name);

        Assert.Equal(subject, s_key.SubjectTag(written));
        Assert.Equal(record, s_key.RecordTag(written, written));
        Assert.Equal(new RecordKey(subject, record), s_key.KeyOf(written, written));
    }

    [Fact]
    public void Tags_OfWhatIsNoName_AreRefused()
    {
        Assert.All(["", " ", "a\tb", "a\uD800"], written =>
        {
            Assert.Equal(LegoNetError.BadInput, Assert.Throws<LegoNetException>(() => s_key.SubjectTag(written)).Error);
            Assert.Throws<LegoNetException>(() => s_key.RecordTag("a", written));
            Assert.Throws<LegoNetException>(() => s_key.RecordTag(written, "a"));
            Assert.StartsWith("row 5: the id ", Assert.Throws<LegoNetException>(() => s_key.KeyOf("a", written, "row 5")).Message);
        });
    }

    [Theory]
    [MemberData(nameof(Spellings))]
    public void Model_AskedForAnySpelling_FindsThePersonAndForgetsThem(string written, string name)
    {
        using var folder = new TempFolder();
        var definition = Models.Definition();
        EncodedRecord[] records = [.. Enumerable.Range(0, 6).Select(i => Models.Record(definition.Spec, i, i))];
        records[0] = records[0] with { Subject = written, Id = written };
        using var model = LegoNetModel.Train(folder["model"], definition, records, cancellationToken: TestContext.Current.CancellationToken);

        foreach (var spelling in (string[])[written, name])
        {
            Assert.Single(model.Inspect(spelling).Records);
            var proof = model.Prove(spelling);
            Assert.Equal(MembershipKind.Presence, proof.Kind);
            Assert.True(proof.Check(model.VerificationKeys, new() { Subject = name }).Holds);
            Assert.True(proof.Check(model.VerificationKeys, new() { Subject = written }).Holds);
            Assert.False(proof.Check(model.VerificationKeys, new() { Subject = name + "x" }).Holds);
            Assert.Equal(1, model.Forecast([new ForgetTarget(spelling, spelling)]).Records);
        }

        Assert.Equal(1, model.Forget(written).Records);
        Assert.Equal(MembershipKind.Absence, model.Prove(name).Kind);
    }

    [Fact]
    public void Forget_WhatIsNoName_NamesWhereTheRequestStands()
    {
        using var folder = new TempFolder();
        var definition = Models.Definition();
        using var model = LegoNetModel.Train(
            folder["model"],
            definition,
            [Models.Record(definition.Spec, 1, 1)],
            cancellationToken: TestContext.Current.CancellationToken);

        string Refusal(ForgetTarget target)
            => Assert.Throws<LegoNetException>(() => model.Forget([target], cancellationToken: TestContext.Current.CancellationToken)).Message;
        var subject = Refusal(new ForgetTarget("a\tb") { Origin = "row 7" });
        var id = Refusal(new ForgetTarget("a", " ") { Origin = "row 8" });

        Assert.StartsWith("row 7: the subject has a control character", subject);
        Assert.Equal("row 8: the id is empty.", id);
    }

    [Theory]
    [MemberData(nameof(Spellings))]
    public void Purge_ByAnySpelling_EmptiesTheCache(string written, string name)
    {
        using var folder = new TempFolder();
        using var encoder = new LengthEncoder();
        using (var cache = EncodingCache.Open(folder["cache"], encoder))
        {
            cache.Encoder.Encode([new SourceRecord(written, written, null, new TextInput("text"), "")], new sbyte[1]);
            cache.Encoder.Encode([new SourceRecord(name, name, null, new TextInput("text"), "")], new sbyte[1]);
            Assert.Equal((1, 1), (cache.Hits, cache.Misses));
        }

        Assert.Equal(1, EncodingCache.Purge(folder["cache"], [new ForgetTarget(written)]));
    }

    [Fact]
    public void Encode_WhatHasNoName_IsEncodedAndNotKept()
    {
        using var folder = new TempFolder();
        using var encoder = new LengthEncoder();
        using var cache = EncodingCache.Open(folder["cache"], encoder);
        var codes = new sbyte[2];
        foreach (var name in (string[])["", " ", "a\tb", "a\tb"])
        {
            SourceRecord[] records = [new(name, "a", null, new TextInput("abc"), ""), new("a", name, null, new TextInput("abcd"), "")];
            cache.Encoder.Encode(records, codes);
            Assert.Equal([3, 4], codes);
        }

        Assert.Equal((0, 8), (cache.Hits, cache.Misses));
    }

    private static byte[] Mac(string domain, string first, string second)
    {
        byte[] key = [.. Enumerable.Range(0, 32).Select(i => (byte)i)];
        byte[] Counted(string text)
        {
            var count = new byte[4];
            BinaryPrimitives.WriteInt32LittleEndian(count, Encoding.UTF8.GetByteCount(text));
            return [.. count, .. Encoding.UTF8.GetBytes(text)];
        }

        byte[] message = [.. Counted(domain), .. Counted(first), .. Encoding.UTF8.GetBytes(second)];
        return HMACSHA256.HashData(key, message);
    }

    private sealed class LengthEncoder : ICodeEncoder
    {
        public int Dimension => 1;

        public EncoderFingerprint Fingerprint => Models.Fingerprint;

        public int BatchSize => 8;

        public void Encode(IReadOnlyList<SourceRecord> records, Span<sbyte> codes)
        {
            for (var i = 0; i < records.Count; i++)
            {
                codes[i] = (sbyte)((TextInput)records[i].Input).Text.Length;
            }
        }

        public void Dispose()
        {
        }
    }
}
