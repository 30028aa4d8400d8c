namespace LegoNet.Cli.Tests.Support;

/// <summary>Where the sources and the real data lie.</summary>
internal static class Repository
{
    /// <summary>The repository's root: the folder above the test assembly that has the solution.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>The folder of real data: LEGONET_DATA, else ../shared/data beside the repository.</summary>
    public static string Data { get; } = Environment.GetEnvironmentVariable("LEGONET_DATA") is { Length: > 0 } named
        ? Path.GetFullPath(named)
        : Path.GetFullPath(Path.Combine(Root, "..", "shared", "data"));

    public static string Pipeline(string name) => Path.Combine(Root, "pipelines", name);

    public static string Model(string name) => Path.Combine(Root, "models", name);

    /// <summary>Skips the running test where the real data is missing.</summary>
    public static void RequireData() => Assert.SkipUnless(Directory.Exists(Data), $"The real data is missing ({Data}); set LEGONET_DATA to its folder.");

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "LegoNet.MLNet.sln")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException("The tests run outside of the repository.");
    }
}
