using System.Diagnostics;
using LegoNet.Calibration;
using LegoNet.Encoders;
using LegoNet.MLNet.Data;
using LegoNet.MLNet.Encoders;
using LegoNet.Pipelines;
using LegoNet.Specs;
using LegoNet.Store;
using Microsoft.Extensions.Logging;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace LegoNet.MLNet;

/// <summary>What all trainers do: freeze a spec from options and column types, then stream the view's rows into a model.</summary>
/// <param name="options">Checked options that no one changes any more.</param>
/// <param name="logger">Receives stages and warnings.</param>
internal sealed class ModelFitter(LegoNetOptions options, ILogger logger)
{
    // The k of the rule plays no part in what records are read with, nor does n.
    private static readonly EnsembleSize s_notYetKnown = new(1, 1);

    public LegoNetTransformer Fit(IDataView input, IProgress<LegoNetProgress>? progress, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(input);
        var watch = Stopwatch.StartNew();
        var columns = new ViewColumns(options.LabelColumnName, options.FeatureColumnName, options.SubjectColumnName, options.IdColumnName);
        var label = LabelColumn.Find(input.Schema, columns.Label, options.Task);
        var source = FindFeatures(input.Schema, columns.Features);
        source.Binding.CheckOwners(columns);
        var definition = Freeze(source, label, options.Size ?? s_notYetKnown);
        var records = new ViewRecords(input, columns, source.Codes, label, definition.Spec.Labels, logger);
        if (columns.Id is null)
        {
            logger.LogWarning(
                "No id column is named, so each row is named by its position in this view, e.g. \"row 17\"; "
                + "name an id column if single records are to be forgotten later.");
        }

        var temporary = options.ModelPath is null ? new TemporaryModel() : null;
        LegoNetModel? model = null;
        try
        {
            var settings = new ModelOptions
            {
                Threads = options.Threads,
                TagKeyPath = options.TagKeyPath,
                SigningKeyPath = options.SigningKeyPath,
                Replace = options.Overwrite,
                Caches = source.Binding.PrepareCache() is { } cache ? [cache] : [],
                Logger = logger,
                Columns = columns,
                Sized = options.Size is null ? rows => Freeze(source, label, Choose(rows, definition.Spec)) : null,
            };
            var stages = new FitStages(logger, progress);
            var read = stages.Count(records.Read(cancellationToken), input.GetRowCount());
            model = LegoNetModel.Train(temporary?.Path ?? options.ModelPath!, definition, read, settings, stages, cancellationToken);
            temporary?.KeepFor(model);
            LogResult(model, watch.Elapsed);
            return new LegoNetTransformer(model, columns, label, source.Codes.AreStored, temporary, logger);
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
        var (card, range) = (options.Card, options.FeatureRange);
        if (EncoderAnnotation.TryGet(column) is { } binding)
        {
            return card is null && range is null
                ? new Source(FeatureCodes.Coded(column, binding.Fingerprint), binding)
                : throw new ArgumentException($"Column '{name}' holds codes already, so {(card is null ? "FeatureRange" : "Card")} does not apply to it.");
        }

        var size = ((VectorDataViewType)column.Type).Size;
        var calibration = card?.Calibration ?? (range is null ? throw Undeclared(name) : CodeCalibration.FromRange(size, range.Min, range.Max));
        var codes = FeatureCodes.Calibrated(column, calibration);
        return new Source(codes, new EncoderBinding
        {
            Declaration = FeatureCodes.VectorDeclaration,
            Fingerprint = codes.Fingerprint,
            Calibration = calibration,
            PublicKeys = card is null ? null : card.TakeKeys,
        });
    }

    private ModelDefinition Freeze(Source source, LabelColumn label, EnsembleSize size)
    {
        var (codes, binding) = source;
        var encoder = new FrozenEncoder(
            codes.Dimension,
            binding.Declaration,
            codes.Fingerprint,
            binding.Calibration,
            binding.PublicKeys
                ?? (_ => throw LegoNetException.BadInput($"Keys is Public, but the encoder of column '{codes.Column.Name}' has no card with public keys.")),
            binding.ModelPath);
        try
        {
            return CreatePlan(label, size).Freeze(encoder);
        }
        catch (LegoNetException e)
        {
            throw new ArgumentException(e.Message, e);
        }
    }

    private ModelPlan CreatePlan(LabelColumn label, EnsembleSize size) => new()
    {
        Origin = "The trainer's options",
        Task = options.Task,

        // Sorted, because the order of a key's values is often the order that they were met in, which a model must not depend on.
        Classes = options.DeclaredClasses ?? (label.Values is null ? label.Names : [.. label.Names.Order(StringComparer.Ordinal)]),
        Target = options.DeclaredTarget,
        Prior = options.Prior,
        Temperature = options.Temperature,
        Ensemble = options.Ensemble,
        Adapters = size.Adapters,
        Active = size.Active,
        Keys = options.Keys,
        Adapter = options.ReadAdapter(),
        Seed = options.Seed,
    };

    private EnsembleSize Choose(long rows, ModelSpec spec)
    {
        var size = EnsembleSize.For(rows, spec.Dimension, spec.Classes.Count);
        logger.LogInformation(
            "{Rows} rows of {Dimension} codes{Classes} get {Adapters} adapters, of which {Active} learn from each row; the model declares both from here on, so "
            + "set Adapters = {Adapters} and Active = {Active} to keep them when you train again.",
            rows,
            spec.Dimension,
            spec.Classes.Count > 0 ? $" and {spec.Classes.Count} classes" : "",
            size.Adapters,
            size.Active,
            size.Adapters,
            size.Active);
        return size;
    }

    private void LogResult(LegoNetModel model, TimeSpan elapsed) => logger.LogInformation(
        "Trained {Adapters} adapters, {Active} for each of {Records} records, by {Trainer} in {Seconds:F1} s.",
        model.Spec.Adapters,
        model.Spec.Active,
        model.RecordCount,
        options.ReadAdapter().String("trainer"),
        elapsed.TotalSeconds);

    private static ArgumentException Undeclared(string column) => new(
        $"Column '{column}' holds plain vectors, and how they become codes must be declared, not learned from the data: set Card to a calibration card "
        + "(made of public data by `legonet calibrate`), or FeatureRange to the features' range, or let an encoder of this package make the column.");

    /// <summary>A feature column, and what made its codes.</summary>
    private sealed record Source(FeatureCodes Codes, EncoderBinding Binding);
}
