using LegoNet.Data.Json;

namespace LegoNet.Encoders.Tabular;

/// <summary>One entry of a <see cref="TabularEncoder"/>'s column list: a stretch of codes and the source columns it reads.</summary>
internal abstract class TabularColumn(string[] inputs, int amplitude)
{
    /// <summary>The names of the source's columns that this entry reads.</summary>
    internal string[] Inputs { get; } = inputs;

    /// <summary>The largest absolute code, 1 to 127.</summary>
    internal int Amplitude { get; } = amplitude;

    /// <summary>The number of codes.</summary>
    internal abstract int Width { get; }

    /// <summary>The declaration with defaults filled in, members sorted, no white space.</summary>
    internal abstract string CanonicalJson { get; }

    /// <summary>Writes the codes of one row.</summary>
    /// <param name="fields">One field per name in <see cref="Inputs"/>.</param>
    /// <param name="missingMarks">The fields that mean "no value".</param>
    /// <param name="origin">The row's place, for messages.</param>
    /// <param name="codes">Receives <see cref="Width"/> codes; zeros on entry.</param>
    /// <exception cref="LegoNetException">A field is missing, no number, or of an undeclared category where that is an error.</exception>
    internal abstract void Encode(ReadOnlySpan<string> fields, HashSet<string> missingMarks, string origin, Span<sbyte> codes);

    /// <summary>Reads one entry of the list.</summary>
    /// <param name="spec">The entry.</param>
    /// <param name="earlier">The entries before it, which a cross may name.</param>
    /// <exception cref="LegoNetException">The entry is malformed.</exception>
    internal static TabularColumn FromSpec(StrictJson spec, IReadOnlyList<TabularColumn> earlier)
    {
        TabularColumn column =
            spec.Has("cross") ? TabularCross.Read(spec, earlier)
            : spec.Has("categories") ? TabularCategories.Read(spec)
            : spec.Has("edges") ? TabularBins.Read(spec)
            : TabularNumeric.Read(spec);
        spec.Finish();
        return column;
    }

    private protected static string ReadName(StrictJson spec)
    {
        var name = spec.String("name");
        return name.Length > 0 ? name : throw spec.Error("name", "must not be empty");
    }

    private protected static int ReadAmplitude(StrictJson spec, int defaultValue) => (int)spec.Integer("amplitude", 1, 127, defaultValue);

    /// <summary>"error" or "zero"; true for zero.</summary>
    private protected static bool ReadZero(StrictJson spec, string name) => spec.Choice(name, "error", "error", "zero") == "zero";

    private protected static string ErrorOrZero(bool zero) => zero ? "\"zero\"" : "\"error\"";

    private protected static LegoNetException Missing(string origin, string name)
        => LegoNetException.BadInput($"{origin}: column \"{name}\" has no value, and \"missing\": \"zero\" is not declared for it.");
}
