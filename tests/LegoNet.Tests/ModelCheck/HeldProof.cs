using LegoNet.Audit;

namespace LegoNet.Tests.ModelCheck;

/// <summary>A proof that somebody holds.</summary>
internal sealed record HeldProof(MembershipProof Proof, int Subject);
