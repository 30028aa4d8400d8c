using System.Text.Json;
using LegoNet.Lab.Comparisons;

namespace LegoNet.Lab.Reports;

/// <summary>A comparison's result as JSON: camelCase, enums by name, "format": 1.</summary>
public static class ComparisonJson
{
    /// <summary>The format that is written, and the only one that is read.</summary>
    public const int Format = 1;

    /// <summary>Writes a result.</summary>
    /// <param name="result">What was found.</param>
    public static string Write(ComparisonResult result)
    {
        ArgumentNullException.ThrowIfNull(result);
        var file = new ComparisonFile(Format, result.Facts, result.Methods, result.Tasks, result.Attacks);
        return JsonSerializer.Serialize(file, ComparisonJsonContext.Default.ComparisonFile) + "\n";
    }

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    /// <param name="json">The text.</param>
    /// <param name="name">The file's name, for messages.</param>
    /// <exception cref="LegoNetException">It is no result of a comparison, one of another format, or it names a method that it does not list.</exception>
    public static ComparisonResult Read(string json, string name)
    {
        ArgumentNullException.ThrowIfNull(json);
        try
        {
            if (FormatOf(json) is var format and not Format)
            {
                throw LegoNetException.BadInput(
                    $"{name}: this is not the result of a comparison in format {Format}{(format is null ? "" : $", but in format {format}")}; compare again.");
            }

            var file = JsonSerializer.Deserialize(json, ComparisonJsonContext.Default.ComparisonFile)!;
            var result = new ComparisonResult(file.Facts, file.Methods, file.Tasks, file.Attacks);
            if (Stranger(result) is { } method)
            {
                throw LegoNetException.BadInput($"{name}: \"{method}\" has results and is not among the methods; compare again.");
            }

            return result;
        }
        catch (JsonException exception)
        {
            throw LegoNetException.BadInput(
                $"{name}: this is not the result of a comparison ({exception.Path ?? "$"}, line {exception.LineNumber + 1}); compare again.");
        }
    }

    // Read first: a file of another format would fail at some member, which says less.
    private static int? FormatOf(string json)
    {
        using var document = JsonDocument.Parse(json);
        return document.RootElement.ValueKind == JsonValueKind.Object
            && document.RootElement.TryGetProperty("format", out var format) && format.ValueKind == JsonValueKind.Number && format.TryGetInt32(out var number)
            ? number : null;
    }

    private static string? Stranger(ComparisonResult result)
        => result.Tasks.SelectMany(t => t.Methods.Select(m => m.Method)).Concat(result.Attacks.Select(a => a.Method))
            .Except(result.Methods.Select(m => m.Name)).FirstOrDefault();
}
