using System.IO.Compression;

namespace LegoNet.TestSupport;

/// <summary>
/// Looks for bytes in every file of a folder, also where they were compressed: gzip, zlib, zip and bare deflate data, wherever in a
/// file it begins.
/// </summary>
internal static class Traces
{
    private const int MostInflated = 4 << 20;
    private const int MostNested = 2;

    /// <summary>The files that hold a pattern, or whose names do.</summary>
    public static string[] Find(string folder, params byte[][] patterns)
        => [.. Directory.EnumerateFileSystemEntries(folder, "*", SearchOption.AllDirectories)
            .Where(f => patterns.Any(p => System.Text.Encoding.UTF8.GetBytes(f[folder.Length..]).AsSpan().IndexOf(p) >= 0)
                || (File.Exists(f) && Holds(File.ReadAllBytes(f), patterns, 0)))];

    private static bool Holds(byte[] bytes, byte[][] patterns, int depth)
    {
        if (patterns.Any(p => bytes.AsSpan().IndexOf(p) >= 0))
        {
            return true;
        }

        for (var i = 0; depth < MostNested && i + 2 < bytes.Length; i++)
        {
            // Bare deflate data has no mark; at a file's start it is tried, elsewhere only behind a header that announces it.
            var inflated = (bytes[i], bytes[i + 1]) switch
            {
                (0x1F, 0x8B) => Inflate(new GZipStream(Rest(bytes, i), CompressionMode.Decompress)),
                (0x78, 0x01 or 0x5E or 0x9C or 0xDA) => Inflate(new ZLibStream(Rest(bytes, i), CompressionMode.Decompress)),
                ((byte)'P', (byte)'K') when i + 30 < bytes.Length && bytes[i + 2] == 3 => Inflate(
                    new DeflateStream(
                        Rest(bytes, i + 30 + BitConverter.ToUInt16(bytes, i + 26) + BitConverter.ToUInt16(bytes, i + 28)),
                        CompressionMode.Decompress)),
                _ when i == 0 => Inflate(new DeflateStream(Rest(bytes, 0), CompressionMode.Decompress)),
                _ => [],
            };
            if (inflated.Length > 0 && Holds(inflated, patterns, depth + 1))
            {
                return true;
            }
        }

        return false;
    }

    private static MemoryStream Rest(byte[] bytes, int start) => start < bytes.Length ? new(bytes, start, bytes.Length - start) : new();

    private static byte[] Inflate(Stream stream)
    {
        using var result = new MemoryStream();
        using (stream)
        {
            var buffer = new byte[4096];
            try
            {
                for (int read; result.Length < MostInflated && (read = stream.Read(buffer)) > 0;)
                {
                    result.Write(buffer, 0, read);
                }
            }
            catch (InvalidDataException)
            {
                // No compressed data, or data that ends in something else: what came out until then counts.
            }
        }

        return result.ToArray();
    }
}
