using System.Text;

namespace LegoNet.TestSupport;

/// <summary>A folder of a test's own, removed afterwards.</summary>
internal sealed class TempFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("legonet-test-").FullName;

    /// <summary>The path that a name in the folder has.</summary>
    public string this[string name] => System.IO.Path.Combine(Path, name);

    /// <summary>Writes a text as UTF-8, with the folders that the name asks for.</summary>
    /// <returns>The file's path.</returns>
    public string Write(string name, string text) => Write(name, Encoding.UTF8.GetBytes(text));

    /// <summary>Writes a file, with the folders that the name asks for.</summary>
    /// <returns>The file's path.</returns>
    public string Write(string name, ReadOnlySpan<byte> bytes)
    {
        var path = this[name];
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, bytes);
        return path;
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
