using LegoNet.Files;
using LegoNet.TestHost;

namespace LegoNet.Tests.Support;

/// <summary>The machine's files without waiting for the device: for tests that are not about power loss and want many commits.</summary>
internal sealed class UnflushedFiles() : PassingFiles(PhysicalFileLayer.Instance)
{
    public override void WriteAllBytes(string path, ReadOnlySpan<byte> bytes, bool flush, FileLook? look = null)
        => base.WriteAllBytes(path, bytes, flush: false, look);

    public override void FlushDirectory(string path)
    {
    }

    public override void FlushTree(string path, IReadOnlyCollection<string> files)
    {
    }
}
