using LegoNet.Files;
using LegoNet.TestHost;

namespace LegoNet.Tests.Support;

/// <summary>The machine's files on a device that stops giving back what it holds: from the n-th read on, every read fails.</summary>
internal sealed class UnreadableFiles() : PassingFiles(new UnflushedFiles())
{
    private int _reads;
    private int _failFrom = int.MaxValue;

    public int FailFrom
    {
        get => _failFrom;
        set => (_failFrom, _reads) = (value, 0);
    }

    public override byte[] ReadAllBytes(string path)
    {
        FailIfDue();
        return base.ReadAllBytes(path);
    }

    public override FileView OpenView(string path)
    {
        FailIfDue();
        return base.OpenView(path);
    }

    private void FailIfDue()
    {
        if (Interlocked.Increment(ref _reads) > FailFrom)
        {
            throw new IOException("Input/output error.");
        }
    }
}
