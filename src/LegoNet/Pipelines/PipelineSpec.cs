using System.Text.Json.Nodes;
using LegoNet.Adapters;
using LegoNet.Calibration;
using LegoNet.Data;
using LegoNet.Data.Csv;
using LegoNet.Data.Json;
using LegoNet.Data.Sources;
using LegoNet.Encoders;
using LegoNet.Files;
using LegoNet.Routing;
using LegoNet.Specs;

namespace LegoNet.Pipelines;

/// <summary>
/// A spec as people write it (pipelines/*.json): the task and how to learn it, which is frozen into a <see cref="ModelSpec"/>, and
/// where data and encoder are, which is not.
/// </summary>
public sealed class PipelineSpec
{
    private readonly ModelPlan _plan;
    private readonly StrictJson? _source;
    private readonly StrictJson? _test;

    private PipelineSpec(StrictJson root, string file)
    {
        File = file;
        Paths = SourceContext.ForFile(file);
        Name = root.OptionalString("name") ?? Path.GetFileNameWithoutExtension(file);
        var (task, classes, target, prior, temperature) = ModelSpec.ReadTask(root);
        Encoder = root.Object("encoder");
        _source = root.OptionalObject("source");
        _test = root.OptionalObject("test");
        var routing = root.Object("routing");
        var adapters = (int)routing.Integer("adapters", 1, 65_535);
        var active = (int)routing.Integer("active", 1, adapters);
        var keys = SpecWords.Read<KeySource>(routing, "keys", SpecWords.Word, KeySource.Gaussian);
        routing.Finish();
        _plan = new ModelPlan
        {
            Origin = file,
            Task = task,
            Classes = classes,
            Target = target,
            Prior = prior,
            Temperature = temperature,
            Ensemble = ModelSpec.ReadEnsemble(root, task),
            Adapters = adapters,
            Active = active,
            Keys = keys,
            Adapter = root.OptionalObject("adapter") ?? StrictJson.Parse(AdapterTrainers.Default(task), $"{file} (adapter)"),
            Seed = root.Integer("seed", 0, long.MaxValue, 1),
        };
        root.Finish();
    }

    /// <summary>The spec's file.</summary>
    public string File { get; }

    /// <summary>The pipeline's name.</summary>
    public string Name { get; }

    /// <summary>Resolves the spec's paths.</summary>
    public SourceContext Paths { get; }

    /// <summary>The description of the encoder.</summary>
    public StrictJson Encoder { get; }

    /// <summary>True when the spec has a "test" source.</summary>
    public bool HasTest => _test is not null;

    /// <summary>Reads a spec file.</summary>
    /// <exception cref="LegoNetException">The file is missing or malformed; the message names the member.</exception>
    public static PipelineSpec Load(string file) => new(StrictJson.Load(file), file);

    /// <summary>Reads a copy of a spec file, whose paths are resolved as in the file itself.</summary>
    /// <param name="json">The copy.</param>
    /// <param name="file">The file.</param>
    internal static PipelineSpec Parse(string json, string file) => new(StrictJson.Parse(json, file), file);

    /// <summary>Opens the records to train on.</summary>
    /// <exception cref="LegoNetException">The spec names no source, or a malformed one.</exception>
    public IRecordSource OpenSource() => SourceRegistry.Create(_source ?? throw LegoNetException.BadInput($"{File}: source is missing."), Paths);

    /// <summary>Opens the records to evaluate on.</summary>
    /// <exception cref="LegoNetException">The spec names no test source, or a malformed one.</exception>
    public IRecordSource OpenTest() => SourceRegistry.Create(_test ?? throw LegoNetException.BadInput($"{File}: test is missing."), Paths);

    /// <summary>Opens records on a command line: a description in JSON as it says, anything else as laid out like the spec's own source.</summary>
    /// <param name="data">A file or folder, or a description such as "SPEC.json#test".</param>
    /// <param name="kind">What the encoder reads.</param>
    /// <param name="needsLabels">Whether a table without the label's column is refused; what is only to be scored has none yet.</param>
    /// <exception cref="LegoNetException">The file is missing, or the description malformed.</exception>
    internal IRecordSource OpenLike(string data, RecordInputKind kind, bool needsLabels)
    {
        var files = PhysicalFileLayer.Instance;
        var path = Path.GetFullPath(data);
        var isFile = files.FileExists(path);
        if ((!isFile && !files.DirectoryExists(path)) || Path.GetExtension(path).Equals(".json", StringComparison.OrdinalIgnoreCase))
        {
            return SourcePath.Infer(data, kind);
        }

        var source = _source is null ? null : (JsonObject)JsonNode.Parse(_source.ToJson())!;
        var member = source is null ? null : source.ContainsKey("vectors") ? "vectors" : source.ContainsKey("path") ? "path" : null;
        if (member is null)
        {
            return SourcePath.Infer(data, kind);
        }

        // "${" in a path would name an environment variable; the context answers with the path instead.
        source![member] = "${DATA}";
        if (source.ContainsKey("records"))
        {
            source["records"] = "${RECORDS}";
        }

        var layout = StrictJson.Parse(source.ToJsonString(), $"{File} (source)");
        if (!needsLabels && member == "path" && source.ContainsKey("label") && isFile)
        {
            using var table = CsvTable.Open(path, CsvMembers.ReadOptions(layout, path));
            if (!table.Columns.Contains((string)source["label"]!))
            {
                source.Remove("label");
                source.Remove("labelTrim");
            }
        }

        var context = new SourceContext(".", name => name == "RECORDS" ? Path.ChangeExtension(path, ".csv") : path);
        return SourceRegistry.Create(StrictJson.Parse(source.ToJsonString(), $"{File} (source)"), context);
    }

