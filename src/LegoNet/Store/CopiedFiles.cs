using LegoNet.Files;

namespace LegoNet.Store;

/// <summary>Opens a model's files as copies, which stay as they were checked whatever becomes of the files.</summary>
internal sealed class CopiedFiles(ModelFiles files) : IFileReader
{
    public FileView View(string name, string digest) => new(files.Read(name, digest));
}
