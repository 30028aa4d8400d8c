using LegoNet.Cli.Tests.Support;

namespace LegoNet.Cli.Tests.Architecture;

/// <summary>The repository's files as they lie in the working tree, without what .gitignore leaves out.</summary>
internal static class SourceTree
{
    private static readonly HashSet<string> s_leftOut =
    [
        ".git",
        .. File.ReadLines(Path.Combine(Repository.Root, ".gitignore")).Where(l => l.EndsWith('/')).Select(l => l.Trim('/')),
    ];

    /// <summary>Every file with an extension such as <c>.cs</c>, by its path relative to the root with forward slashes; links are not followed.</summary>
    public static IEnumerable<string> Files(string extension)
        => Files(new DirectoryInfo(Repository.Root), extension)
            .Select(f => Path.GetRelativePath(Repository.Root, f).Replace('\\', '/'))
            .Order(StringComparer.Ordinal);

    /// <summary>The lines of source in each namespace of an assembly under src/; a file belongs to the namespace it declares, or to none.</summary>
    public static IReadOnlyDictionary<string, int> LinesByNamespace(string assembly)
    {
        const string Declares = "namespace ";
        var lines = new Dictionary<string, int>();
        foreach (var file in Files(".cs").Where(f => f.StartsWith($"src/{assembly}/", StringComparison.Ordinal)))
        {
            var text = File.ReadAllLines(Path.Combine(Repository.Root, file));
            var space = text.FirstOrDefault(l => l.StartsWith(Declares, StringComparison.Ordinal))?[Declares.Length..].TrimEnd(';') ?? "";
            lines[space] = lines.GetValueOrDefault(space) + text.Length;
        }

        return lines;
    }

    private static IEnumerable<string> Files(DirectoryInfo folder, string extension)
        => folder.EnumerateFiles("*" + extension).Select(f => f.FullName)
            .Concat(folder.EnumerateDirectories().Where(d => d.LinkTarget is null && !s_leftOut.Contains(d.Name)).SelectMany(d => Files(d, extension)));
}
