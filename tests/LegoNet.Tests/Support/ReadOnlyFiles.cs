using LegoNet.Files;
using LegoNet.TestHost;

namespace LegoNet.Tests.Support;

/// <summary>The machine's files where nothing may be written. Whoever runs the tests may write anywhere, so this refuses in his place.</summary>
internal sealed class ReadOnlyFiles() : PassingFiles(PhysicalFileLayer.Instance)
{
    /// <summary>Told of each whole file before it is read.</summary>
    public Action<string>? Reading { get; set; }

    /// <summary>Makes a model's locks such as cannot be taken, though the test may open every file.</summary>
    public static void RefuseLocks(string model)
    {
        foreach (var file in new[] { model + ".lock", model + ".readers" })
        {
            File.Delete(file);
            Directory.CreateDirectory(file);
        }
    }

    public override byte[] ReadAllBytes(string path)
    {
        Reading?.Invoke(path);
        return base.ReadAllBytes(path);
    }

    public override void WriteAllBytes(string path, ReadOnlySpan<byte> bytes, bool flush, FileLook? look = null) => throw Refused(path);

    public override bool TryCreate(string path, ReadOnlySpan<byte> bytes, bool secret) => FileExists(path) ? false : throw Refused(path);

    public override void Rename(string source, string target) => throw Refused(target);

    public override void Delete(string path) => throw Refused(path);

    public override void Overwrite(string path) => throw Refused(path);

    public override void CreateDirectory(string path, FileLook? look = null)
    {
        if (!DirectoryExists(path))
        {
            throw Refused(path);
        }
    }

    public override void RenameDirectory(string source, string target) => throw Refused(target);

    public override void DeleteDirectory(string path) => throw Refused(path);

    public override void DeleteIfEmpty(string path) => throw Refused(path);

    public override void FlushDirectory(string path) => throw Refused(path);

    public override void FlushTree(string path, IReadOnlyCollection<string> files) => throw Refused(path);

    private static IOException Refused(string path) => new($"Read-only file system : '{path}'");
}
