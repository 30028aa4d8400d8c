using LegoNet.Data;

namespace LegoNet.MLNet.Encoders;

/// <summary>An image file that is not read yet: whoever encodes it reads it, so that reading is parallel too.</summary>
/// <param name="Path">The file.</param>
internal sealed record ImagePath(string Path) : RecordInput
{
    private const int MaxBytes = 64 << 20;

    /// <summary>Reads the file.</summary>
    /// <param name="place">The row's place, for messages.</param>
    /// <exception cref="InvalidOperationException">It cannot be read. Neither message nor cause names it: a path can be personal data.</exception>
    public ImageFileInput Read(string place)
    {
        try
        {
            // Sharing everything spares the lock that .NET would take and release for each file.
            using var file = File.OpenHandle(Path, share: FileShare.ReadWrite | FileShare.Delete);
            var length = RandomAccess.GetLength(file);
            if (length > MaxBytes)
            {
                throw new InvalidOperationException($"{place} names a file larger than {MaxBytes >> 20} MiB, which is not read as an image");
            }

            var bytes = new byte[length];
            var read = 0;
            while (read < bytes.Length && RandomAccess.Read(file, bytes.AsSpan(read), read) is > 0 and var more)
            {
                read += more;
            }

            return new ImageFileInput(bytes.AsMemory(0, read));
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new InvalidOperationException($"{place} names a file that does not exist");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new InvalidOperationException($"{place} names a file that cannot be read ({e.GetType().Name})");
        }
    }
}
