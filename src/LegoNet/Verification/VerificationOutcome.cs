namespace LegoNet.Verification;

/// <summary>What the findings of a verification amount to.</summary>
public enum VerificationOutcome
{
    /// <summary>Every byte is the one that the stored records and the spec give.</summary>
    Exact,

    /// <summary>Records, routes and files are as they should be, but adapters cannot be fitted here to be compared. Neither proof nor failure.</summary>
    NotComparable,

    /// <summary>Something well-formed is not what the records give.</summary>
    Different,

    /// <summary>A file is missing or altered.</summary>
    Damaged,
}
