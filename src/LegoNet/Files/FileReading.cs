namespace LegoNet.Files;

/// <summary>Reading what may be damaged.</summary>
internal static class FileReading
{
    /// <summary>A whole file's bytes; null where it is missing or cannot be read.</summary>
    public static byte[]? TryReadAllBytes(this IFileLayer layer, string path)
    {
        try
        {
            return layer.ReadAllBytes(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
