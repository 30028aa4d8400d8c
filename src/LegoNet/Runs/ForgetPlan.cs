using System.Text.Json;
using LegoNet.Data.Json;

namespace LegoNet.Runs;

/// <summary>The plan of a forget: records → copies → shards, where there are many records and rows are needed → solve.</summary>
internal sealed class ForgetPlan : RunPlan
{
    public const string Copies = "copies";

    /// <inheritdoc/>
    public override string Kind => "forget";

    /// <summary>The root digest of the state that is changed.</summary>
    public required string Root { get; init; }

    /// <summary>SHA-256 of the model's frozen spec.</summary>
    public required string Frozen { get; init; }

    /// <summary>SHA-256 of the file that says whom and what to forget, as keyed tags.</summary>
    public required string Targets { get; init; }

    /// <summary>Where the requests stood, for messages: a file, or nothing.</summary>
    public required string? Requests { get; init; }

    /// <summary>Whether targets of which nothing is stored are passed over.</summary>
    public required bool IgnoreUnknown { get; init; }

    /// <summary>Whether the run began anew: somebody else may have forgotten some of its targets meanwhile, and nothing is wrong with that.</summary>
    public bool IsRenewed { get; init; }

    /// <summary>Whether what becomes obsolete is overwritten before it is unlinked.</summary>
    public required bool Shred { get; init; }

    /// <summary>Registered caches of encodings that are lost for good.</summary>
    public required IReadOnlyList<string> DropCaches { get; init; }

    /// <summary>Whether the trie is changed as one, since it is too small to be changed by parts.</summary>
    public required bool Whole { get; init; }

    /// <summary>How the work is divided.</summary>
    public required TrainDivision Division { get; init; }

    /// <inheritdoc/>
    public override IReadOnlyList<RunStage> Stages => field ??= Number(
        (TrainPlan.Records, Division.KeyRanges, false),
        (Copies, Division.KeyRanges, false),
        (TrainPlan.Shards, Division.Groups * Division.Bundles, false),
        (TrainPlan.Solve, Division.AdapterRanges, false));

    /// <summary>The same plan for another state of the model.</summary>
    public ForgetPlan For(string root, bool whole) => new()
    {
        Model = Model,
        TagKey = TagKey,
        TagKeyFingerprint = TagKeyFingerprint,
        SigningKey = SigningKey,
        Memory = Memory,
        Root = root,
        Frozen = Frozen,
        Targets = Targets,
        Requests = Requests,
        IgnoreUnknown = IgnoreUnknown,
        IsRenewed = true,
        Shred = Shred,
        DropCaches = DropCaches,
        Whole = whole,
        Division = whole ? Division with { KeyRanges = 1, Groups = Math.Min(Division.Groups, 1) } : Division,
    };

    public static ForgetPlan Read(StrictJson root) => new()
    {
        WrittenBy = root.String("legonet"),
        Model = root.String("model"),
        TagKey = root.OptionalString("tagKey"),
        TagKeyFingerprint = root.OptionalString("tagKeyFingerprint"),
        SigningKey = root.OptionalString("signingKey"),
        Memory = root.Integer("memory", 1, long.MaxValue),
        Root = root.Digest("root"),
        Frozen = root.Digest("frozen"),
        Targets = root.Digest("targets"),
        Requests = root.OptionalString("requests"),
        IgnoreUnknown = root.Boolean("ignoreUnknown", false),
        IsRenewed = root.Boolean("renewed", false),
        Shred = root.Boolean("shred", false),
        DropCaches = root.Strings("dropCaches"),
        Whole = root.Boolean("whole", false),
        Division = TrainDivision.Read(root.Object("division")),
    };

    protected override void WriteRest(Utf8JsonWriter json)
    {
        json.WriteString("root", Root);
        json.WriteString("frozen", Frozen);
        json.WriteString("targets", Targets);
        Optional(json, "requests", Requests);
        json.WriteBoolean("ignoreUnknown", IgnoreUnknown);
        json.WriteBoolean("renewed", IsRenewed);
        json.WriteBoolean("shred", Shred);
        json.WriteStartArray("dropCaches");
        foreach (var cache in DropCaches)
        {
            json.WriteStringValue(cache);
        }

        json.WriteEndArray();
        json.WriteBoolean("whole", Whole);
        json.WriteStartObject("division");
        Division.WriteTo(json);
        json.WriteEndObject();
    }
}
