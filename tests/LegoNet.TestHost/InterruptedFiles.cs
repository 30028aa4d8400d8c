using System.Diagnostics;
using LegoNet.Files;

namespace LegoNet.TestHost;

/// <summary>
/// The machine's files, with an interruption at the n-th change: the process kills itself (SIGKILL, which nothing can catch) before
/// the change or in the middle of it, or waits there for a line on standard input.
/// </summary>
internal sealed class InterruptedFiles() : PassingFiles(PhysicalFileLayer.Instance)
{
    /// <summary>Names the variable with the number of the change to be interrupted, from 0; none where it is not set.</summary>
    public const string AtVariable = "LEGONET_TEST_INTERRUPT_AT";

    /// <summary>Names the variable with the kind of interruption: <see cref="Kill"/>, <see cref="KillHalfway"/> or <see cref="Wait"/>.</summary>
    public const string KindVariable = "LEGONET_TEST_INTERRUPTION";

    public const string Kill = "kill";
    public const string KillHalfway = "kill-halfway";
    public const string Wait = "wait";

    private readonly int _at = int.TryParse(Environment.GetEnvironmentVariable(AtVariable), out var at) ? at : int.MaxValue;
    private readonly string _kind = Environment.GetEnvironmentVariable(KindVariable) ?? Kill;
    private int _changes;

    public override void WriteAllBytes(string path, ReadOnlySpan<byte> bytes, bool flush, FileLook? look = null)
    {
        if (IsNext())
        {
            if (_kind == KillHalfway)
            {
                base.WriteAllBytes(path, bytes[..(bytes.Length / 2)], flush, look);
            }

            Interrupt();
        }

        base.WriteAllBytes(path, bytes, flush, look);
    }

    public override bool TryCreate(string path, ReadOnlySpan<byte> bytes, bool secret)
    {
        if (FileExists(path))
        {
            return false;
        }

        InterruptIfNext();
        return base.TryCreate(path, bytes, secret);
    }

    public override void Rename(string source, string target)
    {
        InterruptIfNext();
        base.Rename(source, target);
    }

    public override void Delete(string path)
    {
        InterruptIfNext();
        base.Delete(path);
    }

    public override void Overwrite(string path)
    {
        InterruptIfNext();
        base.Overwrite(path);
    }

    public override void CreateDirectory(string path, FileLook? look = null)
    {
        if (!DirectoryExists(path))
        {
            InterruptIfNext();
            base.CreateDirectory(path, look);
        }
    }

    public override void RenameDirectory(string source, string target)
    {
        InterruptIfNext();
        base.RenameDirectory(source, target);
    }

    public override void DeleteDirectory(string path)
    {
        if (DirectoryExists(path))
        {
            InterruptIfNext();
            base.DeleteDirectory(path);
        }
    }

    public override void FlushDirectory(string path)
    {
        InterruptIfNext();
        base.FlushDirectory(path);
    }

    public override void FlushTree(string path, IReadOnlyCollection<string> files)
    {
        InterruptIfNext();
        base.FlushTree(path, files);
    }

    private bool IsNext() => Interlocked.Increment(ref _changes) == _at + 1;

    private void InterruptIfNext()
    {
        if (IsNext())
        {
            Interrupt();
        }
    }

    private void Interrupt()
    {
        if (_kind == Wait)
        {
            Console.Out.WriteLine("waiting");
            Console.In.ReadLine();
            return;
        }

        using var process = Process.GetCurrentProcess();
        process.Kill();
        Thread.Sleep(Timeout.Infinite);
    }
}
