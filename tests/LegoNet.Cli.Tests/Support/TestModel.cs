namespace LegoNet.Cli.Tests.Support;

/// <summary>A model in a folder of its own, with its key file and the settings of its run.</summary>
internal sealed class TestModel : IDisposable
{
    private readonly TempFolder _folder = new();

    public TestModel(string template)
    {
        Path = _folder["model"];
        Tree.Copy(template, Path);
        foreach (var ending in (ReadOnlySpan<string>)[".key", ".signing.pem", ".signing.pub.pem", ".run.json"])
        {
            if (File.Exists(template + ending))
            {
                File.Copy(template + ending, Path + ending);
            }
        }
    }

    public string Path { get; }

    public string Key => Path + ".key";

    public TempFolder Folder => _folder;

    /// <summary>The one file of the model that a pattern matches first.</summary>
    public string FirstFile(string folder, string pattern)
        => Directory.EnumerateFiles(System.IO.Path.Combine(Path, folder), pattern).Order(StringComparer.Ordinal).First();

    /// <summary>Runs a command on the model; it must fail with one sentence and leave every byte of the model as it was.</summary>
    public string Refuses(int exitCode, params string[] args)
    {
        var before = Tree.Read(Path);
        var message = Legonet.Refuses(exitCode, args);
        Assert.Equal(before, Tree.Read(Path));
        return message;
    }

    public void Dispose() => _folder.Dispose();
}
