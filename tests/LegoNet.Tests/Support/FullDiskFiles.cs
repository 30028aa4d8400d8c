using LegoNet.Files;
using LegoNet.TestHost;

namespace LegoNet.Tests.Support;

/// <summary>The machine's files on a disk that becomes full: from the n-th write on, half of the bytes find room. Removing and renaming go on.</summary>
internal sealed class FullDiskFiles() : PassingFiles(new UnflushedFiles())
{
    private int _writes;

    public int FullAfter { get; set; }

    public override void WriteAllBytes(string path, ReadOnlySpan<byte> bytes, bool flush, FileLook? look = null)
    {
        if (HasRoom())
        {
            base.WriteAllBytes(path, bytes, flush, look);
            return;
        }

        base.WriteAllBytes(path, bytes[..(bytes.Length / 2)], flush: false, look);
        throw Full();
    }

    public override bool TryCreate(string path, ReadOnlySpan<byte> bytes, bool secret)
        => FileExists(path) ? false : HasRoom() ? base.TryCreate(path, bytes, secret) : throw Full();

    public override void CreateDirectory(string path, FileLook? look = null)
    {
        if (!DirectoryExists(path) && !HasRoom())
        {
            throw Full();
        }

        base.CreateDirectory(path, look);
    }

    private bool HasRoom() => _writes++ < FullAfter;

    private static IOException Full() => new("No space left on device.");
}
