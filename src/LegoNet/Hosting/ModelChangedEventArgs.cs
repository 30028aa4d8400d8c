namespace LegoNet.Hosting;

/// <summary>Says which state of a hosted model took the place of which.</summary>
/// <param name="previousRootDigest">SHA-256 of the manifest served before.</param>
/// <param name="rootDigest">SHA-256 of the manifest served now.</param>
public sealed class ModelChangedEventArgs(string previousRootDigest, string rootDigest) : EventArgs
{
    /// <summary>SHA-256 of the manifest served before.</summary>
    public string PreviousRootDigest { get; } = previousRootDigest;

    /// <summary>SHA-256 of the manifest served now.</summary>
    public string RootDigest { get; } = rootDigest;
}
