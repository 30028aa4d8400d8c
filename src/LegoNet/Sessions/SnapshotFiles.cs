using LegoNet.Data.Files;
using LegoNet.Files;
using LegoNet.Records;
using LegoNet.Store;

namespace LegoNet.Sessions;

/// <summary>
/// Opens the files of one state of a model while changes go on. Files are named by their content, so what can be opened belongs to
/// that state; a file that a later state no longer names is gone, and then the state can't be read on. Every view is a copy: nothing
/// is mapped, and what was read outlives both the file and the store.
/// </summary>
internal sealed class SnapshotFiles(ModelPaths paths, IFileLayer layer, string manifestDigest, string root) : IFileReader
{
    private const int Attempts = 20;
    private readonly ModelFiles _files = new(paths, layer);

    public FileView View(string name, string digest)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return new FileView(_files.Read(name, digest));
            }
            catch (LegoNetException e) when (e.Error == LegoNetError.Damaged)
            {
                // A commit replaces the manifest before it unlinks, so under the same manifest the file is damaged: unless the model
                // went on and came back to this state meanwhile, which brings the file back too.
                if (CurrentManifest() != manifestDigest)
                {
                    throw new RecordsChangedException(root);
                }

                if (attempt == Attempts)
                {
                    throw;
                }
            }
        }
    }

    private string? CurrentManifest()
    {
        try
        {
            return Digests.Of(layer.ReadAllBytes(paths.Manifest));
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null; // The whole model was removed.
        }
    }
}
