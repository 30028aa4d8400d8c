using LegoNet.Audit;
using LegoNet.Changes;
using LegoNet.Encoders;
using LegoNet.Ensembles;
using LegoNet.MLNet.Data;
using LegoNet.MLNet.Encoders;
using LegoNet.Records;
using LegoNet.Specs;
using LegoNet.Store;
using LegoNet.Verification;
using Microsoft.Extensions.Logging;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace LegoNet.MLNet;

/// <summary>
/// A trained model as a step of an ML.NET pipeline: it scores like any ML.NET predictor, and its records can be forgotten, added and
/// corrected. After each change the model directory is byte for byte the one that training on the remaining records would have built.
/// </summary>
/// <remarks>
/// <para>Output columns. Multiclass: PredictedLabel (key), Score (Vector&lt;Single&gt; of class probabilities, in the order of the training
/// label's key) and Probability (of the predicted class). Binary: PredictedLabel (Boolean), Score (mean score of true less that of false) and
/// Probability (of true). Regression: Score.</para>
/// <para>A cursor scores with the state that was current when it was created. A prediction engine, which lives long, scores every row with
/// the state that is current then, so what is forgotten has no part in any prediction from then on.</para>
/// <para>Thread-safe. Disposing closes the model, and removes it if it is temporary (no ModelPath was given at training). Note that a
/// PredictionEngine disposes the transformer it was created from unless its options say otherwise (OwnsTransformer = false).</para>
/// </remarks>
public sealed class LegoNetTransformer : ISingleFeaturePredictionTransformer<LegoNetModel>, IDisposable
{
    private readonly ViewColumns _columns;
    private readonly TemporaryModel? _temporary;
    private readonly ILogger _logger;
    private volatile bool _disposed;

    // Loaded, with no columns kept beside the model and none named: whose a row is cannot be told then.
    private bool _namesAreUnknown;

    // Loaded without an order of its classes, which is not stored: rows with a label say it. Trained, it has that of the training label.
    private bool _takesOrderOfLabels;

    internal LegoNetTransformer(
        LegoNetModel model,
        ViewColumns columns,
        LabelColumn label,
        bool featuresAreCodes,
        TemporaryModel? temporary,
        ILogger logger)
        : this(
            model,
            columns,
            model.Spec.Task == LearningTask.Multiclass ? OutputClasses.ForLabel(label, model.Spec.Classes) : null,
            featuresAreCodes,
            temporary,
            logger)
    {
    }

    private LegoNetTransformer(
        LegoNetModel model,
        ViewColumns columns,
        OutputClasses? classes,
        bool featuresAreCodes,
        TemporaryModel? temporary,
        ILogger logger)
    {
        Model = model;
        FeaturesAreCodes = featuresAreCodes;
        var slots = featuresAreCodes ? model.Spec.Dimension : model.Calibration!.EncodingDimension;
        FeatureColumnType = new VectorDataViewType(NumberDataViewType.Single, slots);
        _columns = columns;
        OutputClasses = classes;
        _temporary = temporary;
        _logger = logger;
    }

    /// <summary>The model. It belongs to the transformer: do not dispose it.</summary>
    public LegoNetModel Model { get; }

    /// <summary>The column that is scored.</summary>
    public string FeatureColumnName => _columns.Features;

    /// <summary>The type of the column that is scored: a Vector&lt;Single&gt; of the length that the model takes.</summary>
    public DataViewType FeatureColumnType { get; }

    /// <summary>The label column that <see cref="Add"/>, <see cref="Correct"/> and <see cref="VerifyData"/> read.</summary>
    public string LabelColumnName => _columns.Label;

    /// <summary>The subject column that <see cref="Add"/>, <see cref="Correct"/> and <see cref="VerifyData"/> read; null: the id is the subject.</summary>
    public string? SubjectColumnName => _columns.Subject;

    /// <summary>
    /// The id column that <see cref="Add"/>, <see cref="Correct"/> and <see cref="VerifyData"/> read; null: rows are named by their
    /// position in their view, which nothing can be corrected by.
    /// </summary>
    public string? IdColumnName => _columns.Id;

    /// <summary>
    /// What is promised of this step after a forget: always exact. Other steps of the pipeline may have learned from the data
    /// (<see cref="PipelineGuarantee"/>).
    /// </summary>
    public Guarantee Guarantee { get; } = Guarantee.Exact;

    /// <summary>
    /// The classes in the order of the Score column's slots; empty unless multiclass. A loaded model that was given no order takes that of the
    /// label column's key where the rows to score have one (<see cref="LegoNetLoadOptions.Classes"/>).
    /// </summary>
    public IReadOnlyList<string> Classes => OutputClasses?.Names ?? [];

