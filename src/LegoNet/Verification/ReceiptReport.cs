namespace LegoNet.Verification;

/// <summary>What comparing a receipt with a model found.</summary>
/// <param name="Differences">What does not hold, one sentence each; empty when the receipt is confirmed.</param>
/// <param name="Notes">What is worth knowing and no fault, one sentence each.</param>
/// <param name="IsPresent">Whether the receipt's change is the newest, so that its adapters' digests could be compared.</param>
public sealed record ReceiptReport(IReadOnlyList<string> Differences, IReadOnlyList<string> Notes, bool IsPresent)
{
    /// <summary>True when everything that the receipt says and the model can tell holds.</summary>
    public bool Holds => Differences.Count == 0;
}
