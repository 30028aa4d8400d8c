namespace LegoNet.Verification;

/// <summary>What the findings of a verification amount to.</summary>
public enum VerificationOutcome
{
    /// <summary>Every byte is the one that the stored records and the spec give.</summary>
    Exact,

    /// <summary>
    /// All that was compared is as it should be, but something could not be compared here: adapters that cannot be fitted, or what a key
    /// that is missing is needed for. Neither proof nor failure.
    /// </summary>
    NotComparable,

    /// <summary>Something well-formed is not what the records give.</summary>
    Different,

    /// <summary>A file is missing or altered.</summary>
    Damaged,
}
