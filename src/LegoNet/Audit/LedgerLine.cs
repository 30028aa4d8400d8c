namespace LegoNet.Audit;

/// <summary>An entry of a model's ledger, for reading.</summary>
/// <param name="Sequence">Its number, from 1.</param>
/// <param name="Time">When it was written (UTC), to the millisecond, by the writer's clock.</param>
/// <param name="Operation">"train", "add", "correct", "forget", "repair", "caches", "keys" or "prune".</param>
/// <param name="Tags">HMAC tags of what was forgotten or corrected.</param>
/// <param name="RootBefore">The root digest before; null where there was no model before.</param>
/// <param name="RootAfter">The root digest after.</param>
/// <param name="Digest">SHA-256 of the entry's file, which the next entry names.</param>
/// <param name="Signer">The key that signed it (<see cref="VerificationKey.Fingerprint"/>).</param>
/// <param name="DroppedCaches">Full paths of the caches of encodings that were given up unpurged.</param>
public sealed record LedgerLine(
    int Sequence,
    DateTimeOffset Time,
    string Operation,
    IReadOnlyList<string> Tags,
    string? RootBefore,
    string RootAfter,
    string Digest,
    string Signer,
    IReadOnlyList<string> DroppedCaches);
