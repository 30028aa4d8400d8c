using LegoNet.Files;

namespace LegoNet.Tests.Support;

/// <summary>
/// The machine's files without flushes (a test's machine keeps its power), whose n-th change fails. Once <see cref="Dead"/>, every
/// later change fails too, as after the death of the process.
/// </summary>
internal sealed class FaultyFiles : IFileLayer
{
    private readonly PhysicalFileLayer _files = PhysicalFileLayer.Instance;

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

    public byte[] ReadAllBytes(string path) => _files.ReadAllBytes(path);

    public FileView OpenView(string path) => _files.OpenView(path);

    public void WriteAllBytes(string path, ReadOnlySpan<byte> bytes, bool flush)
    {
        var copy = bytes.ToArray();
        Change(() => _files.WriteAllBytes(path, copy, flush: false), () => _files.WriteAllBytes(path, copy.AsSpan(0, copy.Length / 2), flush: false));
    }

    public void Rename(string source, string target) => Change(() => _files.Rename(source, target), () => { });

    public void RenameDirectory(string source, string target) => Change(() => _files.RenameDirectory(source, target), () => { });

    public void Delete(string path) => Change(() => _files.Delete(path), () => { });

    public void Overwrite(string path) => Change(() => _files.Overwrite(path), () => File.WriteAllBytes(path, new byte[new FileInfo(path).Length / 2]));

    public void FlushDirectory(string path) => Change(() => Assert.True(Directory.Exists(path)), () => { });

    public void FlushTree(string path, IReadOnlyCollection<string> files) => Change(() => Assert.All(files, f => Assert.True(File.Exists(f))), () => { });

    private void Change(Action whole, Action half)
    {
        lock (_files)
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
