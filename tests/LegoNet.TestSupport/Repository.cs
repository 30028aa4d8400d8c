namespace LegoNet.TestSupport;

/// <summary>The repository that the tests were built from.</summary>
internal static class Repository
{
    /// <summary>Its root: the folder above the test assembly that has the solution.</summary>
    public static string Root { get; } = FindRoot();

    public static string Pipeline(string name) => Path.Combine(Root, "pipelines", name);

    public static string Model(string name) => Path.Combine(Root, "models", name);

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "LegoNet.MLNet.sln")))
            {
                return folder.FullName;
            }
        }

        throw new DirectoryNotFoundException("The tests do not lie below the repository's root.");
    }
}
