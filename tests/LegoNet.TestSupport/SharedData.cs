namespace LegoNet.TestSupport;

/// <summary>Real data, where it is: the folder named by LEGONET_DATA, else shared/data beside the repository.</summary>
internal static class SharedData
{
    /// <summary>The folder, whether it exists or not.</summary>
    public static string Folder { get; } = Environment.GetEnvironmentVariable("LEGONET_DATA") is { Length: > 0 } named
        ? Path.GetFullPath(named)
        : Path.GetFullPath(Path.Combine(Repository.Root, "..", "shared", "data"));

    /// <summary>Skips the running test where the folder is missing.</summary>
    public static void Require()
        => Assert.SkipUnless(Directory.Exists(Folder), $"The real data is missing ({Folder}); set LEGONET_DATA to its folder.");

    /// <summary>The path of a file; the running test is skipped where it is missing.</summary>
    public static string Need(string name)
    {
        var path = Path.Combine(Folder, name);
        Assert.SkipUnless(File.Exists(path), $"The data file {name} is not here; set LEGONET_DATA to the folder that has it.");
        return path;
    }
}
