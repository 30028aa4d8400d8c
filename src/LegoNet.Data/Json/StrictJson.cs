using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using LegoNet.Data.Files;

namespace LegoNet.Data.Json;

/// <summary>
/// One JSON object of a file, read strictly: a member of the wrong type, out of range, unknown, or there twice is an error that
/// names the file and the member's path.
/// </summary>
public sealed class StrictJson
{
    private readonly JsonElement _element;
    private readonly JsonRules _rules;
    private readonly StrictJson? _parent;
    private readonly string _name;
    private readonly int _index;

    // What was asked for, each name once; of these, how many are there.
    private readonly List<string> _read = [];
    private int _found;

    // Little is done for each object, and paths are put together when a message needs them: a manifest has ten thousand objects.
    private StrictJson(JsonElement element, JsonRules rules, string file, StrictJson? parent = null, string name = "", int index = -1)
    {
        _element = element;
        _rules = rules;
        _parent = parent;
        _name = name;
        _index = index;
        File = file;
        if (element.ValueKind != JsonValueKind.Object)
        {
            throw Error(null, "must be a JSON object");
        }
    }

    /// <summary>The file the object came from, for messages.</summary>
    public string File { get; }

    /// <summary>The object's place in the file, for messages; empty at the root.</summary>
    public string Path => _parent is null ? "" : _index < 0 ? _parent.Join(_name) : JsonPath.Item(_parent.Join(_name), _index);

    /// <summary>Parses a JSON text (comments and trailing commas allowed).</summary>
    /// <exception cref="LegoNetException">The text is not JSON, has a member twice, or its root is no object.</exception>
    public static StrictJson Parse(string json, string file) => Parse(json, file, JsonRules.ForPeople);

