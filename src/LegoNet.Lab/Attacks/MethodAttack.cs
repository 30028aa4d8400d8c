namespace LegoNet.Lab.Attacks;

/// <summary>What per-record membership inference (U-LiRA, arXiv 2403.01218) finds of one method.</summary>
/// <param name="Method">The method's name.</param>
/// <param name="ShadowModels">Models that were trained for it, each also attacked with the help of the others.</param>
/// <param name="Records">Records of the subsample that shadow models draw theirs from.</param>
/// <param name="Candidates">Records that each shadow model forgot, kept, or never saw, by a draw.</param>
/// <param name="Curves">One for each question and each choice of records; none where the method failed.</param>
/// <param name="Failure">Why the method could not be attacked, in one sentence; null where it was.</param>
public sealed record MethodAttack(
    string Method, int ShadowModels, int Records, int Candidates, IReadOnlyList<AttackCurve> Curves, string? Failure = null);
