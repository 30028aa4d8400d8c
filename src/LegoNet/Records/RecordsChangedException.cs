namespace LegoNet.Records;

/// <summary>The records of one state of a model were being read, and the model has gone on to another state.</summary>
/// <remarks>Not a fault of the model: what a change forgets is gone for readers too. Start over with <see cref="LegoNetModel.ReadRecords"/>.</remarks>
public sealed class RecordsChangedException : InvalidOperationException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="rootDigest">Root digest of the state that can no longer be read.</param>
    public RecordsChangedException(string rootDigest)
        : base($"The model was changed, and the records of its earlier state (root {rootDigest}) can no longer be read; start over.")
        => RootDigest = rootDigest;

    /// <summary>Root digest of the state that can no longer be read.</summary>
    public string RootDigest { get; }
}
