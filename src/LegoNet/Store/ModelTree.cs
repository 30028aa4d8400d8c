namespace LegoNet.Store;

/// <summary>What lies in a model directory, whoever put it there.</summary>
internal static class ModelTree
{
    private static readonly EnumerationOptions s_everything = new() { AttributesToSkip = 0, IgnoreInaccessible = false };

    /// <summary>Full paths of all files, in ordinal order. Links are listed and never followed, so that nothing outside is taken for the model's.</summary>
    public static IReadOnlyList<string> Files(string root)
    {
        var files = new List<string>();
        var folders = new Stack<string>([root]);
        while (folders.TryPop(out var folder))
        {
            foreach (var entry in new DirectoryInfo(folder).EnumerateFileSystemInfos("*", s_everything))
            {
                if (entry is DirectoryInfo && entry.LinkTarget is null)
                {
                    folders.Push(entry.FullName);
                }
                else
                {
                    files.Add(entry.FullName);
                }
            }
        }

        files.Sort(StringComparer.Ordinal);
        return files;
    }

    /// <summary>A path as messages name it: relative to the model, '/'-separated.</summary>
    public static string NameOf(string root, string path) => Path.GetRelativePath(root, path).Replace(Path.DirectorySeparatorChar, '/');
}
