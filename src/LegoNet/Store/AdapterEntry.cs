namespace LegoNet.Store;

/// <summary>What the manifest says of one adapter that has rows.</summary>
/// <param name="Number">The adapter's number.</param>
/// <param name="Rows">Rows in its shard.</param>
/// <param name="Adapter">SHA-256 of the adapter's file.</param>
/// <param name="Shard">SHA-256 of the shard's file (which subjects have rows here, and kept sums).</param>
internal sealed record AdapterEntry(int Number, long Rows, string Adapter, string Shard)
{
    public string AdapterFile(string extension) => $"adapters/{Number:D5}-{Adapter}{extension}";

    public string ShardFile => $"shards/{Number:D5}-{Shard}.safetensors";
}
