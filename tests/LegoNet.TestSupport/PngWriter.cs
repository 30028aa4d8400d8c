using System.Buffers.Binary;
using System.IO.Compression;

namespace LegoNet.TestSupport;

/// <summary>Writes PNG files for tests: any colour type, depth, filter and interlacing.</summary>
internal static class PngWriter
{
    private static readonly (int X, int Y, int Dx, int Dy)[] s_adam7 =
        [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)];

    /// <summary>An RGB image of 8 bits.</summary>
    public static byte[] Rgb(int width, int height, ReadOnlySpan<byte> pixels)
    {
        var copy = pixels.ToArray();
        return Write(width, height, 8, 2, (x, y, c) => copy[(((y * width) + x) * 3) + c]);
    }

    /// <summary>Any image; <paramref name="sample"/> gives the sample of a column, row and channel.</summary>
    public static byte[] Write(
        int width,
        int height,
        int depth,
        int type,
        Func<int, int, int, int> sample,
        bool interlaced = false,
        byte[]? palette = null,
        int filters = 1)
    {
        var channels = type switch { 2 => 3, 4 => 2, 6 => 4, _ => 1 };
        using var raw = new MemoryStream();
        using (var zlib = new ZLibStream(raw, CompressionLevel.Fastest, leaveOpen: true))
        {
            foreach (var (x0, y0, dx, dy) in interlaced ? s_adam7 : [(0, 0, 1, 1)])
            {
                int columns = (width - x0 + dx - 1) / dx, rows = (height - y0 + dy - 1) / dy;
                if (columns <= 0 || rows <= 0)
                {
                    continue;
                }

                var length = ((columns * channels * depth) + 7) / 8;
                var step = Math.Max(1, channels * depth / 8);
                var above = new byte[length];
                for (var row = 0; row < rows; row++)
                {
                    var line = new byte[length];
                    for (var i = 0; i < columns * channels; i++)
                    {
                        var value = sample(x0 + (i / channels * dx), y0 + (row * dy), i % channels);
                        if (depth == 16)
                        {
                            BinaryPrimitives.WriteUInt16BigEndian(line.AsSpan(2 * i), (ushort)value);
                        }
                        else
                        {
                            line[i * depth / 8] |= (byte)(value << (8 - depth - (i * depth % 8)));
                        }
                    }

                    var filter = row % filters;
                    zlib.WriteByte((byte)filter);
                    for (var i = 0; i < length; i++)
                    {
                        int a = i >= step ? line[i - step] : 0, b = above[i], c = i >= step ? above[i - step] : 0;
                        zlib.WriteByte((byte)(line[i] - filter switch { 0 => 0, 1 => a, 2 => b, 3 => (a + b) / 2, _ => Paeth(a, b, c) }));
                    }

                    above = line;
                }
            }
        }

        using var file = new MemoryStream();
        file.Write([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]);
        var header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, width);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), height);
        (header[8], header[9], header[12]) = ((byte)depth, (byte)type, interlaced ? (byte)1 : (byte)0);
        Chunk(file, "IHDR"u8, header);
        if (palette is not null)
        {
            Chunk(file, "PLTE"u8, palette);
        }

        // Two chunks of data, so that the border between them is read too.
        var data = raw.ToArray();
        Chunk(file, "IDAT"u8, data.AsSpan(0, data.Length / 2));
        Chunk(file, "IDAT"u8, data.AsSpan(data.Length / 2));
        Chunk(file, "IEND"u8, []);
        return file.ToArray();
    }

    private static int Paeth(int a, int b, int c)
    {
        int p = a + b - c, pa = Math.Abs(p - a), pb = Math.Abs(p - b), pc = Math.Abs(p - c);
        return pa <= pb && pa <= pc ? a : pb <= pc ? b : c;
    }

    private static void Chunk(MemoryStream file, ReadOnlySpan<byte> type, ReadOnlySpan<byte> content)
    {
        byte[] body = [.. type, .. content];
        var number = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(number, content.Length);
        file.Write(number);
        file.Write(body);
        var crc = uint.MaxValue;
        foreach (var b in body)
        {
            crc ^= b;
            for (var bit = 0; bit < 8; bit++)
            {
                crc = (crc & 1) != 0 ? 0xEDB88320 ^ (crc >> 1) : crc >> 1;
            }
        }

        BinaryPrimitives.WriteUInt32BigEndian(number, ~crc);
        file.Write(number);
    }
}
