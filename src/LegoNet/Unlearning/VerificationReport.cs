namespace LegoNet.Unlearning;

/// <summary>What a verification found.</summary>
/// <param name="Records">Records checked.</param>
/// <param name="Adapters">Adapters fitted anew and compared.</param>
/// <param name="Files">Files compared.</param>
/// <param name="RootDigest">The model's root digest.</param>
/// <param name="Damage">Files that are missing or do not match their digests, one sentence each.</param>
/// <param name="Differences">What is well-formed but not what the records give, one sentence each.</param>
public sealed record VerificationReport(
    long Records,
    int Adapters,
    int Files,
    string RootDigest,
    IReadOnlyList<string> Damage,
    IReadOnlyList<string> Differences)
{
    /// <summary>True when every byte is the one that the stored records and the spec give.</summary>
    public bool IsExact => Damage.Count == 0 && Differences.Count == 0;
}