    bool ITransformer.IsRowToRowMapper => true;

    internal OutputClasses? OutputClasses { get; }

    /// <summary>Whether the feature column held codes at training; otherwise plain vectors, which the model's calibration turns into codes.</summary>
    internal bool FeaturesAreCodes { get; }

    /// <summary>Opens a model directory, however it was trained.</summary>
    /// <param name="path">The model directory.</param>
    /// <param name="options">Column names and settings.</param>
    /// <exception cref="LegoNetException">There is no model there, or a file of it is damaged.</exception>
    /// <exception cref="NotSupportedException">The model's task is multilabel, which ML.NET has no columns for.</exception>
    internal static LegoNetTransformer Load(string path, LegoNetLoadOptions options)
    {
        options.Validate();
        MLNetAdapters.Register();
        var model = LegoNetModel.Open(path, new ModelOptions
        {
            TagKeyPath = options.TagKeyPath,
            SigningKeyPath = options.SigningKeyPath,
            Threads = options.Threads,
            Logger = options.Logger,
        });
        try
        {
            if (model.Spec.Task == LearningTask.Multilabel)
            {
                throw new NotSupportedException($"{model.Path}: is a multilabel model, which ML.NET has no columns for; use LegoNetModel.");
            }

            var kept = model.Columns;
            var columns = new ViewColumns(
                options.LabelColumnName ?? kept?.Label ?? "Label",
                options.FeatureColumnName ?? kept?.Features ?? "Features",
                options.SubjectColumnName ?? kept?.Subject,
                options.IdColumnName ?? kept?.Id);
            var classes = model.Spec.Task == LearningTask.Multiclass
                ? OutputClasses.ForOrder(options.Classes, model.Spec.Classes, nameof(options.Classes))
                : null;
            var featuresAreCodes = model.Calibration is null || model.Spec.Encoder != FeatureCodes.VectorDeclaration;
            return new LegoNetTransformer(model, columns, classes, featuresAreCodes, null, options.Logger)
            {
                _namesAreUnknown = kept is null && columns is { Subject: null, Id: null },
                _takesOrderOfLabels = options.Classes is null,
            };
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentOutOfRangeException">The feature column is missing, or not one that the model can score; the message names it.</exception>
    public IDataView Transform(IDataView input)
    {
        ArgumentNullException.ThrowIfNull(input);
        return new MappedView(input, Map(input.Schema));
    }

    /// <inheritdoc/>
    public DataViewSchema GetOutputSchema(DataViewSchema inputSchema) => Map(inputSchema).OutputSchema;

    IRowToRowMapper ITransformer.GetRowToRowMapper(DataViewSchema inputSchema) => Map(inputSchema);

    /// <summary>
    /// The model's present state as a scorer of ML.NET's own steps: ApplyOnnxModel with the exported graph, followed by steps that give the
    /// same columns as this transformer. Saved by <c>ml.Model.Save</c>, it is loaded by any host that has Microsoft.ML, Microsoft.ML.OnnxTransformer
    /// and ONNX Runtime, also by PredictionEnginePool, without this package.
    /// </summary>
    /// <remarks>
    /// <para>It is a snapshot. What is forgotten later stays in it and in every file it was saved to: make it and save it again after a forget, and
    /// delete the old ones. Saving this transformer (or a pipeline that ends in it) saves such a snapshot.</para>
    /// <para>Scores equal this transformer's within float rounding. Features are not checked: NaN, or numbers that are no codes, give
    /// a prediction and no error. Adapters of trees need ONNX Runtime 1.21 or later. Disposing it deletes the graph's temporary file; a PredictionEngine
    /// does that with the transformer it was created from unless its options say otherwise.</para>
    /// </remarks>
    /// <param name="ml">The context that scores.</param>
    /// <param name="gpuDeviceId">The GPU to score on. Default: null, the context's (<see cref="MLContext.GpuDeviceId"/>), which is the CPU unless set.</param>
    /// <param name="fallbackToCpu">Whether to score on the CPU when the GPU fails.</param>
    /// <exception cref="LegoNetException">The adapters are neither linear nor trees (a registered estimator's), or the graph would pass 2 GiB.</exception>
    public ITransformer ToOnnxTransformer(MLContext ml, int? gpuDeviceId = null, bool fallbackToCpu = false)
    {
        ArgumentNullException.ThrowIfNull(ml);
        _ = Live();
        return new OnnxSnapshot(ml, this, gpuDeviceId, fallbackToCpu);
    }

    /// <summary>Saves the model's present state as ML.NET's own steps (<see cref="ToOnnxTransformer"/>).</summary>
    /// <exception cref="LegoNetException">The adapters are neither linear nor trees, or the graph would pass 2 GiB.</exception>
    void ICanSaveModel.Save(ModelSaveContext ctx)
    {
        _ = Live();
        using var snapshot = new OnnxSnapshot(new MLContext(), this, null, false);
        snapshot.Save(ctx);
    }

    /// <summary>Forgets everything of one subject: exactly, durably, in one commit.</summary>
    /// <param name="subject">The subject.</param>
    /// <exception cref="LegoNetException">Nothing is stored of the subject, or another process is writing.</exception>
    public Receipt Forget(string subject) => Forget([new ForgetTarget(subject)]);

    /// <summary>Forgets one record.</summary>
    /// <param name="subject">The record's subject.</param>
    /// <param name="id">The record's id within the subject.</param>
    /// <exception cref="LegoNetException">The record is not stored, or another process is writing.</exception>
    public Receipt Forget(string subject, string id) => Forget([new ForgetTarget(subject, id)]);

    /// <summary>Forgets subjects or records, in one commit.</summary>
    /// <param name="targets">Subjects or records.</param>
    /// <param name="ignoreUnknown">Pass over targets of which nothing is stored, so that a list of requests can be run again.</param>
    /// <param name="cancellationToken">Cancels up to the moment of the commit; the model is then as before.</param>
    /// <exception cref="LegoNetException">Nothing is stored of a target, or another process is writing.</exception>
    public Receipt Forget(IEnumerable<ForgetTarget> targets, bool ignoreUnknown = false, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(targets);
        return Live().Forget([.. targets], ignoreUnknown, null, cancellationToken);
    }

    /// <summary>Forgets what the rows of a view name, in one commit.</summary>
    /// <param name="requests">The requests; read once.</param>
    /// <param name="subjectColumnName">The column that names the subject: text or a whole number.</param>
    /// <param name="idColumnName">The column that names the record within the subject; null to forget everything of each subject.</param>
    /// <param name="ignoreUnknown">Pass over requests of which nothing is stored, so that a file of requests can be run again.</param>
    /// <param name="cancellationToken">Cancels up to the moment of the commit; the model is then as before.</param>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing or of the wrong type; the message names it.</exception>
    /// <exception cref="InvalidOperationException">A row has no subject or id.</exception>
    /// <exception cref="LegoNetException">Nothing is stored of a request, or another process is writing.</exception>
    public Receipt Forget(
        IDataView requests,
        string subjectColumnName,
        string? idColumnName = null,
        bool ignoreUnknown = false,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(requests);
        return Forget(ViewTargets.Read(requests, subjectColumnName, idColumnName), ignoreUnknown, cancellationToken);
    }

    /// <summary>Adds a view's rows. A record that is stored already with the same content is passed over, so a retry is safe.</summary>
    /// <param name="records">The rows, with the columns of training; features by the same encoder, or plain vectors for a model of plain vectors.</param>
    /// <param name="options">What to allow.</param>
    /// <param name="cancellationToken">Cancels up to the moment of the commit; the model is then as before.</param>
    /// <exception cref="ArgumentException">
    /// A column is missing, of the wrong type, by another encoder, or cached under other names; the message names it.
    /// </exception>
    /// <exception cref="InvalidOperationException">A row holds a bad value; the message names column and row.</exception>
    /// <exception cref="LegoNetException">
    /// No column is known that says whose a row is or names it, or a record is stored with other content, or was forgotten before and
    /// <see cref="AddOptions.Suppress"/> is set.
    /// </exception>
    public Receipt Add(IDataView records, AddOptions? options = null, CancellationToken cancellationToken = default)
    {
        RequireNames(nameof(Add), "a subject or id column", _columns.Id ?? _columns.Subject);
        if (_columns.Id is null)
        {
            _logger.LogWarning(
                "No id column is named, so each row to add is named by its subject and its position in this view, e.g. \"row 17\"; "
                + "name an id column if single records are to be corrected or forgotten later.");
        }

        return Read(records, (model, read) => model.Add(read, options, null, cancellationToken), cancellationToken);
    }

    /// <summary>Replaces labels or features of stored records.</summary>
    /// <param name="records">The rows as they should be, with the columns of training; each must be stored.</param>
    /// <param name="options">What to allow.</param>
    /// <param name="cancellationToken">Cancels up to the moment of the commit; the model is then as before.</param>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing, of the wrong type, or by another encoder; the message names it.</exception>
    /// <exception cref="InvalidOperationException">A row holds a bad value; the message names column and row.</exception>
    /// <exception cref="LegoNetException">No id column is known, or a record is not stored.</exception>
    public Receipt Correct(IDataView records, AddOptions? options = null, CancellationToken cancellationToken = default)
    {
        RequireNames(nameof(Correct), "an id column", _columns.Id);
        return Read(records, (model, read) => model.Correct(read, options, null, cancellationToken), cancellationToken);
    }

    /// <summary>Derives every byte of the model anew from the stored records and compares.</summary>
    /// <param name="cancellationToken">Cancels.</param>
    public VerificationReport Verify(CancellationToken cancellationToken = default) => Live().Verify(null, cancellationToken);

    /// <summary>Compares stored codes and labels with a view's rows, encoded again.</summary>
    /// <param name="records">The rows, with the columns of training.</param>
    /// <param name="complete">Whether the view should hold every stored record.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing, of the wrong type, or by another encoder; the message names it.</exception>
    /// <exception cref="InvalidOperationException">A row holds a bad value; the message names column and row.</exception>
    /// <exception cref="LegoNetException">The columns that name records are not known.</exception>
    public VerificationReport VerifyData(IDataView records, bool complete = true, CancellationToken cancellationToken = default)
    {
        RequireKnownNames(nameof(VerifyData));
        return Read(records, (model, read) => model.VerifyData(read, complete, cancellationToken), cancellationToken);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _disposed = true;
        Model.Dispose();
        _temporary?.Dispose();
    }

    /// <summary>Checks that the model outlives this transformer.</summary>
    /// <exception cref="ArgumentException">It is temporary.</exception>
    internal void RequireKept(string parameter)
        => OptionRules.Require(_temporary is null, "Has a temporary model, which goes with it: train with a ModelPath.", parameter);

    /// <summary>Checks that rows of a schema could be stored: that its feature column is known to be what the model was trained on.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not.</exception>
    internal void RequireFeatures(DataViewSchema rows) => FeatureCodes.For(Columns.FindVector(rows, "feature", FeatureColumnName), Live(), toStore: true);

    /// <summary>Gives scorers: always the present one, or whichever is current at each call.</summary>
    internal Func<Scorer> CurrentScorers(bool pinned)
    {
        var model = Live();
        if (!pinned)
        {
            return () => Live().Scorer;
        }

        var scorer = model.Scorer;
        return () => scorer;
    }

    /// <summary>The order of the classes in the columns that are added to such rows; null unless multiclass.</summary>
    internal OutputClasses? ClassesFor(DataViewSchema input)
        => (_takesOrderOfLabels && OutputClasses is not null ? OutputClasses.ForLabelOf(input, LabelColumnName, Model.Spec.Classes) : null) ?? OutputClasses;

    private ScoringMapping Map(DataViewSchema input)
    {
        ArgumentNullException.ThrowIfNull(input);
        return new ScoringMapping(this, input);
    }

    private T Read<T>(IDataView view, Func<LegoNetModel, IEnumerable<EncodedRecord>, T> use, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(view);
        var model = Live();
        var features = FeatureCodes.For(Columns.FindVector(view.Schema, "feature", FeatureColumnName), model, toStore: true);
        var label = LabelColumn.Find(view.Schema, LabelColumnName, model.Spec.Task);
        var binding = EncoderAnnotation.TryGet(features.Column);
        binding?.CheckOwners(_columns);
        if (binding?.PrepareCache() is { } cache)
        {
            model.RegisterCache(cache); // Before a row is read: reading puts it into the cache, whatever becomes of it afterwards.
        }

        return use(model, new ViewRecords(view, _columns, features, label, model.Spec.Labels, _logger).Read(cancellationToken));
    }

    // Filed under its position, a row of another view would be somebody else's row at that place, or a person whom no request finds.
    private void RequireNames(string operation, string needed, string? given)
    {
        RequireKnownNames(operation);
        if (given is null)
        {
            throw LegoNetException.BadInput(
                $"{Model.Path}: {operation} needs {needed}, because a row without one is named by its position in its view (\"row 17\") and would be "
                + "taken for the row at that place in another view; name it when training, or by ml.Model.LoadLegoNet(path, idColumnName: ...).");
        }
    }

    private void RequireKnownNames(string operation)
    {
        _ = Live();
        if (_namesAreUnknown)
        {
            throw LegoNetException.BadInput(
                $"{Model.Path}: {operation} does not know whose the rows are, because no column names are kept in {Model.Path}.run.json; "
                + "name them by ml.Model.LoadLegoNet(path, subjectColumnName: ..., idColumnName: ...).");
        }
    }

    private LegoNetModel Live()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        return Model;
    }
}
