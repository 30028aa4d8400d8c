using LegoNet.Data.Files;

namespace LegoNet.Data.Images;

/// <summary>Reads the image files of a folder in the ordinal order of their relative paths, one folder's names in memory at a time.</summary>
internal static class ImageFolder
{
    private static readonly EnumerationOptions s_everything = new() { AttributesToSkip = 0, IgnoreInaccessible = false };

    /// <summary>Reads the files that a rule takes. Links to files are followed, links to folders are not: they may lead in circles.</summary>
    public static IEnumerable<ImageFile> Read(string root, Func<string, PathMatch?> rule, CancellationToken cancellationToken)
        => Read(root, "", rule, cancellationToken);

    private static IEnumerable<ImageFile> Read(string root, string prefix, Func<string, PathMatch?> rule, CancellationToken cancellationToken)
    {
        foreach (var name in List(Path.Combine(root, prefix)))
        {
            cancellationToken.ThrowIfCancellationRequested();
            var path = prefix + name;
            if (name.EndsWith('/'))
            {
                foreach (var file in Read(root, path, rule, cancellationToken))
                {
                    yield return file;
                }
            }
            else if (rule(path) is { } match)
            {
                yield return new ImageFile(path, match, ReadFile(Path.Combine(root, path)));
            }
        }
    }

    // Folders end in '/' before sorting, so that a walk in this order meets the files in the order of their whole paths.
    private static List<string> List(string folder)
    {
        try
        {
            var names = new List<string>();
            foreach (var entry in new DirectoryInfo(folder).EnumerateFileSystemInfos("*", s_everything))
            {
                if (entry is not DirectoryInfo)
                {
                    names.Add(entry.Name);
                }
                else if (entry.LinkTarget is null)
                {
                    names.Add(entry.Name + "/");
                }
            }

            names.Sort(StringComparer.Ordinal);
            return names;
        }
        catch (Exception e) when (SourceFile.IsReadFailure(e))
        {
            throw SourceFile.Unreadable(folder, e);
        }
    }

    private static byte[] ReadFile(string path)
    {
        using var stream = SourceFile.OpenRaw(path);
        try
        {
            ImageSource.CheckSize(stream.Length, path);
            var bytes = new byte[stream.Length];
            stream.ReadExactly(bytes);
            return bytes;
        }
        catch (Exception e) when (SourceFile.IsReadFailure(e))
        {
            throw SourceFile.Unreadable(path, e);
        }
    }
}