    /// <summary>Reads and parses a JSON file (comments and trailing commas allowed, at most 16 MiB).</summary>
    /// <exception cref="LegoNetException">The file is missing, too large, not JSON, has a member twice, or its root is no object.</exception>
    public static StrictJson Load(string file)
    {
        SourceFile.RequireOrdinary(file);
        try
        {
            if (new FileInfo(file).Length > 16 << 20)
            {
                throw LegoNetException.BadInput($"{file}: larger than 16 MiB, so not a spec.");
            }

            return Parse(System.IO.File.ReadAllText(file), file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw LegoNetException.BadInput($"{file}: cannot be read ({LegoNetException.Cause(e)}).", e);
        }
    }

    internal static StrictJson Parse(string json, string file, JsonRules rules) => new(rules.Parse(json, file), rules, file);

    internal static StrictJson Parse(ReadOnlySpan<byte> json, string file, JsonRules rules) => new(rules.Parse(json, file), rules, file);

    /// <summary>True when the member is present and not null.</summary>
    public bool Has(string name) => _element.TryGetProperty(name, out var value) && Says(value);

    /// <summary>Whether a member is there and is a text.</summary>
    public bool HasText(string name) => _element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String;

    /// <summary>The members' names, in the file's order; names starting with '$' left out.</summary>
    public IEnumerable<string> Names => _element.EnumerateObject().Select(m => m.Name).Where(n => _rules.Closed || !n.StartsWith('$'));

    /// <summary>A required string.</summary>
    public string String(string name) => OptionalString(name) ?? throw Missing(name);

    /// <summary>An optional string; null when absent.</summary>
    public string? OptionalString(string name) => Take(name, out var value) ? Text(name, value, "must be a string") : null;

    /// <summary>One of the given words.</summary>
    public string Choice(string name, string? defaultValue, params ReadOnlySpan<string> choices)
    {
        var value = OptionalString(name) ?? defaultValue ?? throw Missing(name);
        return choices.Contains(value) ? value : throw Error(name, $"must be one of {string.Join(", ", choices.ToArray())}, not \"{JsonPath.Cut(value)}\"");
    }

    /// <summary>An integer within [min, max].</summary>
    public long Integer(string name, long min, long max, long? defaultValue = null)
    {
        if (!Take(name, out var value))
        {
            return defaultValue ?? throw Missing(name);
        }

        if (value.ValueKind != JsonValueKind.Number || !value.TryGetInt64(out var number) || number < min || number > max || !IsSpelled(value, number))
        {
            throw Error(name, string.Create(CultureInfo.InvariantCulture, $"must be a whole number from {min} to {max}"));
        }

        return number;
    }

    /// <summary>A finite number within [min, max].</summary>
    public double Number(string name, double min, double max, double? defaultValue = null)
    {
        if (!Take(name, out var value))
        {
            return defaultValue ?? throw Missing(name);
        }

        if (value.ValueKind != JsonValueKind.Number || !value.TryGetDouble(out var number) || !(number >= min && number <= max))
        {
            throw Error(name, string.Create(CultureInfo.InvariantCulture, $"must be a number from {min} to {max}"));
        }

        return number;
    }

    /// <summary>A boolean.</summary>
    public bool Boolean(string name, bool defaultValue)
        => !Take(name, out var value) ? defaultValue
            : value.ValueKind is JsonValueKind.True or JsonValueKind.False ? value.GetBoolean()
            : throw Error(name, "must be true or false");

    /// <summary>An array of strings; null when absent.</summary>
    public IReadOnlyList<string>? OptionalStrings(string name)
    {
        const string What = "must be an array of strings";
        return Take(name, out var value) ? [.. Items(name, value, What).Select(item => Text(name, item, What))] : null;
    }

    /// <summary>An array of finite numbers; null when absent.</summary>
    public IReadOnlyList<double>? OptionalNumbers(string name)
    {
        const string What = "must be an array of numbers";
        return !Take(name, out var value) ? null :
        [
            .. Items(name, value, What).Select(item => item.ValueKind == JsonValueKind.Number && item.TryGetDouble(out var number) && double.IsFinite(number)
                ? number
                : throw Error(name, What)),
        ];
    }

    /// <summary>A required object.</summary>
    public StrictJson Object(string name) => OptionalObject(name) ?? throw Missing(name);

    /// <summary>An optional object; null when absent.</summary>
    public StrictJson? OptionalObject(string name) => Take(name, out var value) ? new StrictJson(value, _rules, File, this, name) : null;

    /// <summary>An optional array of objects; null when absent.</summary>
    public IReadOnlyList<StrictJson>? OptionalObjects(string name) => Has(name) ? [.. Objects(name)] : null;

    /// <summary>The whole object as canonical JSON; counts as having read all of it.</summary>
    public string ToCanonicalJson() => Rewrite(CanonicalJson.Write);

    /// <summary>Call when every known member was read: any other member (those starting with '$' aside) is an error.</summary>
    public void Finish()
    {
        if (_found < _element.GetPropertyCount() && Names.FirstOrDefault(name => !_read.Contains(name)) is { } unknown)
        {
            throw Error(unknown, "is not a known member here");
        }
    }

    /// <summary>An error that names the file and the member: bad input, where people write such files.</summary>
    public LegoNetException Error(string? name, string what)
    {
        var place = name is null ? Path : Join(name);
        return _rules.Failure(File, $"{(place.Length > 0 ? place : _rules.Closed ? "it" : "the root")} {what}");
    }

    /// <summary>Whether a member is there and is null; counts as having read it.</summary>
    internal bool IsNull(string name)
    {
        Take(name, out var value);
        return value.ValueKind == JsonValueKind.Null;
    }

    /// <summary>A SHA-256 digest in lower-case hex.</summary>
    internal string Digest(string name) => OptionalDigest(name) ?? throw Missing(name);

    /// <summary>An optional SHA-256 digest in lower-case hex; null when absent.</summary>
    internal string? OptionalDigest(string name)
        => OptionalString(name) is not { } text ? null
            : Digests.IsHex(text) ? text
            : throw Error(name, "must be a SHA-256 digest in lower-case hex");

    /// <summary>A SHA-256 digest in lower-case hex, or null, which has to be said.</summary>
    internal string? DigestOrNull(string name) => IsNull(name) ? null : Digest(name);

    /// <summary>Bytes in lower-case hex.</summary>
    internal byte[] Bytes(string name, int length)
    {
        var text = String(name);
        return text.Length == 2 * length && Digests.AreHexDigits(text)
            ? Convert.FromHexString(text)
            : throw Error(name, string.Create(CultureInfo.InvariantCulture, $"must be {length} bytes in lower-case hex"));
    }

    /// <summary>A time, spelled as <see cref="CanonicalJson.Spell"/> does.</summary>
    internal DateTimeOffset Time(string name)
        => CanonicalJson.TryReadTime(String(name), out var time) ? time : throw Error(name, "must be a time in UTC, to the millisecond");

    /// <summary>A required array of strings.</summary>
    internal IReadOnlyList<string> Strings(string name) => OptionalStrings(name) ?? throw Missing(name);

    /// <summary>A required array of objects, made when asked for.</summary>
    internal IEnumerable<StrictJson> Objects(string name) => ObjectsAndNulls(name, nulls: false).Select(item => item!);

    /// <summary>A required array of objects and nulls, made when asked for.</summary>
    internal IEnumerable<StrictJson?> ObjectsAndNulls(string name) => ObjectsAndNulls(name, nulls: true);

    /// <summary>The whole object as it is spelled, without comments and white space; counts as having read all of it.</summary>
    internal string ToJson() => Rewrite(element =>
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream))
        {
            element.WriteTo(writer);
        }

