using System.Text.Json.Nodes;
using LegoNet.Data.Json;

namespace LegoNet.Encoders.Tabular;

/// <summary>
/// One declaration of how a table's column becomes codes (<see cref="TabularEncoder"/>): a range, edges, categories, or two earlier
/// columns together. Everything is declared: nothing comes from data. A value that makes no sense is an <see cref="ArgumentException"/>
/// where the declaration is made.
/// </summary>
public sealed record TableColumn
{
    private const string Place = "The declaration";

    private TableColumn(string json, params string[] names)
    {
        (Json, Names) = (json, names);
        if (names.Length == 1)
        {
            try
            {
                _ = TabularColumn.FromSpec(StrictJson.Parse(json, Place), []);
            }
            catch (LegoNetException e)
            {
                throw new ArgumentException(e.Message, e);
            }
        }
    }

    /// <summary>The source columns that it reads: one, or two for a cross.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>The declaration as an entry of "columns" in a spec's tabular encoder.</summary>
    public string Json { get; }

    /// <summary>A number, linear from −amplitude at <paramref name="min"/> to amplitude at <paramref name="max"/>, clamped beyond; one code.</summary>
    /// <param name="name">The column.</param>
    /// <param name="min">Lower end, from −10³⁰⁰.</param>
    /// <param name="max">Upper end, above <paramref name="min"/> and up to 10³⁰⁰.</param>
    /// <param name="missingIsZero">Whether a missing value encodes to zero; otherwise it is an error.</param>
    /// <param name="amplitude">The largest absolute code, 1 to 127.</param>
    /// <exception cref="ArgumentException">The name is empty, the ends are not in order, or the amplitude is out of its range.</exception>
    public static TableColumn Number(string name, double min, double max, bool missingIsZero = false, int amplitude = 127)
    {
        RequireFinite(min, nameof(min));
        RequireFinite(max, nameof(max));
        var range = $"\"min\":{DeclarationJson.Number(min)},\"max\":{DeclarationJson.Number(max)}";
        return new($"{{{Name(name)},{range}{Missing(missingIsZero)}{Amplitude(amplitude, 127)}}}", name);
    }

    /// <summary>A number in m + 1 bins between m edges.</summary>
    /// <param name="name">The column.</param>
    /// <param name="edges">The edges, increasing. A number equal to an edge lies above it.</param>
    /// <param name="coding">How a bin is coded.</param>
    /// <param name="missingIsZero">Whether a missing value encodes to zeros; otherwise it is an error.</param>
    /// <param name="amplitude">The largest absolute code, 1 to 127; null for 64, or 127 with <see cref="BinCoding.Ordinal"/>.</param>
    /// <exception cref="ArgumentException">The name is empty, there is no edge or they do not increase, or the amplitude is out of its range.</exception>
    public static TableColumn Bins(
        string name, IEnumerable<double> edges, BinCoding coding = BinCoding.OneHot, bool missingIsZero = false, int? amplitude = null)
    {
        ArgumentNullException.ThrowIfNull(edges);
        double[] places = [.. edges];
        Array.ForEach(places, place => RequireFinite(place, nameof(edges)));
        var word = coding switch
        {
            BinCoding.OneHot => "onehot",
            BinCoding.Thermometer => "thermometer",
            BinCoding.Ordinal => "ordinal",
            _ => throw new ArgumentOutOfRangeException(nameof(coding), coding, "Is no coding."),
        };
        var list = string.Join(',', places.Select(DeclarationJson.Number));
        var own = coding == BinCoding.Ordinal ? 127 : 64;
        return new($"{{{Name(name)},\"edges\":[{list}],\"coding\":\"{word}\"{Missing(missingIsZero)}{Amplitude(amplitude ?? own, own)}}}", name);
    }

    /// <summary>A declared list of categories, one code each: the amplitude for the row's category, 0 for the others.</summary>
    /// <param name="name">The column.</param>
    /// <param name="categories">The categories, each once.</param>
    /// <param name="unknownIsZero">Whether a value that is none of them encodes to zeros; otherwise it is an error.</param>
    /// <param name="missingIsZero">Whether a missing value encodes to zeros; otherwise it is an error.</param>
    /// <param name="amplitude">The largest absolute code, 1 to 127.</param>
    /// <exception cref="ArgumentException">The name is empty, there is no category or one is there twice, or the amplitude is out of its range.</exception>
    public static TableColumn Categories(
        string name, IEnumerable<string> categories, bool unknownIsZero = false, bool missingIsZero = false, int amplitude = 64)
    {
        ArgumentNullException.ThrowIfNull(categories);
        var list = string.Join(',', categories.Select(DeclarationJson.String));
        var unknown = unknownIsZero ? ",\"unknown\":\"zero\"" : "";
        return new($"{{{Name(name)},\"categories\":[{list}]{Missing(missingIsZero)}{unknown}{Amplitude(amplitude, 64)}}}", name);
    }

    /// <summary>True or false: the categories "false" and "true".</summary>
    /// <param name="name">The column.</param>
    /// <param name="missingIsZero">Whether a missing value encodes to zeros; otherwise it is an error.</param>
    /// <exception cref="ArgumentException">The name is empty.</exception>
    public static TableColumn Flag(string name, bool missingIsZero = false) => Categories(name, ["false", "true"], missingIsZero: missingIsZero);

    /// <summary>
    /// Two columns together, which a linear adapter cannot tell from the sum of its parts otherwise: one code for every pair of their levels.
    /// Both are declared before, with categories or edges.
    /// </summary>
    /// <param name="first">The first column.</param>
    /// <param name="second">The second column.</param>
    /// <param name="amplitude">The largest absolute code, 1 to 127.</param>
    /// <exception cref="ArgumentException">A name is empty, or the amplitude is out of its range.</exception>
    public static TableColumn Cross(string first, string second, int amplitude = 64)
    {
        ArgumentException.ThrowIfNullOrEmpty(first);
        ArgumentException.ThrowIfNullOrEmpty(second);
        ArgumentOutOfRangeException.ThrowIfLessThan(amplitude, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(amplitude, sbyte.MaxValue);
        return new($"{{\"cross\":[{DeclarationJson.String(first)},{DeclarationJson.String(second)}]{Amplitude(amplitude, 64)}}}", first, second);
    }

    /// <summary>Reads a declaration again.</summary>
    /// <param name="json">Its <see cref="Json"/>.</param>
    internal static TableColumn FromJson(string json)
    {
        var column = JsonNode.Parse(json)!;
        return new(json, column["cross"] is JsonArray names ? [.. names.Select(name => (string)name!)] : [(string)column["name"]!]);
    }

    /// <summary>The declaration as in a spec.</summary>
    public override string ToString() => Json;

    private static string Name(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        return $"\"name\":{DeclarationJson.String(name)}";
    }

    private static void RequireFinite(double value, string parameter)
    {
        if (!double.IsFinite(value))
        {
            throw new ArgumentOutOfRangeException(parameter, value, "Must be finite.");
        }
    }

    private static string Missing(bool isZero) => isZero ? ",\"missing\":\"zero\"" : "";

    private static string Amplitude(int value, int own) => value == own ? "" : $",\"amplitude\":{DeclarationJson.Number(value)}";
}
