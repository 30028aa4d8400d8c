using LegoNet.Data.Json;

namespace LegoNet.Encoders.Tabular;

/// <summary>A declared list of categories, one code each: the amplitude for the row's category, 0 for the others.</summary>
internal sealed class TabularCategories : TabularDiscrete
{
    private readonly IReadOnlyList<string> _categories;
    private readonly Dictionary<string, int> _levels = new(StringComparer.Ordinal);
    private readonly bool _missingIsZero;
    private readonly bool _unknownIsZero;

    private TabularCategories(string name, IReadOnlyList<string> categories, int amplitude, bool missingIsZero, bool unknownIsZero)
        : base(name, amplitude)
    {
        (_categories, _missingIsZero, _unknownIsZero) = (categories, missingIsZero, unknownIsZero);
        for (var i = 0; i < categories.Count; i++)
        {
            _levels.Add(categories[i], i);
        }
    }

    /// <summary>The categories, in the order of their codes.</summary>
    internal IReadOnlyList<string> Categories => _categories;

    /// <summary>Whether a missing value encodes to zeros.</summary>
    internal bool MissingIsZero => _missingIsZero;

    /// <summary>Whether a value that is no category encodes to zeros.</summary>
    internal bool UnknownIsZero => _unknownIsZero;

    internal override int Levels => _categories.Count;

    internal override int Width => _categories.Count;

    internal override string CanonicalJson
        => $"{{\"amplitude\":{DeclarationJson.Number(Amplitude)},\"categories\":[{string.Join(',', _categories.Select(DeclarationJson.String))}],"
            + $"\"missing\":{ErrorOrZero(_missingIsZero)},\"name\":{DeclarationJson.String(Inputs[0])},\"unknown\":{ErrorOrZero(_unknownIsZero)}}}";

    internal static TabularCategories Read(StrictJson spec)
    {
        var name = ReadName(spec);
        var categories = spec.OptionalStrings("categories")!;
        if (categories.Count == 0)
        {
            throw spec.Error("categories", "must not be empty");
        }

        if (categories.Distinct(StringComparer.Ordinal).Count() != categories.Count)
        {
            throw spec.Error("categories", "names a category twice");
        }

        return new TabularCategories(name, categories, ReadAmplitude(spec, 64), ReadZero(spec, "missing"), ReadZero(spec, "unknown"));
    }

    internal override int Level(string field, HashSet<string> missingMarks, string origin)
    {
        // The declared categories first: a mark such as "?" may itself be declared, and is then a value like any other.
        if (_levels.TryGetValue(field, out var level))
        {
            return level;
        }

        if (missingMarks.Contains(field))
        {
            return _missingIsZero ? -1 : throw Missing(origin, Inputs[0]);
        }

        return _unknownIsZero
            ? -1
            : throw LegoNetException.BadInput($"{origin}: column \"{Inputs[0]}\" holds a category that is not declared.");
    }

    internal override void Encode(ReadOnlySpan<string> fields, HashSet<string> missingMarks, string origin, Span<sbyte> codes)
    {
        var level = Level(fields[0], missingMarks, origin);
        if (level >= 0)
        {
            codes[level] = (sbyte)Amplitude;
        }
    }
}
