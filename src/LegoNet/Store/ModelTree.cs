using LegoNet.Files;

namespace LegoNet.Store;

/// <summary>What lies in a model directory, whoever put it there.</summary>
internal static class ModelTree
{
    /// <summary>Full paths of all files, in ordinal order. Links are listed and never followed, so that nothing outside is taken for the model's.</summary>
    public static IReadOnlyList<string> Files(string root, IFileLayer layer)
    {
        var files = new List<string>();
        var folders = new Stack<string>([root]);
        while (folders.TryPop(out var folder))
        {
            files.AddRange(layer.EnumerateFiles(folder));
            foreach (var below in layer.EnumerateDirectories(folder))
            {
                folders.Push(below);
            }
        }

        files.Sort(StringComparer.Ordinal);
        return files;
    }

    /// <summary>A path as messages name it: relative to the model, '/'-separated.</summary>
    public static string NameOf(string root, string path) => Path.GetRelativePath(root, path).Replace(Path.DirectorySeparatorChar, '/');
}
