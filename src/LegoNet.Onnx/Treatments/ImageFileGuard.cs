using System.Buffers.Binary;

namespace LegoNet.Onnx.Treatments;

/// <summary>
/// Walks a JPEG or PNG file before the native decoder sees it. The decoder loops for ever on a JPEG that ends before its end marker,
/// allocates whatever a header asks for, and prints its own lines about damage; files that could make it do so are refused here.
/// </summary>
internal static class ImageFileGuard
{
    /// <summary>The largest image decoded: 64 mebipixels, 192 MiB decoded.</summary>
    public const long MaxPixels = 64L << 20;

    private const ulong PngSignature = 0x89504E470D0A1A0A;

    private static readonly uint[] s_crc = CrcTable();

    /// <summary>What is wrong with the file; null when it can be handed to the decoder.</summary>
    public static string? Examine(ReadOnlySpan<byte> file)
        => file.Length >= 8 && BinaryPrimitives.ReadUInt64BigEndian(file) == PngSignature ? ExaminePng(file)
            : file.Length >= 3 && file[0] == 0xFF && file[1] == 0xD8 && file[2] == 0xFF ? ExamineJpeg(file)
            : "is neither a JPEG nor a PNG image";

    private static string? ExaminePng(ReadOnlySpan<byte> file)
    {
        var at = 8;
        var first = true;
        while (true)
        {
            if (file.Length - at < 12)
            {
                return "is a PNG image that ends too early";
            }

            var length = BinaryPrimitives.ReadUInt32BigEndian(file[at..]);
            if (length > file.Length - at - 12)
            {
                return "is a PNG image that ends too early";
            }

            var chunk = file.Slice(at + 4, (int)length + 4);
            if (Crc(chunk) != BinaryPrimitives.ReadUInt32BigEndian(file[(at + 8 + (int)length)..]))
            {
                return "is a damaged PNG image (a checksum does not fit)";
            }

            if (first)
            {
                if (length != 13 || !chunk.StartsWith("IHDR"u8))
                {
                    return "is a PNG image without a header";
                }

                if (Size(BinaryPrimitives.ReadUInt32BigEndian(chunk[4..]), BinaryPrimitives.ReadUInt32BigEndian(chunk[8..])) is { } size)
                {
                    return size;
                }

                first = false;
            }

            if (chunk.StartsWith("IEND"u8))
            {
                return null;
            }

            at += 12 + (int)length;
        }
    }

    /// <summary>
    /// Follows the markers as a decoder does: a segment by its length, entropy-coded data byte by byte up to a marker that is
    /// neither a stuffed zero nor a restart. Only a file whose markers lead to the end marker lets the decoder stop.
    /// </summary>
    private static string? ExamineJpeg(ReadOnlySpan<byte> file)
    {
        const string Early = "is a JPEG image that ends too early";
        var at = 2;
        var framed = false;
        var scanned = false;
        while (true)
        {
            // Between segments the decoder skips to the next 0xFF; after a scan's header it reads entropy-coded data. Both end at a marker.
            int marker;
            do
            {
                var skip = file[at..].IndexOf((byte)0xFF);
                if (skip < 0)
                {
                    return Early;
                }

                at += skip;
                while (at < file.Length && file[at] == 0xFF)
                {
                    at++;
                }

                if (at >= file.Length)
                {
                    return Early;
                }

                marker = file[at++];
            }
            while (marker is 0x00 or 0x01 or (>= 0xD0 and <= 0xD7));

            if (marker == 0xD9)
            {
                return framed && scanned ? null : "is a JPEG image without a picture";
            }

            if (marker == 0xD8 || file.Length - at < 2)
            {
                return marker == 0xD8 ? "is a damaged JPEG image (it begins twice)" : Early;
            }

            var length = BinaryPrimitives.ReadUInt16BigEndian(file[at..]);
            if (length < 2 || length > file.Length - at)
            {
                return length < 2 ? "is a damaged JPEG image (an empty segment)" : Early;
            }

            // Frame headers SOF0–SOF15, without DHT (C4), JPG (C8) and DAC (CC).
            if (marker is >= 0xC0 and <= 0xCF && marker is not (0xC4 or 0xC8 or 0xCC))
            {
                if (framed || length < 8)
                {
                    return "is a damaged JPEG image (its frame header)";
                }

                framed = true;
                if (Size(BinaryPrimitives.ReadUInt16BigEndian(file[(at + 5)..]), BinaryPrimitives.ReadUInt16BigEndian(file[(at + 3)..])) is { } size)
                {
                    return size;
                }
            }

            scanned |= marker == 0xDA;
            at += length;
        }
    }

    private static string? Size(uint width, uint height)
        => width == 0 || height == 0 ? "is an image without pixels"
            : (long)width * height > MaxPixels ? $"is an image of {width} by {height} pixels, more than {MaxPixels >> 20} mebipixels"
            : null;

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
}
