using LegoNet.Data.Images;

namespace LegoNet.Data.Tests.Images;

public class PngDecoderTests
{
    private static readonly byte[] s_palette = [.. Enumerable.Range(0, 256).SelectMany(i => new[] { (byte)i, (byte)(255 - i), (byte)(i * 7) })];

    [Theory]
    [InlineData(0, 1)]
    [InlineData(0, 2)]
    [InlineData(0, 4)]
    [InlineData(0, 8)]
    [InlineData(0, 16)]
    [InlineData(2, 8)]
    [InlineData(2, 16)]
    [InlineData(3, 1)]
    [InlineData(3, 2)]
    [InlineData(3, 4)]
    [InlineData(3, 8)]
    [InlineData(4, 8)]
    [InlineData(4, 16)]
    [InlineData(6, 8)]
    [InlineData(6, 16)]
    public void Decode_EveryKind_GivesTheIntensitiesWritten(int type, int depth)
    {
        foreach (var interlaced in new[] { false, true })
        {
            foreach (var (width, height) in new[] { (1, 1), (3, 2), (13, 11), (37, 17) })
            {
                int Sample(int x, int y, int c) => ((x * 7919) + (y * 104729) + (c * 31) + (x * y * 13)) & ((1 << depth) - 1);
                var file = PngWriter.Write(width, height, depth, type, Sample, interlaced, type == 3 ? s_palette : null, filters: 5);

                var image = ImageDecoder.Decode(file);

                Assert.Equal((height, width), (image.Height, image.Width));
                for (var i = 0; i < image.Pixels.Length; i++)
                {
                    int x = i / 3 % width, y = i / 3 / width, c = type is 2 or 6 ? i % 3 : 0;
                    var sample = Sample(x, y, c);
                    var expected = type == 3 ? s_palette[(3 * sample) + (i % 3)] : depth == 16 ? sample >> 8 : sample * 255 / ((1 << depth) - 1);
                    Assert.Equal(expected, image.Pixels[i]);
                }
            }
        }
    }

    [Fact]
    public void Decode_CutAnywhere_IsRefused()
    {
        var whole = PngWriter.Write(20, 10, 8, 2, (x, y, c) => (x * y) + c, filters: 5);
        for (var length = 0; length < whole.Length; length++)
        {
            Assert.Throws<InvalidDataException>(() => ImageDecoder.Decode(whole.AsMemory(0, length)));
        }
    }

    [Fact]
    public void Decode_WithAnyByteChanged_IsRefused()
    {
        // Every byte stands under a checksum, is a checksum, or is a length.
        var whole = PngWriter.Write(20, 10, 8, 2, (x, y, c) => (x * y) + c, filters: 5);
        for (var i = 0; i < whole.Length; i++)
        {
            var damaged = (byte[])whole.Clone();
            damaged[i] ^= 0x10;
            Assert.Throws<InvalidDataException>(() => ImageDecoder.Decode(damaged));
        }
    }

    [Fact]
    public void Decode_WithFewerRowsThanDeclared_IsRefused()
    {
        var tall = PngWriter.Write(20, 10, 8, 2, (x, y, c) => x);
        var flat = PngWriter.Write(20, 9, 8, 2, (x, y, c) => x);

        // The tall image's header with the flat one's data.
        byte[] mixed = [.. tall[..33], .. flat[33..]];

        Assert.Contains("too early", Assert.Throws<InvalidDataException>(() => ImageDecoder.Decode(mixed)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Decode_OfAHugeDeclaredSize_IsRefused()
    {
        var huge = PngWriter.Write(1, 1, 8, 2, (x, y, c) => 0);
        var wide = PngWriter.Write(100_000_000, 0, 8, 0, (x, y, c) => 0);
        Assert.Single(ImageDecoder.Decode(huge).Pixels.Distinct());
        Assert.Throws<InvalidDataException>(() => ImageDecoder.Decode(wide));
    }

    [Fact]
    public void Decode_WithColourOutsideThePalette_IsRefused()
    {
        var file = PngWriter.Write(4, 4, 8, 3, (x, y, c) => 200, palette: s_palette[..30]);
        Assert.Contains("palette", Assert.Throws<InvalidDataException>(() => ImageDecoder.Decode(file)).Message, StringComparison.Ordinal);
    }
}
