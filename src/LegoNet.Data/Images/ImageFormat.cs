namespace LegoNet.Data.Images;

/// <summary>Recognises image files by their first bytes.</summary>
internal static class ImageFormat
{
    /// <summary>True for JPEG and PNG, the formats that are read.</summary>
    public static bool IsSupported(ReadOnlySpan<byte> file)
        => file.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xD8, 0xFF])
        || file.StartsWith((ReadOnlySpan<byte>)[0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A]);

    /// <summary>Says what a file is that is not supported: completes the sentence "the file ...".</summary>
    public static string DescribeUnsupported(ReadOnlySpan<byte> file)
    {
        if (file.IsEmpty)
        {
            return "is empty";
        }

        var format = file switch
        {
            _ when file.StartsWith("GIF8"u8) => "a GIF image",
            _ when file.StartsWith("BM"u8) => "a BMP image",
            _ when file.StartsWith("RIFF"u8) && file.Length >= 12 && file[8..12].SequenceEqual("WEBP"u8) => "a WebP image",
            _ when file.StartsWith("II*\0"u8) || file.StartsWith("MM\0*"u8) => "a TIFF image",
            _ when file.Length >= 12 && file[4..8].SequenceEqual("ftyp"u8) && file[8..12].StartsWith("avi"u8) => "an AVIF image",
            _ when file.Length >= 12 && file[4..8].SequenceEqual("ftyp"u8) => "a HEIF image or a video",
            _ when file.StartsWith((ReadOnlySpan<byte>)[0xFF, 0x0A]) || (file.Length >= 8 && file[4..8].SequenceEqual("JXL "u8)) => "a JPEG XL image",
            _ when file.Length >= 8 && file[4..8].SequenceEqual("jP  "u8) => "a JPEG 2000 image",
            _ when file.StartsWith((ReadOnlySpan<byte>)[0, 0, 1, 0]) => "an icon",
            _ when file.StartsWith("%PDF"u8) => "a PDF document",
            _ when file.StartsWith("<svg"u8) || file.StartsWith("<?xml"u8) => "an SVG image or other XML",
            _ => null,
        };
        return format is null ? "is neither JPEG nor PNG" : $"is {format}; JPEG and PNG are read";
    }
}
