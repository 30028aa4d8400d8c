using System.Security.Cryptography;
using LegoNet.Data.Images;

namespace LegoNet.Data.Tests.Images;

public class JpegDecoderTests
{
    public static TheoryData<string> Names => [.. JpegSamples.All.Select(s => s.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Decode_EveryKind_GivesLibjpegTurbosIntensities(string name)
    {
        var sample = JpegSamples.All.Single(s => s.Name == name);

        var image = ImageDecoder.Decode(Convert.FromBase64String(sample.Base64));

        Assert.Equal((JpegSamples.Height, JpegSamples.Width), (image.Height, image.Width));
        Assert.Equal(sample.Sha256, Convert.ToHexStringLower(SHA256.HashData(image.Pixels)));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Decode_CutAnywhere_IsRefused(string name)
    {
        // libjpeg fills up a cut file with grey; onnxruntime-extensions' decoder never returns from one.
        var whole = Convert.FromBase64String(JpegSamples.All.Single(s => s.Name == name).Base64);
        for (var length = 0; length < whole.Length; length++)
        {
            Assert.Throws<InvalidDataException>(() => ImageDecoder.Decode(whole.AsMemory(0, length)));
        }
    }

    [Fact]
    public void Decode_DamagedAnywhere_AnswersOrRefuses()
    {
        var random = new Random(1);
        var samples = JpegSamples.All.Select(s => Convert.FromBase64String(s.Base64)).ToArray();
        int decoded = 0, refused = 0;
        for (var i = 0; i < 20_000; i++)
        {
            var bytes = (byte[])samples[i % samples.Length].Clone();
            for (var k = random.Next(1, 5); k > 0; k--)
            {
                bytes[random.Next(bytes.Length)] = (byte)(random.Next(3) == 0 ? 0xFF : random.Next(256));
            }

            // The declared size stays: a changed one may ask for more memory than a test should take.
            var original = samples[i % samples.Length];
            var frame = original.AsSpan().IndexOf((ReadOnlySpan<byte>)[0x08, 0x00, JpegSamples.Height, 0x00, JpegSamples.Width]);
            original.AsSpan(frame, 5).CopyTo(bytes.AsSpan(frame));
            try
            {
                var image = ImageDecoder.Decode(bytes);
                Assert.Equal((long)image.Height * image.Width * 3, image.Pixels.Length);
                decoded++;
            }
            catch (InvalidDataException)
            {
                refused++;
            }
        }

        Assert.True(decoded > 100 && refused > 100, $"{decoded} decoded, {refused} refused");
    }

    [Fact]
    public void Decode_OfAHugeDeclaredSize_IsRefusedBeforeAllocating()
    {
        var bytes = Convert.FromBase64String(JpegSamples.All[0].Base64);
        var frame = bytes.AsSpan().IndexOf((ReadOnlySpan<byte>)[0xFF, 0xC0]);
        new byte[] { 0xFF, 0xF0, 0xFF, 0xF0 }.CopyTo(bytes, frame + 5);
        var before = GC.GetAllocatedBytesForCurrentThread();

        var e = Assert.Throws<InvalidDataException>(() => ImageDecoder.Decode(bytes));

        Assert.Contains("65520 by 65520", e.Message, StringComparison.Ordinal);
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 1 << 20);
    }

    [Fact]
    public void Decode_WithImpossibleHuffmanTable_IsRefused()
    {
        // The native decoder of onnxruntime-extensions ends the process here.
        var bytes = Convert.FromBase64String(JpegSamples.All[0].Base64);
        var table = bytes.AsSpan().IndexOf((ReadOnlySpan<byte>)[0xFF, 0xC4]);
        bytes[table + 5] = 0xFF;

        Assert.Throws<InvalidDataException>(() => ImageDecoder.Decode(bytes));
    }

    [Fact]
    public void Decode_OfAnotherFormat_SaysSo()
        => Assert.Contains("neither", Assert.Throws<InvalidDataException>(() => ImageDecoder.Decode("GIF89a"u8.ToArray())).Message, StringComparison.Ordinal);
}
