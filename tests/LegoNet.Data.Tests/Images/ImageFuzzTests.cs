using System.Buffers.Binary;
using LegoNet.Data.Images;

namespace LegoNet.Data.Tests.Images;

/// <summary>Hostile images: refused with one sentence or decoded whole; no loop, and no memory that the file does not pay for.</summary>
public class ImageFuzzTests
{
    // A block of 64 coefficients of two bytes and its samples may take one bit, and deflate makes 1,032 bytes of one.
    private const long BytesPerByte = 12_000;

    [Fact]
    public void Jpeg_Hostile_IsRefusedOrDecoded()
        => Run([.. JpegSamples.All.Select(s => Convert.FromBase64String(s.Base64))], (m, file) => m.Random.Next(3) == 0 ? Segments(m, file) : m.Bytes(file));

    [Fact]
    public void Png_Hostile_IsRefusedOrDecoded()
    {
        byte[][] seeds =
        [
            PngWriter.Write(9, 7, 8, 2, (x, y, c) => (x * 20) + (y * 5) + c),
            PngWriter.Write(9, 7, 8, 6, (x, y, c) => (x * 20) + (y * 5) + c, interlaced: true),
            PngWriter.Write(9, 7, 16, 0, (x, y, _) => x * y),
            PngWriter.Write(9, 7, 2, 3, (x, _, _) => x & 3, palette: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]),
        ];
        Run(seeds, (m, file) => m.Random.Next(4) == 0 ? m.Bytes(file) : Chunks(m, file));
    }

    [Theory]
    [InlineData(8000, 8000)]
    [InlineData(65500, 1000)]
    public void Jpeg_SmallFileOfHugeSize_TakesNoMemory(int width, int height)
    {
        var file = Convert.FromBase64String(JpegSamples.All[0].Base64);
        var frame = file.AsSpan().IndexOf((ReadOnlySpan<byte>)[0xFF, 0xC0]);
        BinaryPrimitives.WriteUInt16BigEndian(file.AsSpan(frame + 5), (ushort)height);
        BinaryPrimitives.WriteUInt16BigEndian(file.AsSpan(frame + 7), (ushort)width);
        AssertCheap(file);
    }

    [Fact]
    public void Png_CompressedDataOfAnUnknownDictionary_IsRefused()
    {
        // Found by fuzzing: zlib reports it by an exception of its own.
        var file = Convert.FromBase64String("iVBORw0KGgoAAAANSUhEUgAAAAkAAAAHCAYAAAGtnFf2AAAAZUlEQVR4P2JgYGRiBmzBwkWLGQICg4IZRETFxFNS09K3bN22nUFDU0u7orKqmsHG1s6+p7evn4GLm4fXyNjENCo6JrapuaV11eo1axnk5BUU3dw9PPPyCwqnTZ8xc9/+AwfBBoG0gQwDa4MTOUIAAABmSURBVEVXBTYdZCfIBrADMAxmZWPnkJSSltHV0zdwdHJ2CQ0Lj8jMys6pratvmDhp8pSly5avYOAXEBRSVlFVM7ewtPL28fWLT0hMKi4pLWvv6OyaPWfuvPUbNm5iIGTKzl279wAAbAJe/2eQ/tQAAAAASUVORK5CYII=");

        var refused = Assert.Throws<InvalidDataException>(() => ImageDecoder.Decode(file));

        Assert.Equal("is a damaged PNG image (its compressed data)", refused.Message);
    }

    [Fact]
    public void Png_SmallFileOfHugeSize_TakesNoMemory()
    {
        var file = PngWriter.Write(9, 7, 8, 2, (x, y, c) => x + y + c);
        BinaryPrimitives.WriteInt32BigEndian(file.AsSpan(16), 8000);
        BinaryPrimitives.WriteInt32BigEndian(file.AsSpan(20), 8000);
        FixChecksums(file);
        AssertCheap(file);
    }

    private static void AssertCheap(byte[] file)
    {
        var allocated = GC.GetAllocatedBytesForCurrentThread();
        var failure = Assert.Throws<InvalidDataException>(() => ImageDecoder.Decode(file));
        Assert.Contains("too short", failure.Message, StringComparison.Ordinal);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - allocated, 0, 1 << 20);
    }

    private static void Run(IReadOnlyList<byte[]> seeds, Func<Mutator, byte[], byte[]> mutate) => Fuzzer.Run(
        seeds,
        mutate,
        file =>
        {
            var image = ImageDecoder.Decode(file);
            Assert.Equal((long)image.Height * image.Width * 3, image.Pixels.Length);
        },
        BytesPerByte,
        e => e is InvalidDataException);

    // Changes within the headers, where most bytes mean something.
    private static byte[] Segments(Mutator mutator, byte[] file)
    {
        var changed = (byte[])file.Clone();
        var places = Enumerable.Range(0, changed.Length - 1).Where(i => changed[i] == 0xFF && changed[i + 1] is >= 0xC0 and <= 0xFE and not (>= 0xD0 and <= 0xD9)).ToArray();
        for (var n = mutator.Random.Next(1, 4); n > 0; n--)
        {
            var at = places[mutator.Random.Next(places.Length)] + mutator.Random.Next(20);
            changed[Math.Min(at, changed.Length - 1)] = (byte)(mutator.Random.Next(3) == 0 ? mutator.Random.Next(256) : mutator.Random.Next(4) * 85);
        }

        return changed;
    }

    private static byte[] Chunks(Mutator mutator, byte[] file)
    {
        var changed = (byte[])file.Clone();
        for (var n = mutator.Random.Next(1, 5); n > 0; n--)
        {
            changed[mutator.Random.Next(8, mutator.Random.Next(2) == 0 ? 33 : changed.Length)] = (byte)mutator.Random.Next(mutator.Random.Next(2) == 0 ? 256 : 17);
        }

        FixChecksums(changed);
        return changed;
    }

    private static uint Crc(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        foreach (var b in bytes)
        {
            crc ^= b;
            for (var bit = 0; bit < 8; bit++)
            {
                crc = (crc & 1) != 0 ? 0xEDB88320 ^ (crc >> 1) : crc >> 1;
            }
        }

        return ~crc;
    }

    private static void FixChecksums(byte[] file)
    {
        for (var at = 8; at + 12 <= file.Length;)
        {
            var length = BinaryPrimitives.ReadUInt32BigEndian(file.AsSpan(at));
            if (length > file.Length - at - 12)
            {
                return;
            }

            BinaryPrimitives.WriteUInt32BigEndian(file.AsSpan(at + 8 + (int)length), Crc(file.AsSpan(at + 4, (int)length + 4)));
            at += 12 + (int)length;
        }
    }
}
