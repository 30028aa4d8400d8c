using System.Collections;
using LegoNet.Audit;
using LegoNet.Changes;
using LegoNet.Records;
using LegoNet.Verification;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace LegoNet.MLNet;

/// <summary>
/// A model with the steps around it that are kept beside it: it scores rows as they come, and its records can be forgotten, added and corrected. Opened
/// by <see cref="LegoNetModelCatalog.LoadLegoNet(ModelOperationsCatalog, string, LegoNetLoadOptions)"/>.
/// </summary>
/// <remarks>
/// Rows are those that the whole pipeline took at training. Without kept steps (<see cref="LegoNetModelCatalog.SaveLegoNet"/>) they are those that the
/// model itself takes, with their features made. Thread-safe. Disposing closes the model. A PredictionEngine disposes the pipeline that it
/// was created from unless its options say otherwise (OwnsTransformer = false).
/// </remarks>
public sealed class LegoNetPipeline : ITransformer, IEnumerable<ITransformer>, IDisposable
{
    private readonly TransformerChain<ITransformer> _steps;
    private readonly TransformerChain<ITransformer>? _front;

    /// <summary>Puts the steps together.</summary>
    /// <param name="transformer">The model.</param>
    /// <param name="steps">The steps before and behind it, with their scopes.</param>
    /// <param name="front">How many of them stand before it.</param>
    internal LegoNetPipeline(LegoNetTransformer transformer, IReadOnlyList<(ITransformer Step, TransformerScope Scope)> steps, int front)
    {
        Transformer = transformer;
        _front = front > 0 ? Chain(steps.Take(front)) : null;
        _steps = Chain([.. steps.Take(front), (transformer, TransformerScope.Everything), .. steps.Skip(front)]);
    }

    /// <summary>The step that scores and forgets. Its rows have their features made.</summary>
    public LegoNetTransformer Transformer { get; }

    /// <summary>The steps as a chain of ML.NET, which knows their scopes.</summary>
    internal TransformerChain<ITransformer> Steps => _steps;

    /// <summary>The model. It belongs to the pipeline: do not dispose it.</summary>
    public LegoNetModel Model => Transformer.Model;

    bool ITransformer.IsRowToRowMapper => ((ITransformer)_steps).IsRowToRowMapper;

    /// <inheritdoc/>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing, or not one that its step takes; the message names it.</exception>
    public IDataView Transform(IDataView input) => _steps.Transform(input);

    /// <inheritdoc/>
    public DataViewSchema GetOutputSchema(DataViewSchema inputSchema) => _steps.GetOutputSchema(inputSchema);

    IRowToRowMapper ITransformer.GetRowToRowMapper(DataViewSchema inputSchema) => ((ITransformer)_steps).GetRowToRowMapper(inputSchema);

    void ICanSaveModel.Save(ModelSaveContext ctx) => ((ICanSaveModel)_steps).Save(ctx);

    /// <inheritdoc cref="LegoNetTransformer.Forget(string)"/>
    public Receipt Forget(string subject) => Transformer.Forget(subject);

    /// <inheritdoc cref="LegoNetTransformer.Forget(string, string)"/>
    public Receipt Forget(string subject, string id) => Transformer.Forget(subject, id);

    /// <inheritdoc cref="LegoNetTransformer.Forget(IEnumerable{ForgetTarget}, bool, CancellationToken)"/>
    public Receipt Forget(IEnumerable<ForgetTarget> targets, bool ignoreUnknown = false, CancellationToken cancellationToken = default)
        => Transformer.Forget(targets, ignoreUnknown, cancellationToken);

    /// <inheritdoc cref="LegoNetTransformer.Forget(IDataView, string, string?, bool, CancellationToken)"/>
    public Receipt Forget(
        IDataView requests,
        string subjectColumnName,
        string? idColumnName = null,
        bool ignoreUnknown = false,
        CancellationToken cancellationToken = default)
        => Transformer.Forget(requests, subjectColumnName, idColumnName, ignoreUnknown, cancellationToken);

    /// <inheritdoc cref="LegoNetTransformer.Add(IDataView, AddOptions?, CancellationToken)"/>
    public Receipt Add(IDataView records, AddOptions? options = null, CancellationToken cancellationToken = default)
        => Transformer.Add(Featurized(records), options, cancellationToken);

    /// <inheritdoc cref="LegoNetTransformer.Correct(IDataView, AddOptions?, CancellationToken)"/>
    public Receipt Correct(IDataView records, AddOptions? options = null, CancellationToken cancellationToken = default)
        => Transformer.Correct(Featurized(records), options, cancellationToken);

    /// <inheritdoc cref="LegoNetTransformer.Verify"/>
    public VerificationReport Verify(CancellationToken cancellationToken = default) => Transformer.Verify(cancellationToken);

    /// <inheritdoc cref="LegoNetTransformer.VerifyData(IDataView, bool, CancellationToken)"/>
    public VerificationReport VerifyData(IDataView records, bool complete = true, CancellationToken cancellationToken = default)
        => Transformer.VerifyData(Featurized(records), complete, cancellationToken);

    /// <summary>The steps in their order, the model among them.</summary>
    public IEnumerator<ITransformer> GetEnumerator() => _steps.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <inheritdoc/>
    public void Dispose() => _steps.Dispose();

    // As at training: steps that only training and tests need, such as the label's, are among them.
    private IDataView Featurized(IDataView rows)
    {
        ArgumentNullException.ThrowIfNull(rows);
        return _front?.Transform(rows, TransformerScope.Training) ?? rows;
    }

    private static TransformerChain<ITransformer> Chain(IEnumerable<(ITransformer Step, TransformerScope Scope)> steps)
        => new([.. steps.Select(s => s.Step)], [.. steps.Select(s => s.Scope)]);
}
