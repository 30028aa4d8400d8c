using LegoNet.Lab.Attacks;

namespace LegoNet.Lab.Reports;

/// <summary>What an attack finds against how often it is wrong, both on log axes: the few records that it is sure of are what counts.</summary>
internal static class CurveChart
{
    private const int Width = 190;
    private const int Height = 200;
    private const double Left = 44;
    private const double Top = 8;
    private const double Right = Width - 10;
    private const double Bottom = Height - 40;
    private const double Least = 1e-3;

    // A line each, by stroke, so that colour is not the only sign.
    private static readonly string[] s_lines = ["curve one", "curve two", "curve three"];

    /// <summary>Draws the curves of one method for one question.</summary>
    /// <param name="method">The method.</param>
    /// <param name="curves">A curve for each choice of records.</param>
    public static SvgChart Draw(MethodView method, IReadOnlyList<AttackCurve> curves)
    {
        var body = new SvgBody();
        var (x, y) = (ChartAxis.Logarithmic(Least, 1, Left, Right), ChartAxis.Logarithmic(Least, 1, Bottom, Top));
        foreach (var tick in x.Ticks)
        {
            body.Line(x.Position(tick), Top, x.Position(tick), Bottom, "grid");
            body.Line(Left, y.Position(tick), Right, y.Position(tick), "grid");
            body.Text(Left - 4, y.Position(tick) + 4, Figures.Rate(tick), "tick end");
            body.Text(x.Position(tick), Bottom + 15, Figures.Rate(tick)[..^2], "tick middle");
        }

        body.Text((Left + Right) / 2, Height - 8, "false alarms, %", "name middle");
        body.Line(Left, Bottom, Right, Top, "toss");
        foreach (var (i, curve) in curves.Index())
        {
            body.Polyline(Seen(curve).Select(p => (x.Position(p.FalsePositives), y.Position(p.TruePositives))), s_lines[i % s_lines.Length]);
        }

        var found = curves.Select(c => $"{SafeText.Of(c.Records)} records: area {Figures.Area(c.Area)}");
        return new SvgChart($"{method.Number} {method.Name}", $"{string.Join("; ", found)}. A coin toss has 0.5.", Width, Height, body.ToString());
    }

    // The curve enters at the left edge with what it has found by then.
    private static IEnumerable<CurvePoint> Seen(AttackCurve curve)
        => curve.Points.Where(p => p.FalsePositives > Least).Prepend(
            new CurvePoint(Least, curve.Points.Where(p => p.FalsePositives <= Least).Select(p => p.TruePositives).DefaultIfEmpty().Max()));
}
