using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using LegoNet.Data;
using LegoNet.Demo;

namespace LegoNet.Cli.Tests.Support;

/// <summary>Image files made here: PNG of given pixels, and the plainest JPEG there is.</summary>
internal static class TestImages
{
    /// <summary>An RGB image, 8 bits per channel.</summary>
    public static byte[] Png(ReadOnlySpan<byte> rgb, int width, int height)
    {
        using var raw = new MemoryStream();
        using (var packed = new ZLibStream(raw, CompressionLevel.Fastest, leaveOpen: true))
        {
            for (var y = 0; y < height; y++)
            {
                packed.WriteByte(0);
                packed.Write(rgb.Slice(y * width * 3, width * 3));
            }
        }

        var header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, width);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), height);
        (header[8], header[9]) = (8, 2);
        using var file = new MemoryStream();
        file.Write([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]);
        Chunk(file, "IHDR", header);
        Chunk(file, "IDAT", raw.ToArray());
        Chunk(file, "IEND", []);
        return file.ToArray();
    }

    /// <summary>A grey baseline JPEG, 32 × 32: every block's code is two bits, "no difference" and "end of block".</summary>
    public static byte[] GreyJpeg()
    {
        using var file = new MemoryStream();
        file.Write([0xFF, 0xD8]);
        file.Write([0xFF, 0xDB, 0, 67, 0]);
        file.Write([.. Enumerable.Repeat((byte)16, 64)]);
        file.Write([0xFF, 0xC0, 0, 11, 8, 0, 32, 0, 32, 1, 1, 0x11, 0]);
        file.Write([0xFF, 0xC4, 0, 20, 0x00, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
        file.Write([0xFF, 0xC4, 0, 20, 0x10, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
        file.Write([0xFF, 0xDA, 0, 8, 1, 1, 0, 0, 63, 0]);
        file.Write([0, 0, 0, 0]); // 16 blocks of two bits.
        file.Write([0xFF, 0xD9]);
        return file.ToArray();
    }

    /// <summary>Writes generated images into folders named by their labels.</summary>
    public static void WriteFolder(TemporaryFolder folder, string name, GeneratedImageSource source)
    {
        foreach (var record in source.Read(TestContext.Current.CancellationToken))
        {
            var png = Png(((PixelInput)record.Input).Pixels.Span, GeneratedImageSource.Side, GeneratedImageSource.Side);
            folder.Write($"{name}/{record.Label}/{record.Id.Replace('/', '-')}.png", png);
        }
    }

    private static void Chunk(MemoryStream file, string type, byte[] data)
    {
        var length = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(length, data.Length);
        byte[] body = [.. Encoding.ASCII.GetBytes(type), .. data];
        var sum = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(sum, Crc32(body));
        file.Write(length);
        file.Write(body);
        file.Write(sum);
    }

    private static uint Crc32(byte[] bytes)
    {
        var crc = uint.MaxValue;
        foreach (var b in bytes)
        {
            crc ^= b;
            for (var bit = 0; bit < 8; bit++)
            {
                crc = (crc & 1) != 0 ? (crc >> 1) ^ 0xEDB88320 : crc >> 1;
            }
        }

        return ~crc;
    }
}
