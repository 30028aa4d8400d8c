namespace LegoNet.Files;

/// <summary>Where a path leads when every symbolic link on the way is followed.</summary>
internal static class RealPath
{
    private const int MostLinks = 40;

    private static readonly StringComparison s_comparison
        = OperatingSystem.IsWindows() || OperatingSystem.IsMacOS() ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal;

    /// <summary>The full path without links; what does not exist stays as it is named.</summary>
    public static string Of(string path)
    {
        var full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
        var done = Path.GetPathRoot(full)!;
        var rest = Parts(full);
        for (var links = 0; rest.TryPop(out var part);)
        {
            var next = Path.Combine(done, part);
            if (links == MostLinks || new FileInfo(next).LinkTarget is not { } target)
            {
                done = next;
                continue;
            }

            links++;
            var led = Path.GetFullPath(target, done);
            done = Path.GetPathRoot(led)!;
            rest = new Stack<string>(rest.Reverse().Concat(Parts(led).Reverse()));
        }

        return done;
    }

    /// <summary>Whether two paths lead to one file: by their names, or as two names of it.</summary>
    public static bool IsSame(string path, string other)
        => string.Equals(Of(path), Of(other), s_comparison)
            || (FileStatus.Of(path) is { } status && FileStatus.Of(other) is { } others && status.IsSameAs(others));

    /// <summary>Whether a path leads to a place below a folder.</summary>
    public static bool IsInside(string path, string folder) => Of(path).StartsWith(Of(folder) + Path.DirectorySeparatorChar, s_comparison);

    // The first part on top.
    private static Stack<string> Parts(string full)
        => new(full[Path.GetPathRoot(full)!.Length..].Split(Path.DirectorySeparatorChar, StringSplitOptions.RemoveEmptyEntries).Reverse());
}
