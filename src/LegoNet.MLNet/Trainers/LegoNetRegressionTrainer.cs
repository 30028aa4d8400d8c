using LegoNet.Specs;
using Microsoft.Extensions.Logging;
using Microsoft.ML;

namespace LegoNet.MLNet;

/// <summary>
/// Trains a regression model of many small adapters from which records and people can be forgotten exactly. Created by
/// <c>ml.Regression.Trainers.LegoNet</c>, or, with one ridge adapter and no routing, by <c>ExactRidge</c> there.
/// </summary>
/// <remarks>
/// <list type="table">
/// <item><term>Input</term><description>
/// Label: Single; features: a known-size Vector&lt;Single&gt;. A missing value is an error, never skipped.
/// </description></item>
/// <item><term>Output</term><description>Score (the predicted target).</description></item>
/// <item><term>Normalisation</term><description>
/// Not needed in the pipeline, and one that is fitted to the data would have to be forgotten too: an encoder of this package, a public card
/// or a declared range takes its place.
/// </description></item>
/// <item><term>Caching</term><description>Not needed: training reads the data once, row by row, and keeps int8 codes.</description></item>
/// <item><term>Algorithm</term><description>
/// LegoNet (arXiv 2210.16023): each record is routed to the k nearest of n fixed keys, and only their adapters are fitted on it; scores are
/// the mean of the k adapters. Adapters are ridge regressions, solved from exact integer sums, and each chooses its λ by cross-validation on
/// its own records, unless <see cref="LegoNetOptions.Adapter"/> says otherwise.
/// </description></item>
/// </list>
/// </remarks>
public sealed class LegoNetRegressionTrainer : IEstimator<LegoNetTransformer>
{
    private readonly Options _options;
    private readonly ModelFitter _fitter;

    internal LegoNetRegressionTrainer(Options options, ILogger logger)
    {
        _options = LegoNetOptions.Checked(options);
        _fitter = new ModelFitter(_options, logger);
    }

    /// <summary>Trains a model.</summary>
    /// <param name="input">The training data; read once, row by row.</param>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing or of the wrong type; the message names it.</exception>
    /// <exception cref="ArgumentException">An option does not fit the data's columns.</exception>
    /// <exception cref="InvalidOperationException">
    /// A row has a missing label, subject or id, NaN or infinity among its features, or a label outside the declared range.
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
    public SchemaShape GetOutputSchema(SchemaShape inputSchema) => OutputShape.Regression(_options, inputSchema);

    /// <summary>Options of <see cref="LegoNetRegressionTrainer"/>.</summary>
    public sealed class Options : LegoNetOptions
    {
        /// <summary>
        /// The declared range and resolution of the target; labels are stored as whole steps, and predictions stay within the range. Required.
        /// </summary>
        public RegressionTarget? Target { get; set; }

        internal override LearningTask Task => LearningTask.Regression;

        internal override IReadOnlyList<string> DeclaredClasses => [];

        internal override RegressionTarget? DeclaredTarget => Target;

        private protected override void Validate()
        {
            if (Target is null)
            {
                throw new ArgumentNullException(nameof(Target), "The target's range and resolution are declared, e.g. new RegressionTarget(0, 100, 0.1).");
            }

            if (!(Math.Abs(Target.Min) <= 1e12 && Math.Abs(Target.Max) <= 1e12 && Target.Max > Target.Min && Target.Step is >= 1e-9 and <= 1e12
                && (Target.Max - Target.Min) / Target.Step <= RegressionTarget.MaxSteps))
            {
                throw new ArgumentOutOfRangeException(
                    nameof(Target), $"Min must be below Max, both within ±10¹², with at most {RegressionTarget.MaxSteps} steps between them.");
            }

            base.Validate();
        }
    }
}
