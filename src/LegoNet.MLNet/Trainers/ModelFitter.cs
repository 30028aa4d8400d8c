using LegoNet.Adapters;
using LegoNet.Calibration;
using LegoNet.Data.Json;
using LegoNet.MLNet.Data;
using LegoNet.MLNet.Encoders;
using LegoNet.Routing;
using LegoNet.Specs;
using Microsoft.Extensions.Logging;
using Microsoft.ML;

namespace LegoNet.MLNet;

/// <summary>What all trainers do: freeze a spec from options and column types, then stream the view's rows into a model.</summary>
internal sealed class ModelFitter
{
    private readonly ExactTrainerOptions _options;
    private readonly LearningTask _task;
    private readonly string[]? _classes;
    private readonly double[]? _prior;
    private readonly RegressionTarget? _target;
    private readonly ILogger _logger;

    /// <summary>Creates the fitter.</summary>
    /// <param name="options">Valid options that no one changes any more.</param>
    /// <param name="task">The task.</param>
    /// <param name="classes">The declared classes; null for those of the label's key, or where there are none to declare.</param>
    /// <param name="target">The declared range; regression only.</param>
    /// <param name="logger">Receives warnings.</param>
    public ModelFitter(ExactTrainerOptions options, LearningTask task, IReadOnlyList<string>? classes, RegressionTarget? target, ILogger logger)
    {
        _options = options;
        _task = task;
        _classes = classes is null ? null : [.. classes];
        _prior = options.Prior is null ? null : [.. options.Prior];
        _target = target;
        _logger = logger;
    }

    public LegoNetTransformer Fit(IDataView input)
    {
        ArgumentNullException.ThrowIfNull(input);
        var columns = new RecordColumns(_options.LabelColumnName, _options.FeatureColumnName, _options.SubjectColumnName, _options.IdColumnName);
        var label = LabelColumn.Find(input.Schema, columns.Label, _task);
        var source = FindFeatures(input.Schema, columns.Features);
        source.Binding?.CheckOwners(columns);
        var definition = Freeze(source, label);
        var records = new ViewRecords(input, columns, source.Codes, label, definition.Spec.Labels);
        if (columns.Id is null)
        {
            _logger.LogWarning("No id column is named, so each row is named by its position in this view, e.g. \"row 17\"; name an id column if single records are to be forgotten later.");
        }

        var temporary = _options.ModelPath is null ? new TemporaryModel() : null;
        LegoNetModel? model = null;
        try
        {
            var settings = new ModelOptions
            {
                Threads = _options.Threads,
                TagKeyPath = _options.TagKeyPath,
                SigningKeyPath = _options.SigningKeyPath,
                Replace = _options.Overwrite,
                Caches = source.Binding?.PrepareCache() is { } cache ? [cache] : [],
                Logger = _logger,
            };
            model = LegoNetModel.Train(temporary?.Path ?? _options.ModelPath!, definition, records.Read(), settings);
            temporary?.KeepFor(model);
            return new LegoNetTransformer(model, columns, label, source.Binding is not null, temporary);
        }
        catch
        {
            model?.Dispose();
            temporary?.Dispose();
            throw;
        }
    }

    private Source FindFeatures(DataViewSchema schema, string name)
    {
        var column = Columns.FindVector(schema, "feature", name);
        var (card, range) = (_options.Card, _options.FeatureRange);
        if (EncoderAnnotation.TryGet(column) is { } binding)
        {
            return card is null && range is null
                ? new Source(FeatureCodes.Coded(column, binding.Fingerprint), binding, binding.Declaration, binding.Calibration, binding.PublicKeys)
                : throw new ArgumentException($"Column '{name}' holds codes already, so {(card is null ? "FeatureRange" : "Card")} does not apply to it.");
        }

        var size = ((Microsoft.ML.Data.VectorDataViewType)column.Type).Size;
        var calibration = card?.Calibration
            ?? (range is not null ? CodeCalibration.FromRange(size, range.Min, range.Max)
                : throw new ArgumentException($"Column '{name}' holds plain vectors, and how they become codes must be declared, not learned from the data: set Card to a calibration card (made of public data by `legonet calibrate`), or FeatureRange to the features' range, or let an encoder of this package make the column."));
        return new Source(FeatureCodes.Calibrated(column, calibration), null, FeatureCodes.VectorDeclaration, calibration, card is null ? null : card.TakeKeys);
    }

    private ModelDefinition Freeze(Source source, LabelColumn label)
    {
        var dimension = source.Codes.Dimension;
        IReadOnlyList<string> classes = _task switch
        {
            LearningTask.Regression => [],
            LearningTask.Binary => [bool.FalseString, bool.TrueString],

            // Sorted, because the order of a key's values is often the order that they were met in, which a model must not depend on.
            _ => _classes ?? (label.Values is null ? label.Names : [.. label.Names.Order(StringComparer.Ordinal)]),
        };
        try
        {
            var keys = _options.KeySource == KeySource.Gaussian
                ? GaussianKeys.Create(_options.KeySeed, _options.AdapterCount, dimension)
                : (source.PublicKeys ?? throw LegoNetException.BadInput($"Keys is Public, but the encoder of column '{source.Codes.Column.Name}' has no card with public keys."))(_options.AdapterCount);
            var trainer = CreateTrainer(new LabelLayout(_task, classes, _target), dimension);
            var spec = new ModelSpec
            {
                Task = _task,
                Classes = classes,
                Target = _target,
                Prior = _prior,
                Temperature = _options.Temperature ?? trainer.DefaultTemperature,
                Dimension = dimension,
                Encoder = source.Declaration,
                Fingerprint = source.Codes.Fingerprint,
                Calibration = source.Calibration?.Digest,
                Adapters = _options.AdapterCount,
                Active = _options.ActiveCount,
                Keys = _options.KeySource,
                KeysDigest = keys.Digest,
                Adapter = trainer.Declaration,
                Seed = _options.KeySeed,
            };

            // As it will be read back: whatever is wrong is said now and not after the data has been read.
            return new ModelDefinition
            {
                Spec = ModelSpec.Parse(spec.ToJson(), "The trainer's options"),
                Keys = keys,
                Calibration = source.Calibration,
                EncoderPath = source.Binding?.ModelPath,
            };
        }
        catch (LegoNetException e)
        {
            throw new ArgumentException(e.Message, e);
        }
    }

    private IAdapterTrainer CreateTrainer(LabelLayout labels, int dimension)
    {
        MLNetAdapters.Register();
        var json = _options.AdapterJson ?? FormattableString.Invariant($$"""{"lambda":{{_options.Lambda}},"trainer":"ridge"}""");
        return AdapterTrainers.Create(SpecObject.Parse(json, nameof(LegoNetOptions.Adapter)), labels, dimension);
    }

    /// <summary>A feature column, and what a spec says of it.</summary>
    private sealed record Source(FeatureCodes Codes, EncoderBinding? Binding, string Declaration, CodeCalibration? Calibration, Func<int, KeySet>? PublicKeys);
}
