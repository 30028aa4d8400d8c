namespace LegoNet.Audit;

/// <summary>The newest entry of a ledger.</summary>
/// <param name="Entry">The entry.</param>
/// <param name="Digest">SHA-256 of its file.</param>
internal sealed record LedgerHead(LedgerEntry Entry, string Digest)
{
    /// <summary>The model's name.</summary>
    public string Model => Entry.Model ?? Digest;

    public int Sequence => Entry.Sequence;

    public LedgerPosition Position => new(Model, Sequence, Digest);
}
