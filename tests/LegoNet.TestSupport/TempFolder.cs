using System.Text;

namespace LegoNet.TestSupport;

/// <summary>A folder of a test's own, removed afterwards.</summary>
internal sealed class TempFolder : IDisposable
{
    private const string Prefix = "legonet-test-";
    private const string Memory = "/dev/shm";

    /// <param name="inMemory">Whether it may be in memory, where the machine has files there: for many small files that are not about the disk.</param>
    public TempFolder(bool inMemory = false) => Path = inMemory && Directory.Exists(Memory)
        ? Directory.CreateDirectory(System.IO.Path.Combine(Memory, Prefix + System.IO.Path.GetRandomFileName())).FullName
        : Directory.CreateTempSubdirectory(Prefix).FullName;

    public string Path { get; }

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
