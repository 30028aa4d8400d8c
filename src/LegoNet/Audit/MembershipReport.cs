namespace LegoNet.Audit;

/// <summary>What checking a <see cref="MembershipProof"/> found, in sentences for people.</summary>
/// <param name="Failures">Why the proof does not hold; empty when it does.</param>
/// <param name="Proven">What follows from the proof by computation alone, given the root digest; empty when it does not hold.</param>
/// <param name="SignersWord">What the signer states and nobody can derive from the proof; empty when it does not hold.</param>
public sealed record MembershipReport(IReadOnlyList<string> Failures, IReadOnlyList<string> Proven, IReadOnlyList<string> SignersWord)
{
    /// <summary>True when the proof holds.</summary>
    public bool Holds => Failures.Count == 0;
}
