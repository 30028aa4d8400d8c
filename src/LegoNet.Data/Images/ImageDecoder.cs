namespace LegoNet.Data.Images;

/// <summary>
/// Decodes JPEG and PNG files in managed code. The decoders of native libraries were tried first and given up: on damaged files
/// they loop for ever, end the process or print lines of their own, and an encoder reads files from strangers.
/// </summary>
internal static class ImageDecoder
{
    /// <summary>The largest image decoded: 64 mebipixels, 192 MiB as RGB.</summary>
    public const long MaxPixels = 64L << 20;

    /// <summary>Decodes a file.</summary>
    /// <exception cref="InvalidDataException">
    /// The file is neither, is damaged, too large, or of a rare kind; the message continues a sentence that names the file.
    /// </exception>
    public static DecodedImage Decode(ReadOnlyMemory<byte> file)
    {
        var bytes = file.Span;
        return bytes.StartsWith(PngDecoder.Signature) ? PngDecoder.Decode(file)
            : bytes.Length >= 3 && bytes[0] == 0xFF && bytes[1] == 0xD8 && bytes[2] == 0xFF ? new JpegDecoder(file).Decode()
            : throw new InvalidDataException("is neither a JPEG nor a PNG image");
    }

    /// <summary>Refuses sizes before anything is allocated for them.</summary>
    public static void CheckSize(long width, long height)
    {
        if (width < 1 || height < 1)
        {
            throw new InvalidDataException("is an image without pixels");
        }

        if (width > MaxPixels || height > MaxPixels || width * height > MaxPixels)
        {
            throw new InvalidDataException($"is an image of {width} by {height} pixels, more than {MaxPixels >> 20} mebipixels");
        }
    }
}
