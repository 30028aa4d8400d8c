namespace LegoNet.Lab.Reports;

/// <summary>An axis of a chart: where a value lies, and which values are written beside it.</summary>
internal sealed class ChartAxis
{
    private static readonly double[] s_roundSteps = [1, 2, 5, 10];

    private readonly Func<double, double> _scale;
    private readonly double _low;
    private readonly double _high;
    private readonly double _from;
    private readonly double _to;

    private ChartAxis(Func<double, double> scale, double low, double high, double from, double to, IReadOnlyList<double> ticks)
    {
        (_scale, _low, _high, _from, _to) = (scale, low, high, from, to);
        Ticks = ticks;
    }

    /// <summary>Values with a line.</summary>
    public IReadOnlyList<double> Ticks { get; }

    /// <summary>The least value that lies on the axis.</summary>
    public double Low => _low;

    /// <summary>Equal steps for equal differences, with about five round ticks.</summary>
    public static ChartAxis Linear(double low, double high, double from, double to)
    {
        var step = Math.Pow(10, Math.Floor(Math.Log10((high - low) / 4)));
        step *= Array.Find(s_roundSteps, f => (high - low) / (step * f) <= 6);
        int first = (int)Math.Ceiling((low / step) - 1e-9), last = (int)Math.Floor((high / step) + 1e-9);
        return new ChartAxis(v => v, low, high, from, to, [.. Enumerable.Range(first, last - first + 1).Select(i => i * step)]);
    }

    /// <summary>Equal steps for equal factors, with a tick at each power of ten; of many, at each second or third.</summary>
    public static ChartAxis Logarithmic(double low, double high, double from, double to)
    {
        int first = (int)Math.Ceiling(Math.Log10(low) - 1e-9), last = (int)Math.Floor(Math.Log10(high) + 1e-9);
        var every = Math.Max(1, (last - first + 5) / 6);
        var powers = Enumerable.Range(first, Math.Max(0, last - first + 1)).Where(p => (p - first) % every == 0);
        return new ChartAxis(Math.Log10, low, high, from, to, [.. powers.Select(p => Math.Pow(10, p))]);
    }

    /// <summary>Where a value lies; one beyond the axis lies at its end.</summary>
    public double Position(double value)
    {
        var share = (_scale(Math.Clamp(value, _low, _high)) - _scale(_low)) / (_scale(_high) - _scale(_low));
        return _from + (share * (_to - _from));
    }
}
