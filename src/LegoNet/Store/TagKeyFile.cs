using LegoNet.Files;
using LegoNet.Records;

namespace LegoNet.Store;

/// <summary>The tag key of a model that is being made, and the file that holds it or will.</summary>
internal sealed class TagKeyFile
{
    private TagKeyFile(string path, TagKey key)
    {
        Path = path;
        Key = key;
    }

    /// <summary>The file's full path.</summary>
    public string Path { get; }

    public TagKey Key { get; }

    /// <summary>Reads the key's file, or thinks of a key where there is none; the file is then written by <see cref="Keep"/>.</summary>
    /// <param name="path">The key's file.</param>
    /// <param name="ifAbsent">The key where there is no file.</param>
    /// <param name="atOnce">Whether the file is written now: where others may be about to use the same one.</param>
    /// <exception cref="LegoNetException">The file holds no key, or none could be written there.</exception>
    public static TagKeyFile Prepare(string path, Func<TagKey> ifAbsent, bool atOnce)
    {
        path = System.IO.Path.GetFullPath(path);
        if (atOnce && !File.Exists(path))
        {
            ifAbsent().Save(path);
        }

        if (File.Exists(path))
        {
            return new TagKeyFile(path, TagKey.Load(path));
        }

        RequireWritable(path);
        return new TagKeyFile(path, ifAbsent());
    }

    /// <summary>Writes the key durably where it is not there yet.</summary>
    /// <exception cref="LegoNetException">It cannot be written, or somebody wrote another key there meanwhile.</exception>
    public void Keep(IFileLayer layer)
    {
        if (!File.Exists(Path))
        {
            Key.Save(Path);
            layer.FlushDirectory(System.IO.Path.GetDirectoryName(Path)!);
        }

        if (TagKey.Load(Path).Fingerprint != Key.Fingerprint)
        {
            throw LegoNetException.BadInput($"{Path}: another key was written there meanwhile; run the training again, with that key.");
        }
    }

    // Told now and not after hours of encoding.
    private static void RequireWritable(string path)
    {
        var probe = path + ".probe";
        try
        {
            Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
            File.WriteAllBytes(probe, []);
            File.Delete(probe);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw LegoNetException.BadInput($"{path}: the tag key cannot be created ({LegoNetException.Cause(e)}).", e);
        }
    }
}
