using System.Reflection;
using System.Text.Json;
using LegoNet.Data;
using LegoNet.Data.Files;
using LegoNet.Data.Json;
using LegoNet.Store;

namespace LegoNet.Runs;

/// <summary>
/// What a run is to do, in canonical JSON: whoever reads it does the same. Its SHA-256 names the run. It names files, and nobody: people
/// that it speaks of stand in it as keyed tags.
/// </summary>
internal abstract class RunPlan
{
    /// <summary>The format of plans.</summary>
    public const int Format = 1;

    /// <summary>The version of this assembly. Tasks of one run are done by one version, since two may order their work differently.</summary>
    public static string Version { get; } = typeof(RunPlan).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;

    private static readonly JsonRules s_rules = JsonRules.For(LegoNetError.Damaged, "the plan of a run");

    /// <summary>What is planned: "train", "forget" or "score".</summary>
    public abstract string Kind { get; }

    /// <summary>The version that wrote the plan.</summary>
    public string WrittenBy { get; init; } = Version;

    /// <summary>The model directory's full path.</summary>
    public required string Model { get; init; }

    /// <summary>The tag key's file where it is named; null for the one beside the model.</summary>
    public required string? TagKey { get; init; }

    /// <summary>The tag key's fingerprint: records of one run are tagged with one key. Null where the run needs none.</summary>
    public string? TagKeyFingerprint { get; init; }

    /// <summary>The private key's file where it is named; null for the one beside the model.</summary>
    public required string? SigningKey { get; init; }

    /// <summary>Memory that a task may use, in bytes.</summary>
    public required long Memory { get; init; }

    /// <summary>The stages.</summary>
    public abstract IReadOnlyList<RunStage> Stages { get; }

    /// <summary>SHA-256 of the plan, in hex.</summary>
    public string Digest => Digests.Of(ToJson());

    /// <summary>The model's paths.</summary>
    public ModelPaths ModelPaths(bool shared = false) => new(Model, TagKey, SigningKey) { Shared = shared };

    public byte[] ToJson() => CanonicalJson.Write(json =>
    {
        json.WriteStartObject();
        json.WriteNumber("format", Format);
        json.WriteString("kind", Kind);
        json.WriteString("legonet", WrittenBy);
        json.WriteString("model", Model);
        json.WriteNumber("memory", Memory);
        Optional(json, "tagKey", TagKey);
        Optional(json, "tagKeyFingerprint", TagKeyFingerprint);
        Optional(json, "signingKey", SigningKey);
        WriteRest(json);
        json.WriteEndObject();
    });

    /// <summary>Reads a plan.</summary>
    /// <exception cref="LegoNetException">It is none, or one of another version.</exception>
    public static RunPlan Parse(ReadOnlySpan<byte> bytes, string file)
    {
        var root = StrictJson.Parse(bytes, file, s_rules);
        var (format, version) = (root.Integer("format", 0, int.MaxValue), root.String("legonet"));
        if (format != Format || version != Version)
        {
            throw LegoNetException.BadInput(
                $"{file}: the run was planned by LegoNet {version}, and this is {Version}; let that version finish it, or purge it and plan it again.");
        }

        RunPlan plan = root.Choice("kind", null, "train", "forget", "score") switch
        {
            "forget" => ForgetPlan.Read(root),
            "score" => ScorePlan.Read(root),
            _ => TrainPlan.Read(root),
        };
        root.Finish();
        return plan;
    }

    protected static void Optional(Utf8JsonWriter json, string name, string? value)
    {
        if (value is not null)
        {
            json.WriteString(name, value);
        }
    }

    /// <summary>Stages of tasks that follow each other; those without tasks are left out.</summary>
    protected static IReadOnlyList<RunStage> Number(params ReadOnlySpan<(string Name, int Count, bool Encodes)> stages)
    {
        var numbered = new List<RunStage>();
        var first = 0;
        foreach (var (name, count, encodes) in stages)
        {
            if (count > 0)
            {
                numbered.Add(new RunStage(name, first, count, encodes));
                first += count;
            }
        }

        return numbered;
    }

    /// <summary>Reads the parts of the input.</summary>
    protected static IReadOnlyList<InputPart> ReadParts(StrictJson root)
    {
        long first = 0;
        return [.. root.Objects("parts").Select(p =>
        {
            var start = new SourcePosition(first, p.Integer("startByte", 0, long.MaxValue), p.Integer("startLine", 0, long.MaxValue));
            var part = new InputPart(start, p.Integer("records", 1, long.MaxValue), p.Integer("bytes", 0, long.MaxValue), p.Digest("digest"));
            p.Finish();
            first += part.Records;
            return part;
        })];
    }

    protected static void WriteParts(Utf8JsonWriter json, IReadOnlyList<InputPart> parts)
    {
        json.WriteStartArray("parts");
        foreach (var part in parts)
        {
            json.WriteStartObject();
            json.WriteNumber("startByte", part.Start.Byte);
            json.WriteNumber("startLine", part.Start.Line);
            json.WriteNumber("records", part.Records);
            json.WriteNumber("bytes", part.Bytes);
            json.WriteString("digest", part.Digest);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    protected abstract void WriteRest(Utf8JsonWriter json);
}
