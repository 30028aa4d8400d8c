using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace LegoNet.Benchmarks.Lab;

/// <summary>A committed result: a JSON object whose rows stand one a line, so that they can be read and compared.</summary>
internal static class LabFile
{
    /// <summary>How a row is written.</summary>
    public static JsonSerializerOptions Options { get; } = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes the file.</summary>
    /// <param name="path">Where.</param>
    /// <param name="facts">What holds for all rows.</param>
    /// <param name="rows">The rows.</param>
    public static void Write(string path, JsonObject facts, IEnumerable<JsonObject> rows)
    {
        var text = new StringBuilder("{\n");
        foreach (var (name, value) in facts)
        {
            text.Append($"  \"{name}\": {value?.ToJsonString(Options) ?? "null"},\n");
        }

        text.Append("  \"rows\": [\n    ").AppendJoin(",\n    ", rows.Select(r => r.ToJsonString(Options))).Append("\n  ]\n}\n");
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        File.WriteAllText(path, text.ToString());
    }

    /// <summary>A number with four digits that count.</summary>
    public static JsonNode? Number(double value) => double.IsFinite(value) ? JsonValue.Create(double.Parse($"{value:G4}")) : null;
}
