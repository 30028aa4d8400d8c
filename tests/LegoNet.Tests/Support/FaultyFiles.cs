using LegoNet.Files;
using LegoNet.TestHost;

namespace LegoNet.Tests.Support;

/// <summary>
/// The machine's files without flushes (a test's machine keeps its power), whose n-th change fails. Once <see cref="Dead"/>, every
/// later change fails too, as after the death of the process.
/// </summary>
internal sealed class FaultyFiles() : PassingFiles(PhysicalFileLayer.Instance)
{
    private readonly Lock _lock = new();

    public enum Fault
    {
        /// <summary>The operation fails before it has an effect.</summary>
        Before,

        /// <summary>The operation has half of its effect (a cut file), then fails.</summary>
        Half,

        /// <summary>The operation has its effect and fails all the same.</summary>
        After,
    }

    public int FailAt { get; set; } = int.MaxValue;

    public Fault Kind { get; set; }

    /// <summary>Whether everything after the failure fails too.</summary>
    public bool Dies { get; set; }

    /// <summary>Changes seen so far.</summary>
    public int Operations { get; private set; }

    public bool Failed { get; private set; }

    public override void WriteAllBytes(string path, ReadOnlySpan<byte> bytes, bool flush, FileLook? look = null)
    {
        var copy = bytes.ToArray();
        Change(
            () => base.WriteAllBytes(path, copy, flush: false, look),
            () => base.WriteAllBytes(path, copy.AsSpan(0, copy.Length / 2), flush: false, look));
    }

    public override bool TryCreate(string path, ReadOnlySpan<byte> bytes, bool secret)
    {
        if (FileExists(path))
        {
            return false;
        }

        var copy = bytes.ToArray();
        var created = false;
        Change(() => created = base.TryCreate(path, copy, secret), () => { });
        return created;
    }

    public override void Rename(string source, string target) => Change(() => base.Rename(source, target), () => { });

    public override void Delete(string path) => Change(() => base.Delete(path), () => { });

    public override void Overwrite(string path)
        => Change(() => base.Overwrite(path), () => File.WriteAllBytes(path, new byte[new FileInfo(path).Length / 2]));

    public override void CreateDirectory(string path, FileLook? look = null)
    {
        if (!DirectoryExists(path))
        {
            Change(() => base.CreateDirectory(path, look), () => { });
        }
    }

    public override void RenameDirectory(string source, string target) => Change(() => base.RenameDirectory(source, target), () => { });

    public override void DeleteDirectory(string path)
    {
        if (DirectoryExists(path))
        {
            Change(() => base.DeleteDirectory(path), () => DeleteEverySecond(path));
        }
    }

    public override void FlushDirectory(string path) => Change(() => Assert.True(Directory.Exists(path)), () => { });

    public override void FlushTree(string path, IReadOnlyCollection<string> files)
        => Change(() => Assert.All(files, f => Assert.True(File.Exists(f))), () => { });

    private static void DeleteEverySecond(string folder)
    {
        foreach (var file in Directory.GetFiles(folder, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal).Where((_, i) => i % 2 == 0))
        {
            File.Delete(file);
        }
    }

    private void Change(Action whole, Action half)
    {
        lock (_lock)
        {
            var failing = Operations++ == FailAt;
            if (Failed && Dies)
            {
                throw new IOException("The process is dead.");
            }

            if (!failing)
            {
                whole();
                return;
            }

            Failed = true;
            if (Kind != Fault.Before)
            {
                (Kind == Fault.Half ? half : whole)();
            }

            throw new IOException("The disk failed.");
        }
    }
}
