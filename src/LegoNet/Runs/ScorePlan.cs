using System.Text.Json;
using LegoNet.Data.Json;
using LegoNet.Records;
using LegoNet.Specs;

namespace LegoNet.Runs;

/// <summary>The plan of a scoring: one stage, a task for each part of the input.</summary>
internal sealed class ScorePlan : RunPlan
{
    public const string Score = "score";

    /// <summary>Bytes of <see cref="InputKey"/>.</summary>
    public const int KeyBytes = 32;

    /// <inheritdoc/>
    public override string Kind => "score";

    /// <summary>
    /// The root digest of the model's state that scores. Scores by two states never come into one file: where the model is in another one, the run
    /// begins anew with that, and nothing is published before.
    /// </summary>
    public required string Root { get; init; }

    /// <summary>The records, as on a command line: a path, or a description's path with '#' and the member's name.</summary>
    public required string Data { get; init; }

    /// <summary>The spec's file as whose source the data is laid out; null for none.</summary>
    public required string? SpecFile { get; init; }

    /// <summary>SHA-256 of that spec's copy in the run directory; null for none.</summary>
    public required string? SpecDigest { get; init; }

    /// <summary>The encoder's file where it is named; null for the model's own.</summary>
    public required string? Encoder { get; init; }

    /// <summary>The device that encodes: "auto", "cpu", "cuda" or "cuda:N".</summary>
    public required string Device { get; init; }

    /// <summary>What makes the codes. Tasks on a machine whose encoder has another are refused.</summary>
    public required EncoderFingerprint Fingerprint { get; init; }

    /// <summary>The file of scores to write.</summary>
    public required string Output { get; init; }

    /// <summary>Whether a file of another kind is replaced by it.</summary>
    public required bool Force { get; init; }

    /// <summary>Files that are read for it, so that it never replaces one of them.</summary>
    public required IReadOnlyList<string> Inputs { get; init; }

    /// <summary>
    /// The key of the parts' digests, [32]. Scoring needs no tag key of the model, and its nodes should not need to have one. A random key that
    /// lies with the plan is enough: whoever reads the run directory reads the parts too, and whoever sees the plan's digest alone, as
    /// a scheduler does, can test no guess by it.
    /// </summary>
    public required byte[] InputKey { get; init; }

    /// <summary>The input by part.</summary>
    public required IReadOnlyList<InputPart> Parts { get; init; }

    /// <summary>Records of all parts.</summary>
    public long Records => Parts.Sum(p => p.Records);

    /// <inheritdoc/>
    public override IReadOnlyList<RunStage> Stages => field ??= Number((Score, Parts.Count, true));

    public static ScorePlan Read(StrictJson root)
    {
        var fingerprint = EncoderFingerprint.Read(root.Object("fingerprint"));
        return new ScorePlan
        {
            WrittenBy = root.String("legonet"),
            Model = root.String("model"),
            TagKey = root.OptionalString("tagKey"),
            SigningKey = root.OptionalString("signingKey"),
            Memory = root.Integer("memory", 1, long.MaxValue),
            Root = root.Digest("root"),
            Data = root.String("data"),
            SpecFile = root.OptionalString("specFile"),
            SpecDigest = root.OptionalDigest("spec"),
            Encoder = root.OptionalString("encoder"),
            Device = root.String("device"),
            Fingerprint = fingerprint,
            Output = root.String("output"),
            Force = root.Boolean("force", false),
            Inputs = root.Strings("inputs"),
            InputKey = root.Bytes("inputKey", KeyBytes),
            Parts = ReadParts(root),
        };
    }

    /// <summary>The same work for another state of the model.</summary>
    /// <param name="root">Its root digest.</param>
    /// <param name="fingerprint">What makes the codes now.</param>
    public ScorePlan For(string root, EncoderFingerprint fingerprint) => new()
    {
        WrittenBy = WrittenBy,
        Model = Model,
        TagKey = TagKey,
        SigningKey = SigningKey,
        Memory = Memory,
        Root = root,
        Data = Data,
        SpecFile = SpecFile,
        SpecDigest = SpecDigest,
        Encoder = Encoder,
        Device = Device,
        Fingerprint = fingerprint,
        Output = Output,
        Force = Force,
        Inputs = Inputs,
        InputKey = InputKey,
        Parts = Parts,
    };

    protected override void WriteRest(Utf8JsonWriter json)
    {
        json.WriteString("root", Root);
        json.WriteString("data", Data);
        Optional(json, "specFile", SpecFile);
        Optional(json, "spec", SpecDigest);
        Optional(json, "encoder", Encoder);
        json.WriteString("device", Device);
        json.WritePropertyName("fingerprint");
        Fingerprint.WriteTo(json);
        json.WriteString("output", Output);
        json.WriteBoolean("force", Force);
        json.WriteStartArray("inputs");
        foreach (var input in Inputs)
        {
            json.WriteStringValue(input);
        }

        json.WriteEndArray();
        json.WriteString("inputKey", Convert.ToHexStringLower(InputKey));
        WriteParts(json, Parts);
    }
}
