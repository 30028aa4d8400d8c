namespace LegoNet.Cli.Init;

/// <summary>
/// Finds the data that a configuration names. Model Builder stores absolute paths of the machine it ran on; elsewhere the same file
/// mostly lies in the repository beside the configuration.
/// </summary>
internal static class DataPlace
{
    /// <summary>Where the data is; null where it is not found.</summary>
    /// <param name="configFile">The configuration's file.</param>
    /// <param name="path">The path as the configuration spells it, for Windows or not.</param>
    /// <param name="exists">Whether a path is a file, or a folder, of the kind sought.</param>
    public static string? Find(string configFile, string path, Func<string, bool> exists)
    {
        if (Path.IsPathFullyQualified(path) && exists(path))
        {
            return Path.GetFullPath(path);
        }

        var folder = Path.GetDirectoryName(Path.GetFullPath(configFile))!;
        var parts = path.Split(['/', '\\'], StringSplitOptions.RemoveEmptyEntries);

        // A relative path as it stands; then ever shorter ends of the path, since the longest that exists is the likeliest.
        for (var start = 0; start < parts.Length; start++)
        {
            if (start > 0 && parts[start] == "..")
            {
                continue;
            }

            var candidate = Path.GetFullPath(Path.Combine([folder, .. parts[start..]]));
            if (exists(candidate))
            {
                return candidate;
            }
        }

        return null;
    }

    /// <summary>The last part of a path of whichever system.</summary>
    public static string Name(string path) => path.Split(['/', '\\'], StringSplitOptions.RemoveEmptyEntries) is [.., var last] ? last : path;
}
