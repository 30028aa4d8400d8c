using LegoNet.Data.Files;
using LegoNet.Files;

namespace LegoNet.Store;

/// <summary>Opens a model's files with their digests checked.</summary>
internal sealed class ModelFiles(ModelPaths paths, IFileLayer layer) : IFileReader
{
    public FileView View(string name, string digest)
    {
        FileView view;
        try
        {
            view = layer.OpenView(paths.File(name));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or OverflowException)
        {
            throw Unreadable(name, e);
        }

        if (Digests.Of(view.Memory.Span) == digest)
        {
            return view;
        }

        ((IDisposable)view).Dispose();
        throw LegoNetException.Damaged($"{name}: its content does not match its digest.");
    }

    /// <summary>A copy of a file whose bytes match the digest; a later change of the file can't reach it.</summary>
    public byte[] Read(string name, string digest)
    {
        byte[] bytes;
        try
        {
            bytes = layer.ReadAllBytes(paths.File(name));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or OverflowException)
        {
            throw Unreadable(name, e);
        }

        return Digests.Of(bytes) == digest ? bytes : throw LegoNetException.Damaged($"{name}: its content does not match its digest.");
    }

    // A disk that fails, a folder in the file's place, permissions that were taken away: whichever it is, the file cannot be served.
    private static LegoNetException Unreadable(string name, Exception e) => e is FileNotFoundException or DirectoryNotFoundException
        ? LegoNetException.Damaged($"{name}: is missing.", e)
        : LegoNetException.Damaged($"{name}: cannot be read ({LegoNetException.Cause(e)}).", e);
}
