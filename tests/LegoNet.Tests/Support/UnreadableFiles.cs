using LegoNet.Files;

namespace LegoNet.Tests.Support;

/// <summary>The machine's files on a device that stops giving back what it holds: from the n-th read on, every read fails.</summary>
internal sealed class UnreadableFiles : IFileLayer
{
    private readonly UnflushedFiles _files = new();
    private int _reads;
    private int _failFrom = int.MaxValue;

    public int FailFrom
    {
        get => _failFrom;
        set => (_failFrom, _reads) = (value, 0);
    }

    public byte[] ReadAllBytes(string path)
    {
        FailIfDue();
        return _files.ReadAllBytes(path);
    }

    public FileView OpenView(string path)
    {
        FailIfDue();
        return _files.OpenView(path);
    }

    public void WriteAllBytes(string path, ReadOnlySpan<byte> bytes, bool flush) => _files.WriteAllBytes(path, bytes, flush);

    public void Rename(string source, string target) => _files.Rename(source, target);

    public void RenameDirectory(string source, string target) => _files.RenameDirectory(source, target);

    public void Delete(string path) => _files.Delete(path);

    public void Overwrite(string path) => _files.Overwrite(path);

    public void FlushDirectory(string path) => _files.FlushDirectory(path);

    public void FlushTree(string path, IReadOnlyCollection<string> files) => _files.FlushTree(path, files);

    private void FailIfDue()
    {
        if (Interlocked.Increment(ref _reads) > FailFrom)
        {
            throw new IOException("Input/output error.");
        }
    }
}
