using System.Globalization;
using LegoNet.Data.Json;

namespace LegoNet.Encoders.Tabular;

/// <summary>A number in a declared range, mapped linearly to one code from −amplitude to amplitude; beyond the range it is clamped.</summary>
internal sealed class TabularNumeric : TabularColumn
{
    private readonly double _min;
    private readonly double _max;
    private readonly bool _missingIsZero;
    private long _clamped;

    private TabularNumeric(string name, double min, double max, int amplitude, bool missingIsZero)
        : base([name], amplitude) => (_min, _max, _missingIsZero) = (min, max, missingIsZero);

    /// <summary>Values outside the range so far.</summary>
    internal long Clamped => Interlocked.Read(ref _clamped);

    /// <summary>Whether a missing value encodes to zero.</summary>
    internal bool MissingIsZero => _missingIsZero;

    internal override int Width => 1;

    internal override string CanonicalJson
        => $"{{\"amplitude\":{DeclarationJson.Number(Amplitude)},\"max\":{DeclarationJson.Number(_max)},\"min\":{DeclarationJson.Number(_min)},"
            + $"\"missing\":{ErrorOrZero(_missingIsZero)},\"name\":{DeclarationJson.String(Inputs[0])}}}";

    internal static TabularNumeric Read(StrictJson spec)
    {
        var name = ReadName(spec);
        if (!spec.Has("min") || !spec.Has("max"))
        {
            throw spec.Error(null, "must declare min and max, or edges, or categories, or cross");
        }

        // Bounds below the largest double, so that max − min stays finite.
        var min = spec.Number("min", -1e300, 1e300);
        var max = spec.Number("max", -1e300, 1e300);
        return max > min
            ? new TabularNumeric(name, min, max, ReadAmplitude(spec, 127), ReadZero(spec, "missing"))
            : throw spec.Error("max", "must be greater than min");
    }

    internal override void Encode(ReadOnlySpan<string> fields, HashSet<string> missingMarks, string origin, Span<sbyte> codes)
    {
        if (missingMarks.Contains(fields[0]))
        {
            codes[0] = _missingIsZero ? (sbyte)0 : throw Missing(origin, Inputs[0]);
            return;
        }

        var number = ParseNumber(fields[0], origin, Inputs[0]);
        var value = Math.Clamp(number, _min, _max);
        if (value != number)
        {
            Interlocked.Increment(ref _clamped);
        }

        codes[0] = Code(value);
    }

    /// <summary>The code of a number; it never falls as the number grows.</summary>
    internal sbyte Code(double value)
    {
        var position = (2.0 * ((Math.Clamp(value, _min, _max) - _min) / (_max - _min))) - 1.0;
        return (sbyte)Math.Round(Amplitude * position);
    }

    /// <summary>A finite decimal number, in the invariant culture.</summary>
    /// <exception cref="LegoNetException">The field is none.</exception>
    internal static double ParseNumber(string field, string origin, string name)
        => double.TryParse(field, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && double.IsFinite(value)
            ? value
            : throw LegoNetException.BadInput($"{origin}: column \"{name}\" does not hold a number.");
}
