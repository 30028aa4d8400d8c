using LegoNet.Data.Json;

namespace LegoNet.Encoders.Tabular;

/// <summary>
/// Two discrete columns together: one code for every pair of levels, row-major in the first one's level. Zeros where either is
/// missing or unknown. A linear adapter needs a cross to tell a combination from the sum of its parts.
/// </summary>
internal sealed class TabularCross : TabularColumn
{
    // A cross of two long category lists would silently make every refit cubic in their product.
    private const int MaxLevels = 16384;

    private readonly TabularDiscrete _first;
    private readonly TabularDiscrete _second;

    private TabularCross(TabularDiscrete first, TabularDiscrete second, int amplitude)
        : base([first.Inputs[0], second.Inputs[0]], amplitude) => (_first, _second) = (first, second);

    /// <summary>The first column.</summary>
    internal TabularDiscrete First => _first;

    /// <summary>The second column.</summary>
    internal TabularDiscrete Second => _second;

    internal override int Width => _first.Levels * _second.Levels;

    internal override string CanonicalJson
        => $"{{\"amplitude\":{DeclarationJson.Number(Amplitude)},\"cross\":[{DeclarationJson.String(Inputs[0])},{DeclarationJson.String(Inputs[1])}]}}";

    internal static TabularCross Read(StrictJson spec, IReadOnlyList<TabularColumn> earlier)
    {
        var names = spec.OptionalStrings("cross")!;
        if (names.Count != 2)
        {
            throw spec.Error("cross", "must name two columns");
        }

        var (first, second) = (Find(spec, earlier, names[0]), Find(spec, earlier, names[1]));
        return (long)first.Levels * second.Levels <= MaxLevels
            ? new TabularCross(first, second, ReadAmplitude(spec, 64))
            : throw spec.Error("cross", $"has more than {MaxLevels} combinations");
    }

    internal override void Encode(ReadOnlySpan<string> fields, HashSet<string> missingMarks, string origin, Span<sbyte> codes)
    {
        var first = _first.Level(fields[0], missingMarks, origin);
        var second = _second.Level(fields[1], missingMarks, origin);
        if (first >= 0 && second >= 0)
        {
            codes[(first * _second.Levels) + second] = (sbyte)Amplitude;
        }
    }

    private static TabularDiscrete Find(StrictJson spec, IReadOnlyList<TabularColumn> earlier, string name)
        => earlier.OfType<TabularDiscrete>().FirstOrDefault(column => column.Inputs[0] == name)
            ?? throw spec.Error("cross", $"names \"{name}\", which no earlier entry declares with categories or edges");
}
