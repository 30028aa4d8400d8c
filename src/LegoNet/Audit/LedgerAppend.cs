using LegoNet.Data.Files;

namespace LegoNet.Audit;

/// <summary>An entry that is about to be written.</summary>
/// <param name="Entry">The entry, signed.</param>
/// <param name="Path">Its file.</param>
/// <param name="Bytes">The file's content.</param>
internal sealed record LedgerAppend(LedgerEntry Entry, string Path, byte[] Bytes)
{
    /// <summary>The ledger's newest entry, once it is written.</summary>
    public LedgerHead Head { get; } = new(Entry, Digests.Of(Bytes));
}
