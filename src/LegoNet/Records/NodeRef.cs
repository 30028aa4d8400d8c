namespace LegoNet.Records;

/// <summary>How a parent (or the manifest) names a node of the trie.</summary>
/// <param name="IsSegment">True for a leaf (a segment of rows), false for an interior node.</param>
/// <param name="Count">Rows below the node.</param>
/// <param name="Digest">SHA-256 of the node's file, in hex.</param>
/// <param name="Tags">Hash of the tag tree over the keys below the node, in hex (<see cref="TagTree"/>).</param>
internal sealed record NodeRef(bool IsSegment, long Count, string Digest, string Tags)
{
    /// <summary>The node's file, relative to the model directory.</summary>
    public string File => $"records/{Digest}{(IsSegment ? ".safetensors" : ".json")}";
}
