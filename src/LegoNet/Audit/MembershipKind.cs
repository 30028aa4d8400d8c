namespace LegoNet.Audit;

/// <summary>What a <see cref="MembershipProof"/> is of.</summary>
public enum MembershipKind
{
    /// <summary>At least one record is stored under the tag.</summary>
    Presence,

    /// <summary>No record is stored under the tag.</summary>
    Absence,
}
