namespace LegoNet.Audit;

/// <summary>What a method promises about the model it leaves behind.</summary>
public enum Guarantee
{
    /// <summary>Byte for byte the model that never saw the data.</summary>
    Exact,

    /// <summary>Anything less. Never recorded as an erasure.</summary>
    Approximate,
}
