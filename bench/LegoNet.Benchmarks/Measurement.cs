using System.Globalization;
using System.Text.Json.Nodes;

namespace LegoNet.Benchmarks;

/// <summary>One line of a benchmark's report.</summary>
/// <param name="Work">The benchmark's name.</param>
/// <param name="Measure">What was measured, e.g. "p50".</param>
/// <param name="Value">The number.</param>
/// <param name="Unit">What it counts.</param>
/// <param name="On">What it was measured on and how often.</param>
internal sealed record Measurement(string Work, string Measure, double Value, Unit Unit, string On)
{
    /// <summary>The target; null where there is none, or where it was set for another size of work.</summary>
    public double? Aim { get; init; }

    /// <summary>Whether the target is a least value; otherwise it is a largest one.</summary>
    public bool AtLeast { get; init; }

    /// <summary>Whether the target was reached; null without one.</summary>
    public bool? Reached => Aim is { } aim ? AtLeast ? Value >= aim : Value <= aim : null;

    /// <summary>The number for people.</summary>
    public string ValueText => Format(Value);

    /// <summary>The target for people; empty without one.</summary>
    public string AimText => Aim is { } aim ? (AtLeast ? "≥ " : "≤ ") + Format(aim) : "";

    /// <summary>Reads what <see cref="ToJson"/> gives, but for the target.</summary>
    public static Measurement FromJson(JsonNode json)
    {
        var unit = Enum.GetValues<Unit>().Single(unit => Name(unit) == (string?)json["unit"]);
        return new((string)json["work"]!, (string)json["measure"]!, (double)json["value"]!, unit, (string)json["on"]!);
    }

    /// <summary>The same facts for programs.</summary>
    public JsonObject ToJson() => new()
    {
        ["work"] = Work,
        ["measure"] = Measure,
        ["value"] = double.Parse(Value.ToString("G6", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture),
        ["unit"] = Name(Unit),
        ["aim"] = Aim,
        ["aimIs"] = Aim is null ? null : AtLeast ? "at least" : "at most",
        ["reached"] = Reached,
        ["on"] = On,
    };

    private static string Name(Unit unit) => unit switch
    {
        Unit.Seconds => "s",
        Unit.Ratio => "ratio",
        Unit.PerSecond => "1/s",
        Unit.GigaPerSecond => "1e9/s",
        _ => "bytes",
    };

    private string Format(double value) => Unit switch
    {
        Unit.Seconds => value >= 1 ? $"{value:F2} s"
            : value >= 0.01 ? $"{value * 1e3:F0} ms"
            : value >= 1e-3 ? $"{value * 1e3:F2} ms"
            : $"{value * 1e6:F0} µs",
        Unit.Ratio => $"{value:F2}",
        Unit.PerSecond => $"{value:N0}/s",
        Unit.GigaPerSecond => $"{value:F0} G/s",
        _ => $"{value / 1e6:N0} MB",
    };
}
