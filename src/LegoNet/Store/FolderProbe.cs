using LegoNet.Files;

namespace LegoNet.Store;

/// <summary>Finds out whether a folder can be made and written to, and leaves no trace.</summary>
internal static class FolderProbe
{
    /// <summary>Writes a file to the folder, or to the nearest one above it that is there, and removes it.</summary>
    /// <exception cref="IOException">That fails, or a file is in the way.</exception>
    /// <exception cref="UnauthorizedAccessException">That folder must not be written to.</exception>
    public static void Try(string folder, IFileLayer files)
    {
        var at = folder;
        while (!files.DirectoryExists(at))
        {
            at = files.FileExists(at) || Path.GetDirectoryName(at) is not { } above ? throw new IOException($"{at} is no folder.") : above;
        }

        var probe = Path.Combine(at, $"{Guid.NewGuid():N}.probe");
        try
        {
            files.WriteAllBytes(probe, [], flush: false);
        }
        finally
        {
            files.Delete(probe);
        }
    }
}