    /// <summary>How labels are spelled and stored.</summary>
    public LabelLayout Labels => _plan.Labels;

    /// <summary>Creates the encoder that the spec describes. A card that the spec says how to make is made first.</summary>
    /// <param name="device">"auto", "cpu", "cuda" or "cuda:N".</param>
    /// <param name="modelPath">The ONNX file, where it is not the one that the spec names.</param>
    /// <param name="progress">Receives progress.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public EncoderSetup CreateEncoder(
        string device = "auto",
        string? modelPath = null,
        IProgress<LegoNetProgress>? progress = null,
        CancellationToken cancellationToken = default)
        => EncoderRegistry.Create(Encoder, new EncoderSettings
        {
            Device = device,
            ModelPath = modelPath,
            Paths = Paths,
            Progress = progress,
            CancellationToken = cancellationToken,
            Records = _source is null ? null : OpenSource,
        });

    /// <summary>Freezes what learning depends on.</summary>
    /// <param name="encoder">The encoder in use.</param>
    /// <param name="copyEncoder">Whether the model directory gets a copy of the encoder's file.</param>
    /// <exception cref="LegoNetException">The spec asks for public keys that the encoder's card lacks, or declares a malformed adapter.</exception>
    public ModelDefinition Freeze(EncoderSetup encoder, bool copyEncoder = false)
    {
        ArgumentNullException.ThrowIfNull(encoder);
        var frozen = new FrozenEncoder(
            encoder.Encoder.Dimension,
            encoder.Declaration,
            encoder.Encoder.Fingerprint,
            encoder.Calibration,
            encoder.PublicKeys ?? (_ => throw LegoNetException.BadInput($"{File}: routing.keys is \"public\", but the encoder has no card with public keys.")),
            encoder.ModelPath);
        return _plan.Freeze(frozen, copyEncoder);
    }

    /// <summary>Freezes the spec for rebuilding a model: encoder, calibration and code length stay those of the model.</summary>
    /// <param name="model">The model whose stored codes will be used.</param>
    /// <exception cref="LegoNetException">
    /// The spec describes another encoder, or asks for more public keys than the model has and names no card with them.
    /// </exception>
    public ModelDefinition FreezeFor(LegoNetModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        RequireSameEncoder(model);
        var spec = model.Spec;
        var frozen = new FrozenEncoder(spec.Dimension, spec.Encoder, spec.Fingerprint, model.Calibration, _ => KeysOf(model), model.EncoderPath);
        return _plan.Freeze(frozen, model.EncoderCopy is not null);
    }

    // Stored codes are those of the model's encoder, so a spec with another one asks for what a rebuild cannot give. An encoder whose
    // file or card is not at hand is taken at its type: nothing is encoded.
    private void RequireSameEncoder(LegoNetModel model)
    {
        var type = StrictJson.Parse(model.Spec.Encoder, $"{model.Path} (encoder)").String("type");
        var same = Encoder.String("type") == type;
        if (same && Encoder.Has("card"))
        {
            var card = Paths.ResolvePath(Encoder, "card");
            same = !PhysicalFileLayer.Instance.FileExists(card) || CalibrationCard.Load(card).Calibration.Digest == model.Spec.Calibration;
        }
        else if (same)
        {
            using var setup = CreateEncoder();
            same = setup.Declaration == model.Spec.Encoder && setup.Calibration?.Digest == model.Spec.Calibration;
        }

        if (!same)
        {
            throw Encoder.Error(null, "is another encoder than the model's, and a rebuild starts from the codes that are stored; train anew instead");
        }
    }

    // A card's keys are used from the first on, so a model with more public keys holds those of one with fewer.
    private KeySet KeysOf(LegoNetModel model)
    {
        if (model.Spec.Keys == KeySource.Public && model.Keys.Count >= _plan.Adapters)
        {
            return KeySet.FromValues(model.Keys.Values[..(_plan.Adapters * model.Spec.Dimension)], model.Spec.Dimension);
        }

        var card = Encoder.Has("card") ? CreateEncoder().PublicKeys : null;
        return card is not null ? card(_plan.Adapters)
            : throw LegoNetException.BadInput($"{File}: routing.keys is \"public\" with {_plan.Adapters} adapters; "
                + $"the model has {(model.Spec.Keys == KeySource.Public ? model.Keys.Count : 0)} public keys, and the spec's encoder has no card.");
    }
}
