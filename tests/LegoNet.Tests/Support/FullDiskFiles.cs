using LegoNet.Files;

namespace LegoNet.Tests.Support;

/// <summary>The machine's files on a disk that becomes full: from the n-th write on, half of the bytes find room. Removing and renaming go on.</summary>
internal sealed class FullDiskFiles : IFileLayer
{
    private readonly UnflushedFiles _files = new();
    private int _writes;

    public int FullAfter { get; set; }

    public byte[] ReadAllBytes(string path) => _files.ReadAllBytes(path);

    public FileView OpenView(string path) => _files.OpenView(path);

    public void WriteAllBytes(string path, ReadOnlySpan<byte> bytes, bool flush)
    {
        if (_writes++ < FullAfter)
        {
            _files.WriteAllBytes(path, bytes, flush);
            return;
        }

        _files.WriteAllBytes(path, bytes[..(bytes.Length / 2)], flush: false);
        throw new IOException("No space left on device.");
    }

    public void Rename(string source, string target) => _files.Rename(source, target);

    public void RenameDirectory(string source, string target) => _files.RenameDirectory(source, target);

    public void Delete(string path) => _files.Delete(path);

    public void Overwrite(string path) => _files.Overwrite(path);

    public void FlushDirectory(string path) => _files.FlushDirectory(path);

    public void FlushTree(string path, IReadOnlyCollection<string> files) => _files.FlushTree(path, files);
}
