using System.Globalization;
using System.Text.Json;
using LegoNet.Data.Files;

namespace LegoNet.Data.Json;

/// <summary>
/// Reads a JSON object from a file that somebody else may have written: every member is asked for by name and of a known type, and
/// none may be left over, so what was signed and what is read cannot differ.
/// </summary>
internal sealed class ClosedObject
{
    /// <summary>How times are spelled: UTC, to the millisecond.</summary>
    public const string TimeFormat = "yyyy-MM-dd'T'HH:mm:ss.fff'Z'";

    private const int MaximalDepth = 8;

    private readonly JsonElement _element;
    private readonly HashSet<string> _read = new(StringComparer.Ordinal);
    private readonly string _name;

    public ClosedObject(JsonElement element, string name)
    {
        _element = element.ValueKind == JsonValueKind.Object ? element : throw new FormatException($"{name} is not an object");
        _name = name;
    }

    /// <summary>Parses a document of limited depth, in which no object names a member twice.</summary>
    /// <exception cref="JsonException">The text is no such document.</exception>
    /// <exception cref="FormatException">The text is no Unicode.</exception>
    public static JsonDocument ParseDocument(string json)
    {
        try
        {
            return JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = MaximalDepth, AllowDuplicateProperties = false });
        }
        catch (ArgumentException e)
        {
            throw new FormatException("it has half of a surrogate pair", e);
        }
    }

    /// <summary>Spells a time; whatever is finer than a millisecond is dropped.</summary>
    public static string Spell(DateTimeOffset time) => time.UtcDateTime.ToString(TimeFormat, CultureInfo.InvariantCulture);

    public bool Has(string name) => _element.TryGetProperty(name, out _);

    public JsonElement Get(string name)
    {
        _read.Add(name);
        return _element.TryGetProperty(name, out var value) ? value : throw new FormatException($"{_name} has no member \"{name}\"");
    }

    public string Text(string name)
    {
        var value = Get(name);
        return value.ValueKind == JsonValueKind.String ? value.GetString()! : throw Malformed(name);
    }

    /// <summary>A SHA-256 digest, in hex.</summary>
    public string Digest(string name)
    {
        var text = Text(name);
        return Digests.IsHex(text) ? text : throw Malformed(name);
    }

    /// <summary>Bytes, in lower-case hex.</summary>
    public byte[] Bytes(string name, int length)
    {
        var text = Text(name);
        return text.Length == 2 * length && Digests.AreHexDigits(text) ? Convert.FromHexString(text) : throw Malformed(name);
    }

    public long Integer(string name, long minimum, long maximum)
    {
        var value = Get(name);

        // As spelled canonically: 1.0 or 1e0 would be read by one reader and refused by another.
        return value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var number) && number >= minimum && number <= maximum
            && value.GetRawText() == number.ToString(CultureInfo.InvariantCulture)
            ? number
            : throw Malformed(name);
    }

    public DateTimeOffset Time(string name)
        => DateTimeOffset.TryParseExact(Text(name), TimeFormat, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time)
            ? time
            : throw Malformed(name);

    public IEnumerable<JsonElement> Items(string name)
    {
        var value = Get(name);
        return value.ValueKind == JsonValueKind.Array ? value.EnumerateArray() : throw Malformed(name);
    }

    public ClosedObject Object(string name) => new(Get(name), name);

    /// <summary>Refuses members that nobody asked for.</summary>
    public void Close()
    {
        foreach (var member in _element.EnumerateObject())
        {
            if (!_read.Contains(member.Name))
            {
                throw new FormatException($"{_name} has a member that this version does not know");
            }
        }
    }

    private FormatException Malformed(string name) => new($"{_name}: \"{name}\" is malformed");
}
