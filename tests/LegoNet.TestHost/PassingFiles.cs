using LegoNet.Files;

namespace LegoNet.TestHost;

/// <summary>Passes every operation on to another layer; what puts faults in between overrides the operations it is about.</summary>
internal abstract class PassingFiles(IFileLayer inner) : IFileLayer
{
    protected IFileLayer Inner => inner;

    public virtual bool FileExists(string path) => inner.FileExists(path);

    public virtual bool DirectoryExists(string path) => inner.DirectoryExists(path);

    public virtual IEnumerable<string> EnumerateFiles(string directory) => inner.EnumerateFiles(directory);

    public virtual IEnumerable<string> EnumerateDirectories(string directory) => inner.EnumerateDirectories(directory);

    public virtual string ResolveLink(string path) => inner.ResolveLink(path);

    public virtual long Length(string path) => inner.Length(path);

    public virtual byte[] ReadAllBytes(string path) => inner.ReadAllBytes(path);

    public virtual FileView OpenView(string path) => inner.OpenView(path);

    public virtual void WriteAllBytes(string path, ReadOnlySpan<byte> bytes, bool flush, FileLook? look = null)
        => inner.WriteAllBytes(path, bytes, flush, look);

    public virtual bool TryCreate(string path, ReadOnlySpan<byte> bytes, bool secret) => inner.TryCreate(path, bytes, secret);

    public virtual void Rename(string source, string target) => inner.Rename(source, target);

    public virtual void Delete(string path) => inner.Delete(path);

    public virtual void Overwrite(string path) => inner.Overwrite(path);

    public virtual void CreateDirectory(string path, FileLook? look = null) => inner.CreateDirectory(path, look);

    public virtual void RenameDirectory(string source, string target) => inner.RenameDirectory(source, target);

    public virtual void DeleteDirectory(string path) => inner.DeleteDirectory(path);

    public virtual void DeleteIfEmpty(string path) => inner.DeleteIfEmpty(path);

    public virtual bool IsOpenToOthers(string path) => inner.IsOpenToOthers(path);

    public virtual void FlushDirectory(string path) => inner.FlushDirectory(path);

    public virtual void FlushTree(string path, IReadOnlyCollection<string> files) => inner.FlushTree(path, files);
}
