using System.Globalization;
using System.Text;
using System.Text.Json;

namespace LegoNet.Data.Json;

/// <summary>
/// One JSON object of a spec, read strictly: a member of the wrong type, out of range, or unknown is an error that names
/// the file and the member's path.
/// </summary>
public sealed class SpecObject
{
    private static readonly JsonDocumentOptions s_options = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true, MaxDepth = 32 };

    private readonly JsonElement _element;
    private readonly string _file;
    private readonly string _path;
    private readonly HashSet<string> _read = [];

    private SpecObject(JsonElement element, string file, string path)
    {
        _element = element;
        _file = file;
        _path = path;
        if (element.ValueKind != JsonValueKind.Object)
        {
            throw Error(null, "must be a JSON object");
        }

        var seen = new HashSet<string>();
        foreach (var member in element.EnumerateObject())
        {
            if (!seen.Add(member.Name))
            {
                throw Error(member.Name, "stands twice");
            }
        }
    }

    /// <summary>The file the object came from, for messages.</summary>
    public string File => _file;

    /// <summary>The object's place in the file, for messages; empty at the root.</summary>
    public string Path => _path;

    /// <summary>Parses a JSON text (comments and trailing commas allowed).</summary>
    /// <exception cref="LegoNetException">The text is not JSON, or its root is no object.</exception>
    public static SpecObject Parse(string json, string file)
    {
        try
        {
            using var document = JsonDocument.Parse(json, s_options);
            return new SpecObject(document.RootElement.Clone(), file, "");
        }
        catch (JsonException e)
        {
            throw LegoNetException.BadInput($"{file}: line {(e.LineNumber ?? 0) + 1}: not valid JSON.", e);
        }
    }

    /// <summary>Reads and parses a JSON file (comments and trailing commas allowed, at most 16 MiB).</summary>
    /// <exception cref="LegoNetException">The file is missing, too large, not JSON, or its root is no object.</exception>
    public static SpecObject Load(string file)
    {
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

    /// <summary>True when the member is present and not null.</summary>
    public bool Has(string name) => _element.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null;

    /// <summary>The members' names, in the file's order; names starting with '$' left out.</summary>
    public IEnumerable<string> Names => _element.EnumerateObject().Select(m => m.Name).Where(n => !n.StartsWith('$'));

    /// <summary>A required string.</summary>
    public string String(string name) => OptionalString(name) ?? throw Missing(name);

    /// <summary>An optional string; null when absent.</summary>
    public string? OptionalString(string name)
        => !Take(name, out var value) ? null
            : value.ValueKind == JsonValueKind.String ? value.GetString()
            : throw Error(name, "must be a string");

    /// <summary>One of the given words.</summary>
    public string Choice(string name, string? defaultValue, params ReadOnlySpan<string> choices)
    {
        var value = OptionalString(name) ?? defaultValue ?? throw Missing(name);
        return choices.Contains(value) ? value : throw Error(name, $"must be one of {string.Join(", ", choices.ToArray())}, not \"{value}\"");
    }

    /// <summary>An integer within [min, max].</summary>
    public long Integer(string name, long min, long max, long? defaultValue = null)
    {
        if (!Take(name, out var value))
        {
            return defaultValue ?? throw Missing(name);
        }

        if (value.ValueKind != JsonValueKind.Number || !value.TryGetInt64(out var number) || number < min || number > max)
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
        if (!Take(name, out var value))
        {
            return null;
        }

        if (value.ValueKind != JsonValueKind.Array || value.EnumerateArray().Any(v => v.ValueKind != JsonValueKind.String))
        {
            throw Error(name, "must be an array of strings");
        }

        return [.. value.EnumerateArray().Select(v => v.GetString()!)];
    }

    /// <summary>An array of finite numbers; null when absent.</summary>
    public IReadOnlyList<double>? OptionalNumbers(string name)
    {
        if (!Take(name, out var value))
        {
            return null;
        }

        var numbers = new List<double>();
        if (value.ValueKind == JsonValueKind.Array)
        {
            foreach (var item in value.EnumerateArray())
            {
                if (item.ValueKind != JsonValueKind.Number || !item.TryGetDouble(out var number) || !double.IsFinite(number))
                {
                    throw Error(name, "must be an array of numbers");
                }

                numbers.Add(number);
            }

            return numbers;
        }

        throw Error(name, "must be an array of numbers");
    }

    /// <summary>A required object.</summary>
    public SpecObject Object(string name) => OptionalObject(name) ?? throw Missing(name);

    /// <summary>An optional object; null when absent.</summary>
    public SpecObject? OptionalObject(string name) => Take(name, out var value) ? new SpecObject(value, _file, Join(name)) : null;

    /// <summary>An optional array of objects; null when absent.</summary>
    public IReadOnlyList<SpecObject>? OptionalObjects(string name)
    {
        if (!Take(name, out var value))
        {
            return null;
        }

        if (value.ValueKind != JsonValueKind.Array)
        {
            throw Error(name, "must be an array of objects");
        }

        return [.. value.EnumerateArray().Select((v, i) => new SpecObject(v, _file, $"{Join(name)}[{i}]"))];
    }

    /// <summary>The whole object as canonical JSON; counts as having read all of it.</summary>
    public string ToCanonicalJson()
    {
        _read.UnionWith(Names);
        try
        {
            return Encoding.UTF8.GetString(CanonicalJson.Write(_element));
        }
        catch (FormatException e)
        {
            throw Error(null, e.Message);
        }
    }

    /// <summary>Call when every known member was read: any other member (those starting with '$' aside) is an error.</summary>
    public void Finish()
    {
        foreach (var name in Names)
        {
            if (!_read.Contains(name))
            {
                throw Error(name, "is not a known member here");
            }
        }
    }

    /// <summary>A bad-input error that names the file and the member.</summary>
    public LegoNetException Error(string? name, string what)
    {
        var place = name is null ? _path : Join(name);
        return LegoNetException.BadInput(place.Length == 0 ? $"{_file}: the root {what}." : $"{_file}: {place} {what}.");
    }

    // A misspelled member is found missing before it is found unknown, so the message names it.
    internal LegoNetException Missing(string name, string why = "")
    {
        var similar = Names.FirstOrDefault(n => !_read.Contains(n) && Distance(n, name) <= 2);
        return Error(name, (similar is null ? "is missing" : $"is missing (there is \"{similar}\")") + why);
    }

    /// <summary>Insertions, removals and replacements of letters between two words.</summary>
    private static int Distance(string a, string b)
    {
        var row = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 1; i <= a.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var cost = Math.Min(Math.Min(row[j], row[j - 1]) + 1, diagonal + (a[i - 1] == b[j - 1] ? 0 : 1));
                diagonal = row[j];
                row[j] = cost;
            }
        }

        return row[^1];
    }

    private string Join(string name) => _path.Length == 0 ? name : $"{_path}.{name}";

    private bool Take(string name, out JsonElement value)
    {
        _read.Add(name);
        return _element.TryGetProperty(name, out value) && value.ValueKind != JsonValueKind.Null;
    }
}
