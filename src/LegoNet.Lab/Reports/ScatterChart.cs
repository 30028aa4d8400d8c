namespace LegoNet.Lab.Reports;

/// <summary>Methods by what they cost, on a log axis, and by what they are worth.</summary>
internal static class ScatterChart
{
    private const int Width = 420;
    private const int Height = 380;
    private const double Left = 56;
    private const double Top = 10;
    private const double Right = Width - 12;
    private const double Bottom = Height - 44;

    // Further below the best, a method would press the others together: it lies at the lower edge, with its figure.
    private const double Depth = 0.25;

    /// <summary>Draws methods.</summary>
    /// <param name="title">What the chart shows.</param>
    /// <param name="xTitle">What the methods cost.</param>
    /// <param name="xWords">A cost, in words.</param>
    /// <param name="points">The methods; at least one.</param>
    public static SvgChart Draw(string title, string xTitle, Func<double, string> xWords, IReadOnlyList<ChartPoint> points)
    {
        var body = new SvgBody();
        var x = CostAxis(points);
        var best = points.Max(p => p.Y.High);
        var sunk = points.Where(p => p.Y.Median < best - Depth).ToHashSet();
        var y = WorthAxis([.. points.Except(sunk)], sunk.Count > 0);
        foreach (var tick in y.Ticks)
        {
            body.Line(Left, y.Position(tick), Right, y.Position(tick), "grid");
            body.Text(Left - 6, y.Position(tick) + 4, Figures.Percent(tick, 0), "tick end");
        }

        // Where some cost nothing, the sign for that stands at the axis's beginning.
        var hasNothing = points.Any(p => p.X.Median == 0);
        foreach (var tick in x.Ticks.Where(t => !hasNothing || x.Position(t) > x.Position(x.Low) + Width / 12.0))
        {
            body.Line(x.Position(tick), Top, x.Position(tick), Bottom, "grid");
            body.Text(x.Position(tick), Bottom + 16, xWords(tick), "tick middle");
        }

        if (hasNothing)
        {
            body.Text(x.Position(x.Low), Bottom + 16, "0", "tick middle");
        }

        body.Line(Left, Bottom, Right, Bottom, "axis");
        body.Line(Left, Top, Left, Bottom, "axis");
        body.Text((Left + Right) / 2, Height - 8, $"{xTitle}, log axis", "name middle");
        body.Text(11, (Top + Bottom) / 2, "test accuracy afterwards", "name middle", -90);
        DrawMethods(body, x, y, points, sunk);
        return new SvgChart(title, Describe(xTitle, xWords, points, sunk.Count), Width, Height, body.ToString());
    }

    private static void DrawMethods(SvgBody body, ChartAxis x, ChartAxis y, IReadOnlyList<ChartPoint> points, HashSet<ChartPoint> sunk)
    {
        var labels = new LabelPlacement(Left + 2, Top, Right, Bottom - 2);
        double Across(ChartPoint p) => x.Position(p.X.Median);
        double Up(ChartPoint p) => sunk.Contains(p) ? Bottom - 8 : y.Position(p.Y.Median);
        foreach (var point in points)
        {
            labels.Reserve(Across(point), Up(point));
            body.Line(x.Position(point.X.Low), Up(point), x.Position(point.X.High), Up(point), "whisker");
            if (!sunk.Contains(point))
            {
                body.Line(Across(point), y.Position(point.Y.Low), Across(point), y.Position(point.Y.High), "whisker");
            }
        }

        foreach (var point in points)
        {
            var text = sunk.Contains(point) ? $"{point.Number} ↓ {Figures.Percent(point.Y.Median)}" : $"{point.Number}";
            var (labelX, labelY) = labels.Place(Across(point), Up(point), 4 + (6.5 * text.Length));
            if (Math.Abs(labelX - Across(point)) + Math.Abs(labelY - Up(point)) > 20)
            {
                body.Line(Across(point), Up(point), labelX, labelY, "leader");
            }

            body.Text(labelX, labelY + 4, text, "label middle");
        }

        foreach (var point in points)
        {
            body.Mark(Across(point), Up(point), KindWords.Path(point.Kind), KindWords.Style(point.Kind), $"{point.Number} {point.Name}");
        }
    }

    private static ChartAxis CostAxis(IReadOnlyList<ChartPoint> points)
    {
        double[] costs = [.. points.SelectMany(p => new[] { p.X.Low, p.X.Median, p.X.High }).Where(v => v > 0)];
        var (low, high) = costs.Length == 0 ? (1, 10) : (costs.Min(), costs.Max());
        if (points.Any(p => p.X.Median == 0))
        {
            low /= 10;
        }

        // At least two decades, so that there are ticks.
        var widen = Math.Max(1.3, Math.Sqrt(100 * low / high));
        return ChartAxis.Logarithmic(low / widen, high * widen, Left + 8, Right - 8);
    }

    private static ChartAxis WorthAxis(IReadOnlyList<ChartPoint> points, bool hasSunk)
    {
        var (low, high) = (points.Min(p => p.Y.Low), points.Max(p => p.Y.High));
        var edge = Math.Max(0.01, (high - low) * 0.08);
        return ChartAxis.Linear(Math.Max(0, low - edge), Math.Min(1, high + edge), hasSunk ? Bottom - 34 : Bottom, Top);
    }

    private static string Describe(string xTitle, Func<double, string> xWords, IReadOnlyList<ChartPoint> points, int sunk)
    {
        var best = points.MaxBy(p => p.Y.Median)!;
        var least = points.MinBy(p => p.X.Median)!;
        return $"{points.Count} methods. Most accurate: {best.Name}, {Figures.Percent(best.Y.Median)}, at {xWords(best.X.Median)}. "
            + $"Least {xTitle}: {least.Name}, {xWords(least.X.Median)}, at {Figures.Percent(least.Y.Median)}. "
            + (sunk == 0 ? "" : $"{sunk} more than {Figures.Percent(Depth, 0)} below the best at the lower edge. ")
           ;
    }
}
