using System.Numerics;
using LegoNet.Data.Json;
using LegoNet.Numerics;

namespace LegoNet.Specs;

/// <summary>
/// The frozen spec: everything that learning depends on apart from the records themselves, and nothing else. It is stored in the
/// model directory as canonical JSON. Paths, devices, threads and caches are settings of a run and never appear here.
/// </summary>
public sealed class ModelSpec
{
    /// <summary>The temperature of a spec that declares none, where its trainer asks for no other.</summary>
    public const double DefaultTemperature = 0.1;

    /// <summary>The longest code.</summary>
    internal const int MaxDimension = 65_535;

    private const int FormatVersion = 1;

    // Of the arithmetic; a change that could alter a stored bit raises it.
    private const int NumericsVersion = 1;

    /// <summary>The task.</summary>
    public required LearningTask Task { get; init; }

    /// <summary>Declared classes, [C]; empty for regression.</summary>
    public IReadOnlyList<string> Classes { get; init; } = [];

    /// <summary>Declared range of the target; regression only.</summary>
    public RegressionTarget? Target { get; init; }

    /// <summary>
    /// Scores of a record all of whose adapters are empty: class probabilities, [C] (default uniform), or for regression the target
    /// itself, [1] (default the middle of the range). Declared, never counted.
    /// </summary>
    public IReadOnlyList<double>? Prior { get; init; }

    /// <summary>Divisor of the mean score in the softmax that gives probabilities.</summary>
    public double Temperature { get; init; } = DefaultTemperature;

    /// <summary>How the scores of a record's adapters become one.</summary>
    public EnsembleRule Ensemble { get; init; }

    /// <summary>Length d of the int8 code.</summary>
    public required int Dimension { get; init; }

    /// <summary>The encoder, as canonical JSON: its declaration (built-in) or digest and treatment of inputs (ONNX).</summary>
    public required string Encoder { get; init; }

    /// <summary>What every record's code must have been made by, unless the caller allows others.</summary>
    public required EncoderFingerprint Fingerprint { get; init; }

    /// <summary>SHA-256 of the calibration file; null where the encoder gives codes directly.</summary>
    public string? Calibration { get; init; }

    /// <summary>Adapters, n.</summary>
    public required int Adapters { get; init; }

    /// <summary>Adapters that a record activates, k.</summary>
    public required int Active { get; init; }

    /// <summary>Where the keys come from: <see cref="Seed"/>, or the encoder's card.</summary>
    public required KeySource Keys { get; init; }

    /// <summary>SHA-256 of the key file.</summary>
    public required string KeysDigest { get; init; }

    /// <summary>The adapters' trainer and its options, as canonical JSON, e.g. {"lambda":100000,"trainer":"ridge"}.</summary>
    public required string Adapter { get; init; }

    /// <summary>Seed of Gaussian keys and of trainers that draw.</summary>
    public long Seed { get; init; } = 1;

    /// <summary>
    /// Rows that a segment of the record store may hold before it splits. Default: about 256 KiB of codes, so that forgetting
    /// rewrites little and large stores do not scatter into tiny files.
    /// </summary>
    public int SegmentRows
    {
        get => field == 0 ? DefaultSegmentRows(Dimension) : field;
        init;
    }

    /// <summary>How labels are spelled and stored.</summary>
    public LabelLayout Labels => field ??= new LabelLayout(Task, Classes, Target);

    internal static int DefaultSegmentRows(int dimension) => Math.Clamp((1 << 18) / (int)BitOperations.RoundUpToPowerOf2((uint)dimension), 64, 1024);

    /// <summary>
    /// The scores of a record all of whose adapters abstain, [C] or [1]: those that the declared temperature turns into exactly the
    /// declared prior. Used for scoring only, so a logarithm does no harm here.
    /// </summary>
    internal double[] PriorScores
    {
        get
        {
            switch (Task)
            {
                case LearningTask.Regression:
                    return [((Prior?[0] ?? Target!.Min + ((Target.Max - Target.Min) / 2)) - Target!.Min) / Target.Step];
                case LearningTask.Multilabel:
                    return
                    [
                        .. Enumerable.Range(0, Classes.Count)
                            .Select(c => Math.Clamp(Prior?[c] ?? 0, 1e-12, 1 - 1e-12))
                            .Select(p => 0.5 + (Temperature * Math.Log(p / (1 - p)))),
                    ];
                default:
                    return [.. Enumerable.Range(0, Classes.Count).Select(c => Temperature * Math.Log(Math.Max(Prior?[c] ?? (1.0 / Classes.Count), 1e-12)))];
            }
        }
    }

