using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using LegoNet.Adapters;
using LegoNet.Calibration;
using LegoNet.Data.Json;
using LegoNet.Data.Sources;
using LegoNet.Encoders;
using LegoNet.Pipelines;
using LegoNet.Routing;
using LegoNet.Specs;

namespace LegoNet.Cli.Init;

/// <summary>A spec to be: its members, and what the person who trains with it should know.</summary>
internal sealed class SpecDraft
{
    // Records whose routes are looked at.
    private const int LookedAt = 2_000;

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

    /// <summary>Columns that the spec does not use, with the reason.</summary>
    public List<(string Column, string Why)> LeftOut { get; } = [];

    /// <summary>Writes adapters, trainer and seed: n and k by the rule of the library.</summary>
    /// <param name="task">The task.</param>
    /// <param name="dimension">Length d of a code.</param>
    /// <param name="keys">Where the keys come from.</param>
    /// <returns>n and k.</returns>
    public EnsembleSize WriteRouting(LearningTask task, int dimension, KeySource keys)
    {
        var size = EnsembleSize.For(Records, dimension, (Members["classes"] as JsonArray)?.Count ?? 0);
        Members["routing"] = new JsonObject { ["adapters"] = size.Adapters, ["active"] = size.Active, ["keys"] = keys.Word() };
        Members["adapter"] = JsonNode.Parse(AdapterTrainers.Default(task));
        Members["seed"] = 1;
        return size;
    }

    /// <summary>Writes adapters, trainer and seed by the length of the code that the drafted encoder makes.</summary>
    /// <param name="task">The task.</param>
    /// <param name="request">What is asked for: the encoder's paths start at its output, and a card of its encoder gives the keys if it has enough.</param>
    public void WriteRouting(LearningTask task, InitRequest request)
    {
        var encoder = StrictJson.Parse(Members["encoder"]!.ToJsonString(), request.Output);
        using var setup = EncoderRegistry.Create(encoder, new EncoderSettings { Paths = SourceContext.ForFile(request.Output) });
        var size = WriteRouting(task, setup.Encoder.Dimension, KeySource.Gaussian);
        if (size.Adapters > 1 && LargestShare(size, setup.Encoder, request) is { } share)
        {
            Members["routing"] = new JsonObject { ["adapters"] = 1, ["active"] = 1, ["keys"] = KeySource.Gaussian.Word() };
            Proposed.Add(FormattableString.Invariant(
                $"one adapter: of the {size.Adapters} that their number allows, one would get {100 * share:0} % of the first {LookedAt:N0} records"));
        }

        if (Members["encoder"]!["card"] is not null && CalibrationCard.Load(request.Encoder!).KeyCount >= (int)Members["routing"]!["adapters"]!)
        {
            Members["routing"]!["keys"] = KeySource.Public.Word();
        }
    }

    // Of the first records the share of the fullest adapter, where routing would fail; null where it would not.
    private double? LargestShare(EnsembleSize size, ICodeEncoder encoder, InitRequest request)
    {
        var source = SourceRegistry.Create(StrictJson.Parse(Members["source"]!.ToJsonString(), request.Output), SourceContext.ForFile(request.Output));
        var router = new Router(GaussianKeys.Create(seed: 1, size.Adapters, encoder.Dimension), size.Active);
        var shards = new long[size.Adapters];
        long records = 0;
        foreach (var batch in RecordEncoder.Batches(source, encoder, Environment.ProcessorCount))
        {
            var routes = new ushort[batch.Records.Length * size.Active];
            router.Route(batch.Codes, routes);
            ShardBalance.Count(routes, shards);
            records += batch.Records.Length;
            if (records >= LookedAt)
            {
                break;
            }
        }

        return ShardBalance.WhyUnequal(records, shards, size.Active) is null ? null : shards.Max() / (double)records;
    }

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
            Members.Select(m => $"  {Name(m.Key)}: {(m is { Key: "encoder", Value: JsonObject encoder } ? Spread(encoder, "  ") : Line(m.Value))}"));
        return text.Append("\n}\n").ToString();
    }

    // An encoder's columns and parts stand on lines of their own: they are what is read and edited.
    private static string Spread(JsonObject encoder, string indent)
    {
        var inner = indent + "  ";
        return "{\n" + string.Join(",\n", encoder.Select(m => $"{inner}{Name(m.Key)}: {Value(m)}")) + $"\n{indent}}}";

        string Value(KeyValuePair<string, JsonNode?> member) => member switch
        {
            { Key: "columns", Value: JsonArray { Count: > 0 } columns } when columns[0] is JsonObject
                => $"[\n{string.Join(",\n", columns.Select(c => $"{inner}  {Line(c)}"))}\n{inner}]",
            { Key: "parts", Value: JsonArray parts }
                => $"[\n{string.Join(",\n", parts.Select(p => $"{inner}  {Spread(p!.AsObject(), inner + "  ")}"))}\n{inner}]",
            _ => Line(member.Value),
        };
    }

    private static string Line(JsonNode? node) => node switch
    {
        JsonObject members => "{ " + string.Join(", ", members.Select(m => $"{Name(m.Key)}: {Line(m.Value)}")) + " }",
        JsonArray items => "[" + string.Join(", ", items.Select(Line)) + "]",
        _ => node?.ToJsonString(s_json) ?? "null",
    };

    private static string Name(string name) => JsonSerializer.Serialize(name, s_json);
}
