using LegoNet.Files;

namespace LegoNet.Store;

/// <summary>Writes the files of a model that does not exist yet; nobody reads them before the directory takes its name.</summary>
internal sealed class DirectorySink(ModelPaths paths, IFileLayer layer) : IFileSink
{
    private readonly List<string> _written = [];

    public void Put(string name, byte[] bytes)
    {
        Write(() => layer.WriteAllBytes(paths.File(name), bytes, flush: false, paths.LookOf(name)));
        lock (_written)
        {
            _written.Add(paths.File(name));
        }
    }

    /// <summary>Makes everything durable that was written since the last time.</summary>
    public void Flush()
    {
        Write(() => layer.FlushTree(paths.Root, _written));
        _written.Clear();
    }

    private void Write(Action write)
    {
        try
        {
            write();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw LegoNetException.BadInput($"{paths.Root}: the model cannot be written ({LegoNetException.Cause(e)}); nothing of it is kept.", e);
        }
    }
}
