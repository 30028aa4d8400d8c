namespace LegoNet.Audit;

/// <summary>An adapter that a change fitted anew.</summary>
/// <param name="Number">The adapter's number, from 0.</param>
/// <param name="Digest">SHA-256 of the adapter's file after the change, in hex; null when no rows are left to fit it to.</param>
public sealed record RefittedAdapter(int Number, string? Digest);
