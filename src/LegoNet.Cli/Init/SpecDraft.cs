using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace LegoNet.Cli.Init;

/// <summary>A spec to be: its members, and what the person who trains with it should know.</summary>
internal sealed class SpecDraft
{
    private static readonly JsonSerializerOptions s_json = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The spec's members, in order.</summary>
    public JsonObject Members { get; } = [];

    /// <summary>What the members say, in one line.</summary>
    public required string Summary { get; init; }

    /// <summary>The data's file or folder, absolute.</summary>
    public required string DataFile { get; init; }

    /// <summary>Records, as found.</summary>
    public required long Records { get; init; }

    /// <summary>What was taken from the data and is declared from now on, a line each.</summary>
    public List<string> Proposed { get; } = [];

    /// <summary>What the person should look at, a line each.</summary>
    public List<string> Warnings { get; } = [];

    /// <summary>Columns that the configuration names as inputs and the spec does not use, with the reason.</summary>
    public List<(string Column, string Why)> LeftOut { get; } = [];

    /// <summary>The spec's text: comments first, a member a line, an encoder's columns a line each.</summary>
    /// <param name="comments">Lines of comment.</param>
    public string ToText(IEnumerable<string> comments)
    {
        var text = new StringBuilder("{\n");
        foreach (var comment in comments)
        {
            text.Append("  // ").Append(string.Concat(comment.Select(c => char.IsControl(c) || c is '\u2028' or '\u2029' ? ' ' : c))).Append('\n');
        }

        text.AppendJoin(
            ",\n",
            Members.Select(m => $"  {Name(m.Key)}: {(m.Key == "encoder" && m.Value is JsonObject encoder ? Spread(encoder) : Line(m.Value))}"));
        return text.Append("\n}\n").ToString();
    }

    private static string Spread(JsonObject encoder)
        => "{\n" + string.Join(",\n", encoder.Select(m => m is { Key: "columns", Value: JsonArray columns }
            ? $"    {Name(m.Key)}: [\n{string.Join(",\n", columns.Select(c => "      " + Line(c)))}\n    ]"
            : $"    {Name(m.Key)}: {Line(m.Value)}")) + "\n  }";

    private static string Line(JsonNode? node) => node switch
    {
        JsonObject members => "{ " + string.Join(", ", members.Select(m => $"{Name(m.Key)}: {Line(m.Value)}")) + " }",
        JsonArray items => "[" + string.Join(", ", items.Select(Line)) + "]",
        _ => node?.ToJsonString(s_json) ?? "null",
    };

    private static string Name(string name) => JsonSerializer.Serialize(name, s_json);
}
