using System.Text.Json;
using LegoNet.Data.Json;

namespace LegoNet.Runs;

/// <summary>The plan of a training: encode → records → shards, where there are many records → solve.</summary>
internal sealed class TrainPlan : RunPlan
{
    public const string Encode = "encode";
    public const string Records = "records";
    public const string Shards = "shards";
    public const string Solve = "solve";

    /// <inheritdoc/>
    public override string Kind => "train";

    /// <summary>The spec's file, against which its paths are resolved.</summary>
    public required string SpecFile { get; init; }

    /// <summary>SHA-256 of the spec's copy in the run directory.</summary>
    public required string SpecDigest { get; init; }

    /// <summary>SHA-256 of the frozen spec, as the model will have it.</summary>
    public required string Frozen { get; init; }

    /// <summary>The encoder's file where the spec names none, or another; null for the spec's.</summary>
    public required string? Encoder { get; init; }

    /// <summary>The encoder's file as it was found, for the model's settings and its copy; null for a built-in encoder.</summary>
    public required string? EncoderFile { get; init; }

    /// <summary>The device that encodes: "auto", "cpu", "cuda" or "cuda:N".</summary>
    public required string Device { get; init; }

    /// <summary>Whether the model directory gets a copy of the encoder's file.</summary>
    public required bool CopyEncoder { get; init; }

    /// <summary>Whether the model is open to others.</summary>
    public required bool Shared { get; init; }

    /// <summary>Key files beside the model that were not there before: they are made for this run, and go with it where no model comes of it.</summary>
    public required IReadOnlyList<string> NewKeys { get; init; }

    /// <summary>Whether codes of other kinds of processors than the planner's are refused.</summary>
    public required bool OneProcessor { get; init; }

    /// <summary>The input by part.</summary>
    public required IReadOnlyList<InputPart> Parts { get; init; }

    /// <summary>How the work is divided.</summary>
    public required TrainDivision Division { get; init; }

    /// <inheritdoc/>
    public override IReadOnlyList<RunStage> Stages => field ??= Number(
        (Encode, Parts.Count, true),
        (Records, Division.KeyRanges, false),
        (Shards, Division.Groups * Division.Bundles, false),
        (Solve, Division.AdapterRanges, false));

    public static TrainPlan Read(StrictJson root) => new()
    {
        WrittenBy = root.String("legonet"),
        Model = root.String("model"),
        TagKey = root.OptionalString("tagKey"),
        TagKeyFingerprint = root.String("tagKeyFingerprint"),
        SigningKey = root.OptionalString("signingKey"),
        Memory = root.Integer("memory", 1, long.MaxValue),
        SpecFile = root.String("specFile"),
        SpecDigest = root.Digest("spec"),
        Frozen = root.Digest("frozen"),
        Encoder = root.OptionalString("encoder"),
        EncoderFile = root.OptionalString("encoderFile"),
        Device = root.String("device"),
        CopyEncoder = root.Boolean("copyEncoder", false),
        Shared = root.Boolean("shared", false),
        NewKeys = root.Strings("newKeys"),
        OneProcessor = root.Boolean("oneProcessor", false),
        Division = TrainDivision.Read(root.Object("division")),
        Parts = ReadParts(root),
    };

    protected override void WriteRest(Utf8JsonWriter json)
    {
        json.WriteString("specFile", SpecFile);
        json.WriteString("spec", SpecDigest);
        json.WriteString("frozen", Frozen);
        Optional(json, "encoder", Encoder);
        Optional(json, "encoderFile", EncoderFile);
        json.WriteString("device", Device);
        json.WriteBoolean("copyEncoder", CopyEncoder);
        json.WriteBoolean("shared", Shared);
        json.WriteStartArray("newKeys");
        foreach (var file in NewKeys)
        {
            json.WriteStringValue(file);
        }

        json.WriteEndArray();
        json.WriteBoolean("oneProcessor", OneProcessor);
        json.WriteStartObject("division");
        Division.WriteTo(json);
        json.WriteEndObject();
        WriteParts(json, Parts);
    }
}
