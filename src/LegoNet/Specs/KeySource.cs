namespace LegoNet.Specs;

/// <summary>Where the adapters' keys come from.</summary>
public enum KeySource
{
    /// <summary>Drawn from the spec's seed.</summary>
    Gaussian,

    /// <summary>Codes of public reference records, from the encoder's card.</summary>
    Public,
}