        return stream.ToArray();
    });

    // A misspelled member is found missing before it is found unknown, so the message names it.
    internal LegoNetException Missing(string name, string why = "")
    {
        var similar = Names.FirstOrDefault(n => !_read.Contains(n) && Math.Abs(n.Length - name.Length) <= 2 && NearNames.Distance(n, name) <= 2);
        return Error(name, (similar is null ? "is missing" : $"is missing (there is \"{similar}\")") + why);
    }

    private string Join(string name) => JsonPath.Member(Path, name);

    private bool Take(string name, out JsonElement value)
    {
        var found = _element.TryGetProperty(name, out value);
        if (!_read.Contains(name))
        {
            _read.Add(name);
            _found += found ? 1 : 0;
        }

        return found && Says(value);
    }

    private bool Says(JsonElement value) => _rules.Closed || value.ValueKind != JsonValueKind.Null;

    // In a closed text as spelled canonically: 1.0 or 1e0 would be read by one reader and refused by another.
    private bool IsSpelled(JsonElement value, long number)
    {
        if (!_rules.Closed)
        {
            return true;
        }

        Span<byte> spelled = stackalloc byte[20];
        return number.TryFormat(spelled, out var length, default, CultureInfo.InvariantCulture)
            && JsonMarshal.GetRawUtf8Value(value).SequenceEqual(spelled[..length]);
    }

    private string Text(string name, JsonElement value, string what)
    {
        try
        {
            return value.ValueKind == JsonValueKind.String ? value.GetString()! : throw Error(name, what);
        }
        catch (InvalidOperationException)
        {
            throw Error(name, "is no Unicode text");
        }
    }

    private JsonElement.ArrayEnumerator Items(string name, JsonElement value, string what)
        => value.ValueKind == JsonValueKind.Array ? value.EnumerateArray() : throw Error(name, what);

    private IEnumerable<StrictJson?> ObjectsAndNulls(string name, bool nulls)
    {
        if (!Take(name, out var value))
        {
            throw Missing(name);
        }

        return Items(name, value, "must be an array of objects")
            .Select((item, i) => nulls && item.ValueKind == JsonValueKind.Null ? null : new StrictJson(item, _rules, File, this, name, i));
    }

    private string Rewrite(Func<JsonElement, byte[]> write)
    {
        _found = _element.GetPropertyCount();
        try
        {
            return Encoding.UTF8.GetString(write(_element));
        }
        catch (Exception e) when (e is FormatException or InvalidOperationException)
        {
            throw Error(null, e is FormatException ? e.Message : "has text that is no Unicode");
        }
    }
}
