using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace LegoNet.Data.Json;

/// <summary>Which JSON text is taken, and what is said of any other.</summary>
/// <param name="Closed">
/// False for what people write: comments and trailing commas are skipped, null says the same as nothing, any spelling of a number
/// will do, and members whose names start with '$' are nobody's business. True for what programs write and somebody else may have
/// altered: none of that, so that a text can be read in one way only.
/// </param>
/// <param name="Error">The kind of failure.</param>
/// <param name="Sentence">Makes the sentence that follows a file's name and a colon out of the clause that says what is wrong.</param>
internal sealed record JsonRules(bool Closed, LegoNetError Error, Func<string, string> Sentence)
{
    private const string NoUnicode = "it is no Unicode text";

    private static readonly UTF8Encoding s_utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly JsonDocumentOptions _options = new()
    {
        AllowDuplicateProperties = false,
        AllowTrailingCommas = !Closed,
        CommentHandling = Closed ? JsonCommentHandling.Disallow : JsonCommentHandling.Skip,
        MaxDepth = Closed ? 8 : 32,
    };

    /// <summary>For specs, cards and options.</summary>
    public static JsonRules ForPeople { get; } = new(Closed: false, LegoNetError.BadInput, problem => $"{problem}.");

    /// <summary>For files of a kind that only programs write.</summary>
    /// <param name="error">The kind of failure.</param>
    /// <param name="kind">What a file should be, e.g. "a receipt".</param>
    public static JsonRules For(LegoNetError error, string kind) => new(Closed: true, error, problem => $"not {kind} ({problem}).");

    /// <summary>The failure to read a file.</summary>
    public LegoNetException Failure(string file, string problem, Exception? inner = null) => new(Error, $"{file}: {Sentence(problem)}", inner);

    /// <summary>Parses a text in which no object has a member twice.</summary>
    /// <exception cref="LegoNetException">The text is no such JSON.</exception>
    public JsonElement Parse(string json, string file)
    {
        try
        {
            return Parse(s_utf8.GetBytes(json), file);
        }
        catch (EncoderFallbackException e)
        {
            throw Failure(file, NoUnicode, e);
        }
    }

    /// <summary>Parses a text in UTF-8 in which no object has a member twice.</summary>
    /// <exception cref="LegoNetException">The text is no such JSON.</exception>
    public JsonElement Parse(ReadOnlySpan<byte> json, string file)
    {
        if (!Utf8.IsValid(json))
        {
            throw Failure(file, NoUnicode); // The parser leaves it to whoever asks for a name or a text.
        }

        try
        {
            return JsonElement.Parse(json, _options);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw Failure(file, WhatIsWrong(json, e), e);
        }
    }

    private string WhatIsWrong(ReadOnlySpan<byte> json, Exception e)
    {
        if (e is JsonException { LineNumber: null })
        {
            try
            {
                return $"{Twice(JsonElement.Parse(json, _options with { AllowDuplicateProperties = true }), "")} is given twice";
            }
            catch (Exception other) when (other is JsonException or InvalidOperationException)
            {
                e = other; // Something behind the member, which the parser did not come to.
            }
        }

        return e is JsonException syntax
            ? string.Create(CultureInfo.InvariantCulture, $"line {(syntax.LineNumber ?? 0) + 1}: not valid JSON")
            : "a member's name is no Unicode text";
    }

    // The path of the first member that its object has twice. The parser knows its name only.
    private static string? Twice(JsonElement element, string path)
    {
        if (element.ValueKind == JsonValueKind.Array)
        {
            return element.EnumerateArray().Select((item, i) => Twice(item, JsonPath.Item(path, i))).FirstOrDefault(found => found is not null);
        }

        if (element.ValueKind != JsonValueKind.Object)
        {
            return null;
        }

        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var member in element.EnumerateObject())
        {
            var place = JsonPath.Member(path, member.Name);
            if (!names.Add(member.Name))
            {
                return place;
            }

            if (Twice(member.Value, place) is { } found)
            {
                return found;
            }
        }

        return null;
    }
}
