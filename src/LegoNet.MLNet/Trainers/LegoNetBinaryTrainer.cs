using LegoNet.Specs;
using Microsoft.Extensions.Logging;
using Microsoft.ML;

namespace LegoNet.MLNet;

/// <summary>
/// Trains a binary model of many small adapters from which records and people can be forgotten exactly. Created by
/// <c>ml.BinaryClassification.Trainers.LegoNet</c>, or, as one logistic regression without routing, by <c>ExactLogisticRegression</c> there.
/// </summary>
/// <remarks>
/// <list type="table">
/// <item><term>Input</term><description>
/// Label: Boolean; features: a known-size Vector&lt;Single&gt;. A missing value is an error, never skipped.
/// </description></item>
/// <item><term>Output</term><description>
/// PredictedLabel (Boolean), Score (the mean score of true less that of false) and Probability (of true).
/// </description></item>
/// <item><term>Normalisation</term><description>
/// Not needed in the pipeline, and one that is fitted to the data would have to be forgotten too: an encoder of this package, a public card
/// or a declared range takes its place.
/// </description></item>
/// <item><term>Caching</term><description>Not needed: training reads the data once, row by row, and keeps int8 codes.</description></item>
/// <item><term>Algorithm</term><description>
/// LegoNet (arXiv 2210.16023): each record is routed to the k nearest of n fixed keys, and only their adapters are fitted on it; scores are
/// made of those of the k adapters. Each adapter chooses ridge or softmax regression and λ by cross-validation on its own records, from exact
/// integer sums, unless <see cref="LegoNetOptions.Adapter"/> says otherwise.
/// </description></item>
/// </list>
/// </remarks>
public sealed class LegoNetBinaryTrainer : IEstimator<LegoNetTransformer>
{
    private readonly Options _options;
    private readonly ModelFitter _fitter;

    internal LegoNetBinaryTrainer(Options options, ILogger logger)
    {
        _options = LegoNetOptions.Checked(options);
        _fitter = new ModelFitter(_options, logger);
    }

    /// <summary>Trains a model.</summary>
    /// <param name="input">The training data; read once, row by row.</param>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing or of the wrong type; the message names it.</exception>
    /// <exception cref="ArgumentException">An option does not fit the data's columns.</exception>
    /// <exception cref="InvalidOperationException">
    /// A row has a missing label, subject or id, NaN or infinity among its features, or a label that is not declared.
    /// </exception>
    /// <exception cref="LegoNetException">Two rows have the same identity and different content, there is no row, or the model cannot be written.</exception>
    public LegoNetTransformer Fit(IDataView input) => _fitter.Fit(input, _options.Progress, _options.CancellationToken);

    /// <summary>Trains a model, as <see cref="Fit(IDataView)"/> does; for steps of a chain, the options take progress and token.</summary>
    /// <param name="input">The training data; read once, row by row.</param>
    /// <param name="progress">Receives progress, from several threads; null for none.</param>
    /// <param name="cancellationToken">Cancels; no model is left behind.</param>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    /// <inheritdoc cref="Fit(IDataView)" path="/exception"/>
    public LegoNetTransformer Fit(IDataView input, IProgress<LegoNetProgress>? progress, CancellationToken cancellationToken = default)
        => _fitter.Fit(input, progress, cancellationToken);

    /// <inheritdoc/>
    public SchemaShape GetOutputSchema(SchemaShape inputSchema) => OutputShape.Binary(_options, inputSchema);

    /// <summary>Options of <see cref="LegoNetBinaryTrainer"/>.</summary>
    public sealed class Options : LegoNetOptions
    {
        internal override LearningTask Task => LearningTask.Binary;

        internal override IReadOnlyList<string> DeclaredClasses { get; } = [bool.FalseString, bool.TrueString];
    }
}
