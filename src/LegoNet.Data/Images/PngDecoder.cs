using System.Buffers.Binary;
using System.IO.Compression;

namespace LegoNet.Data.Images;

/// <summary>
/// Decodes PNG files of every colour type, depth and interlacing (ISO/IEC 15948). Transparency is dropped, not blended; 16-bit
/// intensities keep their upper byte; gamma and colour profiles are ignored, as image libraries do by default.
/// </summary>
internal static class PngDecoder
{
    /// <summary>Adam7: first column, first row, column step, row step of each pass.</summary>
    private static readonly (int X, int Y, int Dx, int Dy)[] s_passes =
        [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)];

    private static readonly uint[] s_crc = CrcTable();

    /// <summary>The eight bytes every PNG file begins with.</summary>
    public static ReadOnlySpan<byte> Signature => [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A];

    /// <summary>Decodes a file.</summary>
    /// <exception cref="InvalidDataException">The file is damaged or too large.</exception>
    public static DecodedImage Decode(ReadOnlyMemory<byte> file)
    {
        var (header, palette, data) = ReadChunks(file);
        var bitsPerPixel = header.Channels * header.Depth;

        // Deflate makes of a byte at most 1,032, so a small file has few pixels, whatever it says: told before memory is taken.
        const int MostInflated = 1032;
        if ((((long)header.Width * bitsPerPixel) + 7) / 8 * header.Height > MostInflated * (data.Sum(chunk => (long)chunk.Length) + 1))
        {
            throw new InvalidDataException("is a PNG image that is too short for its size");
        }

        var rgb = new byte[(long)header.Width * header.Height * 3];
        using var inflated = new ZLibStream(new ChunkStream(data), CompressionMode.Decompress);
        try
        {
            foreach (var (x0, y0, dx, dy) in header.Interlaced ? s_passes : [(0, 0, 1, 1)])
            {
                int columns = (header.Width - x0 + dx - 1) / dx, rows = (header.Height - y0 + dy - 1) / dy;
                if (columns <= 0 || rows <= 0)
                {
                    continue;
                }

                var length = (int)((((long)columns * bitsPerPixel) + 7) / 8);
                var current = new byte[length];
                var previous = new byte[length];
                for (var row = 0; row < rows; row++)
                {
                    var filter = Inflate(inflated, current);
                    Unfilter(filter, current, previous, Math.Max(1, bitsPerPixel / 8));
                    Expand(header, palette, current, columns, rgb, (((y0 + (row * dy)) * (long)header.Width) + x0) * 3, dx * 3);
                    (current, previous) = (previous, current);
                }
            }
        }
        catch (EndOfStreamException)
        {
            throw new InvalidDataException("is a PNG image that ends too early");
        }

        return new DecodedImage(rgb, header.Height, header.Width);
    }

    /// <summary>Reads a row and the byte in front of it, which names its filter.</summary>
    private static int Inflate(ZLibStream inflated, byte[] row)
    {
        try
        {
            var filter = inflated.ReadByte();
            inflated.ReadExactly(row);
            return filter;
        }
        catch (Exception e) when (e is InvalidDataException || (e is IOException and not EndOfStreamException))
        {
            // Which of them, and with which message, is zlib's affair.
            throw new InvalidDataException("is a damaged PNG image (its compressed data)", e);
        }
    }

    private static (PngHeader Header, byte[] Palette, List<ReadOnlyMemory<byte>> Data) ReadChunks(ReadOnlyMemory<byte> file)
    {
        PngHeader? header = null;
        byte[] palette = [];
        var data = new List<ReadOnlyMemory<byte>>();
        for (var at = Signature.Length; ;)
        {
            var rest = file.Span[at..];
            if (rest.Length < 12 || BinaryPrimitives.ReadUInt32BigEndian(rest) is var length && length > rest.Length - 12)
            {
                throw new InvalidDataException("is a PNG image that ends too early");
            }

            var type = rest.Slice(4, 4);
            var content = rest.Slice(8, (int)length);
            if (Crc(rest.Slice(4, (int)length + 4)) != BinaryPrimitives.ReadUInt32BigEndian(rest[(8 + (int)length)..]))
            {
                throw new InvalidDataException("is a damaged PNG image (a checksum does not fit)");
            }

            if (header is null)
            {
                header = type.SequenceEqual("IHDR"u8) ? PngHeader.Read(content) : throw new InvalidDataException("is a damaged PNG image (its header)");
            }
            else if (type.SequenceEqual("PLTE"u8))
            {
                palette = content.ToArray();
            }
            else if (type.SequenceEqual("IDAT"u8))
            {
                data.Add(file.Slice(at + 8, (int)length));
            }
            else if (type.SequenceEqual("IEND"u8))
            {
                return (header, palette, data);
            }

            at += 12 + (int)length;
        }
    }

    private static void Unfilter(int filter, Span<byte> current, ReadOnlySpan<byte> above, int step)
    {
        switch (filter)
        {
            case 0:
                break;
            case 1:
                for (var i = step; i < current.Length; i++)
                {
                    current[i] += current[i - step];
                }

                break;
            case 2:
                for (var i = 0; i < current.Length; i++)
                {
                    current[i] += above[i];
                }

                break;
            case 3:
                for (var i = 0; i < current.Length; i++)
                {
                    current[i] += (byte)(((i >= step ? current[i - step] : 0) + above[i]) >> 1);
                }

                break;
            case 4:
                for (var i = 0; i < current.Length; i++)
                {
                    int a = i >= step ? current[i - step] : 0, b = above[i], c = i >= step ? above[i - step] : 0;
                    int pa = Math.Abs(b - c), pb = Math.Abs(a - c), pc = Math.Abs(a + b - c - c);
                    current[i] += (byte)(pa <= pb && pa <= pc ? a : pb <= pc ? b : c);
                }

                break;
            default:
                throw filter < 0 ? new EndOfStreamException() : new InvalidDataException("is a damaged PNG image (an unknown filter)");
        }
    }

    private static void Expand(PngHeader header, byte[] palette, ReadOnlySpan<byte> row, int columns, byte[] rgb, long at, int step)
    {
        for (var x = 0; x < columns; x++, at += step)
        {
            byte r, g, b;
            switch (header.ColourType)
            {
                case 3:
                    var entry = Sample(row, x, header.Depth) * 3;
                    if (entry + 2 >= palette.Length)
                    {
                        throw new InvalidDataException("is a damaged PNG image (a colour outside its palette)");
                    }

                    (r, g, b) = (palette[entry], palette[entry + 1], palette[entry + 2]);
                    break;
                case 2 or 6:
                    var bytes = header.Depth / 8;
                    var pixel = x * header.Channels * bytes;
                    (r, g, b) = (row[pixel], row[pixel + bytes], row[pixel + (2 * bytes)]);
                    break;
                default:
                    r = g = b = header.Depth switch
                    {
                        16 => row[x * header.Channels * 2],
                        8 => row[x * header.Channels],
                        _ => (byte)(Sample(row, x, header.Depth) * 255 / ((1 << header.Depth) - 1)),
                    };
                    break;
            }

            rgb[at] = r;
            rgb[at + 1] = g;
            rgb[at + 2] = b;
        }
    }

    private static int Sample(ReadOnlySpan<byte> row, int x, int depth)
    {
        var bit = x * (long)depth;
        return (row[(int)(bit >> 3)] >> (8 - depth - (int)(bit & 7))) & ((1 << depth) - 1);
    }

    private static uint Crc(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        foreach (var b in bytes)
        {
            crc = s_crc[(byte)(crc ^ b)] ^ (crc >> 8);
        }

        return ~crc;
    }

    private static uint[] CrcTable()
    {
        var table = new uint[256];
        for (uint i = 0; i < 256; i++)
        {
            var c = i;
            for (var bit = 0; bit < 8; bit++)
            {
                c = (c & 1) != 0 ? 0xEDB88320 ^ (c >> 1) : c >> 1;
            }

            table[i] = c;
        }

        return table;
    }

    private sealed record PngHeader(int Width, int Height, int Depth, int ColourType, bool Interlaced)
    {
        public int Channels => ColourType switch { 2 => 3, 4 => 2, 6 => 4, _ => 1 };

        public static PngHeader Read(ReadOnlySpan<byte> content)
        {
            if (content.Length != 13)
            {
                throw new InvalidDataException("is a damaged PNG image (its header)");
            }

            uint width = BinaryPrimitives.ReadUInt32BigEndian(content), height = BinaryPrimitives.ReadUInt32BigEndian(content[4..]);
            ImageDecoder.CheckSize(width, height);
            int depth = content[8], type = content[9];
            var known = type switch
            {
                0 => depth is 1 or 2 or 4 or 8 or 16,
                3 => depth is 1 or 2 or 4 or 8,
                2 or 4 or 6 => depth is 8 or 16,
                _ => false,
            };
            return known && content[10] == 0 && content[11] == 0 && content[12] <= 1
                ? new PngHeader((int)width, (int)height, depth, type, content[12] == 1)
                : throw new InvalidDataException("is a damaged PNG image (its header)");
        }
    }

    /// <summary>The IDAT chunks as one stream.</summary>
    private sealed class ChunkStream(List<ReadOnlyMemory<byte>> chunks) : Stream
    {
        private int _chunk;
        private int _at;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override int Read(Span<byte> buffer)
        {
            while (_chunk < chunks.Count)
            {
                var rest = chunks[_chunk].Span[_at..];
                if (!rest.IsEmpty)
                {
                    var count = Math.Min(rest.Length, buffer.Length);
                    rest[..count].CopyTo(buffer);
                    _at += count;
                    return count;
                }

                _chunk++;
                _at = 0;
            }

            return 0;
        }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