    /// <summary>The seed handed to the trainer of one adapter.</summary>
    internal ulong AdapterSeed(int adapter) => SplitMix64.Mix((ulong)Seed ^ SplitMix64.Mix((ulong)adapter + 1));

    /// <summary>The stored form.</summary>
    public byte[] ToJson() => CanonicalJson.Write(json =>
    {
        json.WriteStartObject();
        json.WriteNumber("format", FormatVersion);
        json.WriteNumber("numerics", NumericsVersion);
        json.WriteString("task", Task.Word());
        if (Task != LearningTask.Regression)
        {
            json.WriteStartArray("classes");
            foreach (var name in Classes)
            {
                json.WriteStringValue(name);
            }

            json.WriteEndArray();
        }
        else
        {
            json.WriteStartObject("target");
            json.WriteNumber("min", Target!.Min);
            json.WriteNumber("max", Target.Max);
            json.WriteNumber("step", Target.Step);
            json.WriteEndObject();
        }

        if (Prior is not null)
        {
            json.WriteStartArray("prior");
            foreach (var value in Prior)
            {
                json.WriteNumberValue(value);
            }

            json.WriteEndArray();
        }

        json.WriteNumber("temperature", Temperature);
        if (Ensemble != EnsembleRule.Scores)
        {
            json.WriteString("ensemble", Ensemble.Word());
        }

        json.WriteNumber("dimension", Dimension);
        json.WritePropertyName("encoder");
        json.WriteRawValue(Encoder);
        json.WritePropertyName("fingerprint");
        Fingerprint.WriteTo(json);
        if (Calibration is not null)
        {
            json.WriteString("calibration", Calibration);
        }

        json.WriteStartObject("routing");
        json.WriteNumber("adapters", Adapters);
        json.WriteNumber("active", Active);
        json.WriteString("keys", Keys.Word());
        json.WriteString("digest", KeysDigest);
        json.WriteEndObject();
        json.WritePropertyName("adapter");
        json.WriteRawValue(Adapter);
        json.WriteNumber("seed", Seed);
        json.WriteNumber("segmentRows", SegmentRows);
        json.WriteEndObject();
    });

    /// <summary>Reads the stored form, and checks every declaration's range.</summary>
    /// <exception cref="LegoNetException">A member is missing, unknown, of the wrong type or out of range.</exception>
    public static ModelSpec Parse(ReadOnlySpan<byte> json, string file)
    {
        var root = StrictJson.Parse(json, file, JsonRules.ForPeople);
        var format = root.Integer("format", 1, int.MaxValue);
        var numerics = root.Integer("numerics", 1, int.MaxValue);
        if (format != FormatVersion || numerics != NumericsVersion)
        {
            throw root.Error(
                null,
                $"has format {format} and numerics {numerics}; this version reads format {FormatVersion} and numerics {NumericsVersion}, "
                + "so use the version that wrote it");
        }

        var (task, classes, target, prior, temperature) = ReadTask(root);
        var fingerprint = root.Object("fingerprint");
        var routing = root.Object("routing");
        var spec = new ModelSpec
        {
            Task = task,
            Classes = classes,
            Target = target,
            Prior = prior,
            Temperature = temperature ?? DefaultTemperature,
            Ensemble = ReadEnsemble(root, task) ?? EnsembleRule.Scores,
            Dimension = (int)root.Integer("dimension", 1, MaxDimension),
            Encoder = root.Object("encoder").ToCanonicalJson(),
            Fingerprint = new EncoderFingerprint(
                fingerprint.String("encoder"),
                fingerprint.String("runtime"),
                fingerprint.String("provider"),
                fingerprint.String("precision"),
                (int)fingerprint.Integer("threads", 0, 65_535),
                (int)fingerprint.Integer("batch", 1, 65_535),
                fingerprint.OptionalString("processor")),
            Calibration = root.OptionalString("calibration"),
            Adapters = (int)routing.Integer("adapters", 1, 65_535),
            Active = (int)routing.Integer("active", 1, routing.Integer("adapters", 1, 65_535)),
            Keys = SpecWords.Read<KeySource>(routing, "keys", SpecWords.Word),
            KeysDigest = routing.String("digest"),
            Adapter = root.Object("adapter").ToCanonicalJson(),
            Seed = root.Integer("seed", 0, long.MaxValue),
            SegmentRows = (int)root.Integer("segmentRows", 2, 65_535),
        };
        fingerprint.Finish();
        routing.Finish();
        root.Finish();
        return spec;
    }

