using LegoNet.Data.Files;
using LegoNet.Data.Json;
using LegoNet.Records;

namespace LegoNet.Store;

/// <summary>
/// The name of a model's state: SHA-256 of the canonical statement {"manifest":…,"tags":…}, the manifest's digest and the hash of the
/// tag tree over all records. So it binds every file, and still a short path leads from it to any subject's place in the store.
/// </summary>
internal static class RootDigests
{
    /// <summary>The root digest of a state.</summary>
    /// <param name="manifest">SHA-256 of manifest.json, in hex.</param>
    /// <param name="tags">The tag tree's hash, in hex (<see cref="TagTree"/>).</param>
    public static string Of(string manifest, string tags) => Digests.Of(CanonicalJson.Write(json =>
    {
        json.WriteStartObject();
        json.WriteString("manifest", manifest);
        json.WriteString("tags", tags);
        json.WriteEndObject();
    }));

    /// <summary>The root digest that a manifest stands for.</summary>
    /// <param name="manifest">The manifest.</param>
    /// <param name="digest">SHA-256 of its bytes, in hex.</param>
    public static string Of(Manifest manifest, string digest) => Of(digest, manifest.Records?.Tags ?? TagTree.Empty);
}
