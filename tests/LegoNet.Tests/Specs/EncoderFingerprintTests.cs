using System.Text;
using LegoNet.Data.Json;
using LegoNet.Specs;
using LegoNet.Tests.Support;

namespace LegoNet.Tests.Specs;

public class EncoderFingerprintTests
{
    private static readonly EncoderFingerprint s_unnamed = new("e", "onnxruntime 1.29.0", "cpu", "float32", 1, 32);
    private static readonly EncoderFingerprint s_avx512 = s_unnamed with { Processor = "x64 avx512" };
    private static readonly EncoderFingerprint s_avx2 = s_unnamed with { Processor = "x64 avx2" };

    [Fact]
    public void WriteTo_WithAndWithoutProcessor_NamesItOnlyWhereItIsKnown()
    {
        Assert.Equal(
            """{"batch":32,"encoder":"e","precision":"float32","provider":"cpu","runtime":"onnxruntime 1.29.0","threads":1}""",
            Json(s_unnamed));
        Assert.Equal(
            """{"batch":32,"encoder":"e","precision":"float32","processor":"x64 avx2","provider":"cpu","runtime":"onnxruntime 1.29.0","threads":1}""",
            Json(s_avx2));
    }

    [Fact]
    public void Read_WhatWasWritten_IsTheSame()
    {
        foreach (var fingerprint in (EncoderFingerprint[])[s_unnamed, s_avx512])
        {
            Assert.Equal(fingerprint, EncoderFingerprint.Read(StrictJson.Parse(Encoding.UTF8.GetBytes(Json(fingerprint)), "test", JsonRules.ForPeople)));
            var spec = Models.Definition(fingerprint: fingerprint).Spec.ToJson();
            var read = ModelSpec.Parse(spec, "test");
            Assert.Equal(fingerprint, read.Fingerprint);
            Assert.Equal(spec, read.ToJson());
        }
    }

    [Fact]
    public void IsSameEncoder_OtherProcessor_IsTrueAndAnythingElseIsFalse()
    {
        Assert.True(s_avx512.IsSameEncoder(s_avx512));
        Assert.True(s_avx512.IsSameEncoder(s_avx2));
        Assert.True(s_avx512.IsSameEncoder(s_unnamed));
        Assert.True(s_unnamed.IsSameEncoder(s_avx512));
        foreach (var other in Others(s_avx512))
        {
            Assert.False(s_avx512.IsSameEncoder(other), other.ToString());
            Assert.False(s_avx2.IsSameEncoder(other), other.ToString());
        }
    }

    [Fact]
    public void Agrees_ProcessorThatIsNotNamed_IsNotAnotherOne()
    {
        Assert.True(s_avx512.Agrees(s_avx512));
        Assert.True(s_avx512.Agrees(s_unnamed));
        Assert.True(s_unnamed.Agrees(s_avx2));
        Assert.False(s_avx512.Agrees(s_avx2));
        foreach (var other in Others(s_avx512))
        {
            Assert.False(s_avx512.Agrees(other), other.ToString());
            Assert.False(s_unnamed.Agrees(other), other.ToString());
        }
    }

    [Fact]
    public void WhyCodesMayDiffer_OneEncoderOnTwoProcessors_NamesBoth()
    {
        Assert.Equal("", s_avx512.WhyCodesMayDiffer(s_avx512));
        Assert.Equal("", s_avx512.WhyCodesMayDiffer(s_avx512 with { Encoder = "f" }));
        Assert.Equal(
            " (the codes were made by onnxruntime 1.29.0 (cpu, float32, batch 32, x64 avx512) and by onnxruntime 1.29.0 (cpu, float32, batch 32, x64 avx2), "
                + "so this may be no more than rounding)",
            s_avx512.WhyCodesMayDiffer(s_avx2));
    }

    private static EncoderFingerprint[] Others(EncoderFingerprint fingerprint) =>
    [
        fingerprint with { Encoder = "f" },
        fingerprint with { Runtime = "onnxruntime 1.30.0" },
        fingerprint with { Provider = "cuda" },
        fingerprint with { Precision = "float16" },
        fingerprint with { Threads = 2 },
        fingerprint with { Batch = 16 },
    ];

    private static string Json(EncoderFingerprint fingerprint) => Encoding.UTF8.GetString(CanonicalJson.Write(fingerprint.WriteTo));
}
