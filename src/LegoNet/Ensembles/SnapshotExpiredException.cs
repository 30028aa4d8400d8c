namespace LegoNet.Ensembles;

/// <summary>A snapshot was asked for scores after its time: it may hold what a later commit forgot.</summary>
/// <remarks>Not a fault of the model. Ask the provider for its current snapshot (<c>LegoNetModelProvider.Current</c>) and score again.</remarks>
public sealed class SnapshotExpiredException : InvalidOperationException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="rootDigest">Root digest of the state that is no longer served.</param>
    public SnapshotExpiredException(string rootDigest)
        : base(
            $"This snapshot of the model (root {rootDigest}) has expired, because it may hold what a later commit forgot; "
            + "read LegoNetModelProvider.Current anew for every batch.")
        => RootDigest = rootDigest;

    /// <summary>Root digest of the state that is no longer served.</summary>
    public string RootDigest { get; }
}
