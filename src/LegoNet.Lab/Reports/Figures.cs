using System.Globalization;

namespace LegoNet.Lab.Reports;

/// <summary>Numbers for people: with their unit, and no more digits than they deserve.</summary>
internal static class Figures
{
    public const string None = "–";

    public static string Count(long value) => value.ToString("N0", CultureInfo.InvariantCulture);

    public static string Percent(double share, int digits = 1)
        => double.IsNaN(share) ? None : (100 * share).ToString($"F{digits}", CultureInfo.InvariantCulture) + " %";

    /// <summary>The mean over seeds and, of several, the standard deviation: "80.2 ± 0.3 %".</summary>
    public static string Percent(Spread? share)
        => share is null || double.IsNaN(share.Mean) ? None
            : share is { Low: 0, High: 0 } ? "0 %"
            : FormattableString.Invariant($"{100 * share.Mean:F1}{(share.Deviation is { } d ? FormattableString.Invariant($" ± {100 * d:F1}") : "")} %");

    /// <summary>Of the share of false alarms, which can be a tenth of a percent.</summary>
    public static string Rate(double share) => (100 * share).ToString("0.###", CultureInfo.InvariantCulture) + " %";

    /// <summary>A share with its interval: "1.2 % [0.9, 1.6]".</summary>
    public static string Percent(double share, double low, double high)
        => FormattableString.Invariant($"{100 * share:F1} % [{100 * low:F1}, {100 * high:F1}]");

    public static string Area(double area) => area.ToString("F3", CultureInfo.InvariantCulture);

    /// <summary>A difference of shares, in points, without its sign.</summary>
    public static string Points(double difference) => Math.Abs(100 * difference).ToString("F1", CultureInfo.InvariantCulture) + " points";

    public static string Seconds(double seconds) => seconds switch
    {
        < 0.9995e-3 => TwoDigits(seconds * 1e6) + " µs",
        < 0.9995 => TwoDigits(seconds * 1e3) + " ms",
        < 119.5 => TwoDigits(seconds) + " s",
        < 7170 => TwoDigits(seconds / 60) + " min",
        _ => TwoDigits(seconds / 3600) + " h",
    };

    public static string Bytes(double bytes) => bytes switch
    {
        0 => "nothing",
        < 999.5 => TwoDigits(Math.Round(bytes)) + " bytes",
        < 999.5e3 => TwoDigits(bytes / 1e3) + " kB",
        < 999.5e6 => TwoDigits(bytes / 1e6) + " MB",
        _ => TwoDigits(bytes / 1e9) + " GB",
    };

    /// <summary>Nats, distances: three digits that matter, or fewer.</summary>
    public static string Measure(double value) => value switch
    {
        double.NaN => None,
        0 => "0",
        < 0.9995 and > -0.9995 => value.ToString("F3", CultureInfo.InvariantCulture),
        < 9.995 and > -9.995 => value.ToString("F2", CultureInfo.InvariantCulture),
        < 99.95 and > -99.95 => value.ToString("F1", CultureInfo.InvariantCulture),
        _ => value.ToString("N0", CultureInfo.InvariantCulture),
    };

    /// <summary>How many times as much: two digits.</summary>
    public static string Times(double factor)
    {
        if (factor < 9.95)
        {
            return factor.ToString("F1", CultureInfo.InvariantCulture);
        }

        var unit = Math.Pow(10, Math.Floor(Math.Log10(factor)) - 1);
        return (Math.Round(factor / unit) * unit).ToString("N0", CultureInfo.InvariantCulture);
    }

    /// <summary>"1 seed", "3 seeds".</summary>
    public static string Counted(long count, string what) => $"{Count(count)} {what}{(count == 1 ? "" : "s")}";

    /// <summary>"a", "a and b", "a, b and c".</summary>
    public static string Listed(IReadOnlyList<string> items)
        => items.Count < 2 ? string.Concat(items) : $"{string.Join(", ", items.Take(items.Count - 1))} and {items[^1]}";

    private static string TwoDigits(double value) => value.ToString(value < 9.95 && value != Math.Floor(value) ? "0.0" : "N0", CultureInfo.InvariantCulture);
}
