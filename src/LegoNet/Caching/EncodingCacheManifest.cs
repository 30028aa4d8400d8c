using LegoNet.Data.Json;
using LegoNet.Files;
using LegoNet.Records;
using LegoNet.Specs;
using LegoNet.Store;

namespace LegoNet.Caching;

/// <summary>The commit point of a cache of encodings.</summary>
/// <param name="Id">The cache's own name, 32 hexadecimal digits drawn when it was made: another cache at the same place has another.</param>
/// <param name="Dimension">Length d of the codes.</param>
/// <param name="Fingerprint">What made the codes.</param>
/// <param name="TagKey">Name of the tag key, so that a wrong key file is noticed before it finds nothing.</param>
/// <param name="Records">The trie's root; null for an empty cache.</param>
internal sealed record EncodingCacheManifest(string Id, int Dimension, EncoderFingerprint Fingerprint, string TagKey, NodeRef? Records)
{
    public const int FormatVersion = 2;
    public const string Kind = "encoding-cache";

    private static readonly JsonRules s_rules = new(
        Closed: true,
        LegoNetError.Damaged,
        problem => $"not the manifest of an encoding cache ({problem}); remove the cache, which can be made again; a forget goes on once it is dropped.");

    /// <summary>The rows: no label, no route; in the label's place the tag of the input's content.</summary>
    public RowLayout Rows => new(Dimension, null, 0, 0, ModelSpec.DefaultSegmentRows(Dimension)) { LabelWidth = ContentTag.Words };

    /// <summary>Reads the manifest of the cache at a path.</summary>
    /// <exception cref="LegoNetException">There is no cache, or its manifest is damaged.</exception>
    public static EncodingCacheManifest Load(ModelPaths paths, IFileLayer layer)
    {
        byte[] bytes;
        try
        {
            bytes = layer.ReadAllBytes(paths.Manifest);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw layer.DirectoryExists(paths.Root) && (layer.EnumerateFiles(paths.Root).Any() || layer.EnumerateDirectories(paths.Root).Any())
                ? LegoNetException.Damaged($"{paths.Root}: not an encoding cache (it has no {Manifest.FileName}).", e)
                : LegoNetException.BadInput($"{paths.Root}: no such encoding cache.", e);
        }

        return Parse(bytes, paths.Manifest);
    }

    public byte[] ToJson() => CanonicalJson.Write(json =>
    {
        json.WriteStartObject();
        json.WriteNumber("format", FormatVersion);
        json.WriteString("kind", Kind);
        json.WriteString("id", Id);
        json.WriteNumber("dimension", Dimension);
        json.WritePropertyName("encoder");
        Fingerprint.WriteTo(json);
        json.WriteString("tagKey", TagKey);
        if (Records is not null)
        {
            json.WriteStartObject("records");
            InteriorNode.WriteRef(json, Records);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    });

    private static EncodingCacheManifest Parse(byte[] bytes, string file)
    {
        var root = StrictJson.Parse(bytes, file, s_rules);
        if (!root.Has("kind") || root.String("kind") != Kind)
        {
            throw LegoNetException.BadInput($"{file}: is not that of an encoding cache; name a directory of the cache's own.");
        }

        var format = root.Integer("format", 0, int.MaxValue);
        if (format != FormatVersion)
        {
            throw LegoNetException.Damaged(
                $"{file}: has format {format}; this version reads format {FormatVersion}, so remove the cache or use the version that wrote it.");
        }

        var manifest = new EncodingCacheManifest(
            root.String("id"),
            (int)root.Integer("dimension", 1, int.MaxValue),
            EncoderFingerprint.Read(root.Object("encoder")),
            root.String("tagKey"),
            root.OptionalObject("records") is { } records ? InteriorNode.ReadRef(records) : null);
        root.Finish();
        return manifest;
    }
}
