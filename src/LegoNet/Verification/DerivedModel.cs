using LegoNet.Data.Files;
using LegoNet.Files;
using LegoNet.Store;

namespace LegoNet.Verification;

/// <summary>The files that the records give; only those that are not on disk as they should be are kept in memory.</summary>
internal sealed class DerivedModel(ModelPaths paths, IFileLayer layer) : IFileSink
{
    public HashSet<string> Named { get; } = new(StringComparer.Ordinal);

    public SortedDictionary<string, byte[]> Changed { get; } = new(StringComparer.Ordinal);

    public Manifest Manifest { get; private set; } = null!;

    public byte[] ManifestBytes { get; private set; } = [];

    public string Root { get; private set; } = "";

    public void Put(string name, byte[] bytes)
    {
        var whole = IsOnDisk(name, bytes);
        lock (Named)
        {
            Named.Add(name);
            if (!whole)
            {
                Changed[name] = bytes;
            }
        }
    }

    public void Complete(Manifest manifest)
    {
        Manifest = manifest;
        ManifestBytes = manifest.ToJson();
        Root = RootDigests.Of(manifest, Digests.Of(ManifestBytes));
        if (manifest.EncoderFile is { } encoder)
        {
            Named.Add(encoder);
        }
    }

    private bool IsOnDisk(string name, byte[] bytes)
        => layer.TryReadAllBytes(paths.File(name)) is { } stored && stored.AsSpan().SequenceEqual(bytes);
}
