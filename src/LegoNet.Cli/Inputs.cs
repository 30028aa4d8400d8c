using LegoNet.Data.Files;

namespace LegoNet.Cli;

/// <summary>Small files from elsewhere.</summary>
internal static class Inputs
{
    /// <summary>A text file, unless it is too long to be what it should be.</summary>
    /// <param name="path">The file.</param>
    /// <param name="maximum">Bytes it may have.</param>
    /// <exception cref="LegoNetException">The file cannot be read, or is longer.</exception>
    public static string ReadText(string path, long maximum)
    {
        try
        {
            using var stream = SourceFile.OpenRaw(path);
            return stream.Length <= maximum
                ? new StreamReader(stream).ReadToEnd()
                : throw LegoNetException.BadInput($"{path}: has more than {maximum:N0} bytes, which is too long for what it should be.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw LegoNetException.BadInput($"{path}: cannot be read ({e.Message.TrimEnd('.')}).", e);
        }
    }
}