    /// <summary>The members about the task, which a pipeline spec spells in the same way.</summary>
    internal static (LearningTask Task, IReadOnlyList<string> Classes, RegressionTarget? Target, IReadOnlyList<double>? Prior, double? Temperature) ReadTask(
        StrictJson root)
    {
        var task = SpecWords.Read<LearningTask>(root, "task", SpecWords.Word);
        IReadOnlyList<string> classes = [];
        RegressionTarget? target = null;
        if (task == LearningTask.Regression)
        {
            var declared = root.Object("target");
            var min = declared.Number("min", -RegressionTarget.Largest, RegressionTarget.Largest);
            var max = declared.Number("max", -RegressionTarget.Largest, RegressionTarget.Largest);
            var step = declared.Number("step", RegressionTarget.FinestStep, RegressionTarget.Largest);
            declared.Finish();
            target = RegressionTarget.HasRange(min, max, step)
                ? new RegressionTarget(min, max, step)
                : throw declared.Error(null, $"needs min below max and at most {RegressionTarget.MaxSteps} steps between them");
        }
        else
        {
            classes = root.OptionalStrings("classes") ?? throw root.Missing("classes", ": classes are declared, never found in the data");
            if (classes.Distinct(StringComparer.Ordinal).Count() != classes.Count || classes.Any(string.IsNullOrWhiteSpace))
            {
                throw root.Error("classes", "must be distinct and not blank");
            }

            if (task == LearningTask.Multilabel && classes.Any(c => c.Contains('|', StringComparison.Ordinal) || c != c.Trim()))
            {
                throw root.Error("classes", "must not contain '|' or begin or end with a blank, since labels of several classes are joined by '|'");
            }

            if (task == LearningTask.Binary ? classes.Count != 2 : classes.Count is < 1 or > 65_535)
            {
                var names = task == LearningTask.Binary ? "exactly two classes, the second being the positive one" : "1 to 65535 classes";
                throw root.Error("classes", $"must name {names}");
            }
        }

        var prior = root.OptionalNumbers("prior");
        if (prior is not null && WhyNotPrior(task, classes, target, prior) is { } why)
        {
            throw root.Error("prior", why);
        }

        var temperature = root.Number("temperature", 1e-6, 1e6, DefaultTemperature);
        return (task, classes, target, prior, root.Has("temperature") ? temperature : null);
    }

    /// <summary>The rule of the ensemble, which a pipeline spec spells in the same way; null where it declares none.</summary>
    internal static EnsembleRule? ReadEnsemble(StrictJson root, LearningTask task)
    {
        if (!root.Has("ensemble"))
        {
            return null;
        }

        var rule = SpecWords.Read<EnsembleRule>(root, "ensemble", SpecWords.Word);
        return task != LearningTask.Regression || rule == EnsembleRule.Scores
            ? rule
            : throw root.Error("ensemble", $"must be \"{EnsembleRule.Scores.Word()}\" for a regression, whose scores are no logits");
    }

    /// <summary>What is wrong with a declared prior, as the rest of a sentence; null when nothing.</summary>
    internal static string? WhyNotPrior(LearningTask task, IReadOnlyList<string> classes, RegressionTarget? target, IReadOnlyList<double> prior)
    {
        var count = Math.Max(1, classes.Count);
        return prior.Count != count ? $"must have {count} numbers" : task switch
        {
            LearningTask.Regression => prior[0] >= target!.Min && prior[0] <= target.Max ? null : "must lie within the target's declared range",
            LearningTask.Multilabel => prior.All(p => p is >= 0 and <= 1) ? null : "must be probabilities",
            _ => prior.All(p => p >= 0) && Math.Abs(prior.Sum() - 1) <= 1e-6 ? null : "must be probabilities that sum to 1",
        };
    }
}
