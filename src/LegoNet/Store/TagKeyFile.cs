using LegoNet.Files;
using LegoNet.Records;

namespace LegoNet.Store;

/// <summary>The tag key of a model that is being made, and the file that holds it or will.</summary>
internal sealed class TagKeyFile
{
    private readonly IFileLayer _layer;

    private TagKeyFile(string path, TagKey key, IFileLayer layer)
    {
        Path = path;
        Key = key;
        _layer = layer;
    }

    /// <summary>The file's full path.</summary>
    public string Path { get; }

    public TagKey Key { get; }

    /// <summary>Reads the key's file, or takes a new key where there is none; the file is then written by <see cref="Keep"/>.</summary>
    /// <param name="path">The key's file.</param>
    /// <param name="layer">File operations.</param>
    /// <param name="ifAbsent">The key where there is no file.</param>
    /// <param name="atOnce">Whether the file is written now: where others may be about to use the same one.</param>
    /// <exception cref="LegoNetException">The file holds no key, or none could be written there.</exception>
    public static TagKeyFile Prepare(string path, IFileLayer layer, Func<TagKey> ifAbsent, bool atOnce)
    {
        path = System.IO.Path.GetFullPath(path);
        if (atOnce && !layer.FileExists(path))
        {
            ifAbsent().Save(path, layer);
        }

        if (layer.FileExists(path))
        {
            return new TagKeyFile(path, TagKey.Load(path, layer), layer);
        }

        RequireWritable(path, layer);
        return new TagKeyFile(path, ifAbsent(), layer);
    }

    /// <summary>Writes the key durably where it is not there yet.</summary>
    /// <exception cref="LegoNetException">It cannot be written, or somebody wrote another key there meanwhile.</exception>
    public void Keep()
    {
        if (!_layer.FileExists(Path))
        {
            Key.Save(Path, _layer);
            _layer.FlushDirectory(System.IO.Path.GetDirectoryName(Path)!);
        }

        if (TagKey.Load(Path, _layer).Fingerprint != Key.Fingerprint)
        {
            throw LegoNetException.BadInput($"{Path}: another key was written there meanwhile; run the training again, with that key.");
        }
    }

    // Told now and not after hours of encoding.
    private static void RequireWritable(string path, IFileLayer layer)
    {
        try
        {
            FolderProbe.Try(System.IO.Path.GetDirectoryName(path)!, layer);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw LegoNetException.BadInput($"{path}: the tag key cannot be created ({LegoNetException.Cause(e)}).", e);
        }
    }
}
