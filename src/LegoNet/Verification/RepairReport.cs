namespace LegoNet.Verification;

/// <summary>What a repair found and did.</summary>
/// <param name="Outcome">What became of it.</param>
/// <param name="Rewritten">Files that were derived anew, relative to the model directory; where nothing was changed, those that would be.</param>
/// <param name="Removed">Files that belong to no state of the model and were removed, or would be.</param>
/// <param name="Lost">What cannot be derived from anything that is left, one sentence each.</param>
/// <param name="RecordsLost">Records lost, by the counts that are left of them; null where that is not known.</param>
/// <param name="RootBefore">The root digest before, as far as it is known.</param>
/// <param name="RootAfter">The root digest after; null where nothing was repaired.</param>
/// <param name="Verification">The verification of the repaired model; null where nothing was repaired.</param>
public sealed record RepairReport(
    RepairOutcome Outcome,
    IReadOnlyList<string> Rewritten,
    IReadOnlyList<string> Removed,
    IReadOnlyList<string> Lost,
    long? RecordsLost,
    string? RootBefore,
    string? RootAfter,
    VerificationReport? Verification);
