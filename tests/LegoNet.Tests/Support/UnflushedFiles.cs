using LegoNet.Files;

namespace LegoNet.Tests.Support;

/// <summary>The machine's files without waiting for the device: for tests that are not about power loss and want many commits.</summary>
internal sealed class UnflushedFiles : IFileLayer
{
    private readonly PhysicalFileLayer _files = PhysicalFileLayer.Instance;

    public byte[] ReadAllBytes(string path) => _files.ReadAllBytes(path);

    public FileView OpenView(string path) => _files.OpenView(path);

    public void WriteAllBytes(string path, ReadOnlySpan<byte> bytes, bool flush) => _files.WriteAllBytes(path, bytes, flush: false);

    public void Rename(string source, string target) => _files.Rename(source, target);

    public void RenameDirectory(string source, string target) => _files.RenameDirectory(source, target);

    public void Delete(string path) => _files.Delete(path);

    public void Overwrite(string path) => _files.Overwrite(path);

    public void FlushDirectory(string path)
    {
    }

    public void FlushTree(string path, IReadOnlyCollection<string> files)
    {
    }
}
