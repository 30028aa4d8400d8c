namespace LegoNet.Verification;

/// <summary>What a verification found.</summary>
/// <param name="Records">Records checked.</param>
/// <param name="Adapters">Adapters fitted anew and compared.</param>
/// <param name="Files">Files compared.</param>
/// <param name="RootDigest">The model's root digest.</param>
/// <param name="Damage">Files that are missing or do not match their digests, one sentence each.</param>
/// <param name="Differences">What is well-formed but not what the records give, one sentence each.</param>
/// <param name="WhyNotComparable">
/// Why adapters were not fitted anew, one sentence: their trainer's results depend on the machine or on package versions, and those
/// at hand are others than the model's. Everything that needs no fit was checked all the same. Null where adapters were compared.
/// </param>
public sealed record VerificationReport(
    long Records,
    int Adapters,
    int Files,
    string RootDigest,
    IReadOnlyList<string> Damage,
    IReadOnlyList<string> Differences,
    string? WhyNotComparable = null)
{
    /// <summary>Entries of the ledger, whose chain was followed.</summary>
    public int LedgerEntries { get; init; }

    /// <summary>What the ledger no longer tells: that its oldest entries were pruned, or that it was begun anew by a repair. Null where it is whole.</summary>
    public string? LedgerLacks { get; init; }

    /// <summary>Whether the ledger's signatures were checked. They are not where there is no public key beside the model.</summary>
    public bool SignaturesChecked { get; init; }

    /// <summary>
    /// What was not compared, and why, one sentence each: damage or a missing key keeps only that which needs it from being compared, and
    /// codes that another kind of processor or another runtime made can differ by rounding.
    /// </summary>
    public IReadOnlyList<string> NotCompared { get; init; } = [];

    /// <summary>What else there is to know, one sentence each; no finding among them.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>What the findings amount to. Damage outweighs differences, and both outweigh what could not be compared.</summary>
    public VerificationOutcome Outcome
        => Damage.Count > 0 ? VerificationOutcome.Damaged
        : Differences.Count > 0 ? VerificationOutcome.Different
        : WhyNotComparable is not null || NotCompared.Count > 0 ? VerificationOutcome.NotComparable
        : VerificationOutcome.Exact;

    /// <summary>True when every byte is the one that the stored records and the spec give. Never true where something was not compared.</summary>
    public bool IsExact => Outcome == VerificationOutcome.Exact;
}
