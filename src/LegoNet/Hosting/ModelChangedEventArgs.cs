namespace LegoNet.Hosting;

/// <summary>Says which state of a hosted model took the place of which.</summary>
/// <param name="previousRootDigest">Root digest of the state served before.</param>
/// <param name="rootDigest">Root digest of the state served now.</param>
public sealed class ModelChangedEventArgs(string previousRootDigest, string rootDigest) : EventArgs
{
    /// <summary>Root digest of the state served before.</summary>
    public string PreviousRootDigest { get; } = previousRootDigest;

    /// <summary>Root digest of the state served now.</summary>
    public string RootDigest { get; } = rootDigest;
}
