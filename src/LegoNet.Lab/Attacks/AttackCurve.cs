namespace LegoNet.Lab.Attacks;

/// <summary>How well an attack tells records of one kind from never-seen ones, over all shadow models.</summary>
/// <param name="Question">What it tells.</param>
/// <param name="Records">Which records it was made on, e.g. "random" or "most vulnerable".</param>
/// <param name="Positives">Trials with a record of the kind.</param>
/// <param name="Negatives">Trials with a never-seen record.</param>
/// <param name="Area">The area under the curve; 0.5 is a coin toss.</param>
/// <param name="AreaLow">Lower end of its 95 % confidence interval.</param>
/// <param name="AreaHigh">Its upper end.</param>
/// <param name="At">The attack at 0.1 %, 1 % and 10 % false positives, in this order.</param>
/// <param name="Points">The curve, from (0, 0) to (1, 1), as few points as a chart on log axes needs.</param>
public sealed record AttackCurve(
    AttackQuestion Question,
    string Records,
    int Positives,
    int Negatives,
    double Area,
    double AreaLow,
    double AreaHigh,
    IReadOnlyList<OperatingPoint> At,
    IReadOnlyList<CurvePoint> Points);
