using LegoNet.Lab.Attacks;

namespace LegoNet.Lab.Reports;

/// <summary>What an attack comes to for one question, in words.</summary>
/// <param name="Chance">The strongest that any of its intervals says.</param>
/// <param name="Words">The figure that says it.</param>
/// <remarks>
/// Many intervals are looked at: of 95 % intervals one in forty lies above chance by luck. So only one whose lower arm, doubled, still lies
/// above chance counts as above; about one in two thousand does so by luck. The area under the curve and the true positives at 0.1 % and 1 %
/// false alarms are judged, over all choices of records.
/// </remarks>
internal sealed record AttackFinding(Chance Chance, string Words)
{
    private const double Toss = 0.5;
    private const double MostFalseAlarms = 0.01;

    /// <summary>What a method's curves for a question say; null where it has none.</summary>
    public static AttackFinding? Of(MethodView method, AttackQuestion question)
    {
        var found = (method.Attack?.Curves ?? []).Where(c => c.Question == question).SelectMany(Findings).ToArray();
        return found.Length == 0 ? null : found.MaxBy(f => (f.Chance, f.Excess)).Finding;
    }

    /// <summary>What one curve says.</summary>
    public static Chance Of(AttackCurve curve) => Findings(curve).Max(f => f.Chance);

    private static IEnumerable<(Chance Chance, double Excess, AttackFinding Finding)> Findings(AttackCurve curve)
    {
        var records = SafeText.Of(curve.Records);
        var area = Judge(curve.Area, curve.AreaLow, Toss);
        yield return (area, 1 + curve.AreaLow, new AttackFinding(
            area, $"area {Figures.Area(curve.Area)} [{Figures.Area(curve.AreaLow)}, {Figures.Area(curve.AreaHigh)}] on {records} records"));
        foreach (var at in curve.At.Where(a => a.FalsePositives <= MostFalseAlarms))
        {
            var chance = Judge(at.TruePositives, at.Low, at.FalsePositives);
            yield return (chance, at.Low - at.FalsePositives, new AttackFinding(
                chance, $"{Figures.Percent(at.TruePositives)} of {records} records named at {Figures.Rate(at.FalsePositives)} false alarms"));
        }
    }

    private static Chance Judge(double value, double low, double chance)
        => low <= chance ? Chance.NoBetter : (2 * low) - value <= chance ? Chance.Unclear : Chance.Above;
}
