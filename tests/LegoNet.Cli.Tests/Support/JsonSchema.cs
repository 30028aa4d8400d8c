using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace LegoNet.Cli.Tests.Support;

/// <summary>
/// The part of JSON Schema (2020-12) that pipelines/spec.schema.json is written in. A keyword that is not known here fails, so that no
/// rule is passed over in silence.
/// </summary>
internal sealed class JsonSchema(JsonObject root)
{
    private static readonly HashSet<string> s_annotations =
    [
        "$schema", "$id", "$comment", "$defs", "title", "description", "default", "examples", "then", "else",
    ];

    /// <summary>The first thing that is wrong with a value, or null.</summary>
    public string? Check(JsonNode? value) => Check(root, value, "");

    private string? Check(JsonNode schema, JsonNode? value, string path)
    {
        if (schema is JsonValue flag)
        {
            return (bool)flag ? null : $"{path}: is not allowed";
        }

        foreach (var (keyword, rule) in schema.AsObject())
        {
            if (!s_annotations.Contains(keyword) && CheckKeyword(keyword, rule!, schema.AsObject(), value, path) is { } problem)
            {
                return problem;
            }
        }

        return null;
    }

    private string? CheckKeyword(string keyword, JsonNode rule, JsonObject schema, JsonNode? value, string path)
    {
        string? Unless(bool holds) => holds ? null : $"{path}: {keyword} {rule.ToJsonString()}";
        var (members, items) = (value as JsonObject, value as JsonArray);
        var text = (value as JsonValue)?.TryGetValue<string>(out var s) == true ? s : null;
        var number = (value as JsonValue)?.TryGetValue<double>(out var d) == true ? d : (double?)null;
        switch (keyword)
        {
            case "$ref": return Check(Resolve((string)rule!), value, path);
            case "allOf": return rule.AsArray().Select(r => Check(r!, value, path)).FirstOrDefault(p => p is not null);
            case "anyOf": return Unless(rule.AsArray().Any(r => Check(r!, value, path) is null));
            case "oneOf": return Unless(rule.AsArray().Count(r => Check(r!, value, path) is null) == 1);
            case "not": return Unless(Check(rule, value, path) is not null);
            case "if": return schema[Check(rule, value, path) is null ? "then" : "else"] is { } branch ? Check(branch, value, path) : null;
            case "const": return Unless(JsonNode.DeepEquals(rule, value));
            case "enum": return Unless(rule.AsArray().Any(r => JsonNode.DeepEquals(r, value)));
            case "type": return Unless((rule is JsonArray several ? several.Select(t => (string)t!) : [(string)rule!]).Any(t => IsOfType(t, value)));
            case "required": return Unless(members is null || rule.AsArray().All(r => members.ContainsKey((string)r!)));
            case "dependentRequired":
                return Unless(members is null || rule.AsObject().All(r =>
                    !members.ContainsKey(r.Key) || r.Value!.AsArray().All(n => members.ContainsKey((string)n!))));
            case "properties":
                return members is null ? null : rule.AsObject()
                    .Where(r => members.ContainsKey(r.Key))
                    .Select(r => Check(r.Value!, members[r.Key], $"{path}/{r.Key}"))
                    .FirstOrDefault(p => p is not null);
            case "patternProperties":
                return members?
                    .SelectMany(m => rule.AsObject().Where(r => Regex.IsMatch(m.Key, r.Key)).Select(r => Check(r.Value!, m.Value, $"{path}/{m.Key}")))
                    .FirstOrDefault(p => p is not null);
            case "additionalProperties":
                return members?
                    .Where(m => !IsNamed(schema, m.Key))
                    .Select(m => Check(rule, m.Value, $"{path}/{m.Key}"))
                    .FirstOrDefault(p => p is not null);
            case "items": return items?.Select((item, i) => Check(rule, item, $"{path}/{i}")).FirstOrDefault(p => p is not null);
            case "minItems": return Unless(items is null || items.Count >= (int)rule);
            case "maxItems": return Unless(items is null || items.Count <= (int)rule);
            case "uniqueItems":
                return Unless(
                    items is null
                    || !(bool)rule
                    || !items.Where((item, i) => items.Take(i).Any(other => JsonNode.DeepEquals(item, other))).Any());
            case "minLength": return Unless(text is null || text.Length >= (int)rule);
            case "maxLength": return Unless(text is null || text.Length <= (int)rule);
            case "pattern": return Unless(text is null || Regex.IsMatch(text, (string)rule!));
            case "minimum": return Unless(number is null || number >= (double)rule);
            case "maximum": return Unless(number is null || number <= (double)rule);
            case "exclusiveMinimum": return Unless(number is null || number > (double)rule);
            case "exclusiveMaximum": return Unless(number is null || number < (double)rule);
            default: throw new NotSupportedException($"The schema uses \"{keyword}\", which this check does not know.");
        }
    }

    private static bool IsNamed(JsonObject schema, string name)
        => (schema["properties"]?.AsObject().ContainsKey(name) ?? false)
            || (schema["patternProperties"]?.AsObject().Any(p => Regex.IsMatch(name, p.Key)) ?? false);

    private static bool IsOfType(string type, JsonNode? value) => type switch
    {
        "object" => value is JsonObject,
        "array" => value is JsonArray,
        "null" => value is null,
        "string" => value?.GetValueKind() == System.Text.Json.JsonValueKind.String,
        "boolean" => value?.GetValueKind() is System.Text.Json.JsonValueKind.True or System.Text.Json.JsonValueKind.False,
        "number" => value?.GetValueKind() == System.Text.Json.JsonValueKind.Number,
        "integer" => value?.GetValueKind() == System.Text.Json.JsonValueKind.Number && double.IsInteger((double)value),
        _ => throw new NotSupportedException($"The schema names the type \"{type}\"."),
    };

    private JsonNode Resolve(string reference)
    {
        JsonNode node = root;
        foreach (var part in reference.TrimStart('#').Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            node = node[part] ?? throw new NotSupportedException($"The schema refers to {reference}, which it lacks.");
        }

        return node;
    }
}
