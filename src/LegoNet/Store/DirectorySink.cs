using LegoNet.Files;

namespace LegoNet.Store;

/// <summary>Writes the files of a model that does not exist yet; nobody reads them before the directory takes its name.</summary>
internal sealed class DirectorySink(ModelPaths paths, IFileLayer layer) : IFileSink
{
    private readonly List<string> _written = [];

    public void Put(string name, byte[] bytes)
    {
        layer.WriteAllBytes(paths.File(name), bytes, flush: false);
        lock (_written)
        {
            _written.Add(paths.File(name));
        }
    }

    /// <summary>Makes everything written so far durable.</summary>
    public void Flush() => layer.FlushTree(paths.Root, _written);
}
