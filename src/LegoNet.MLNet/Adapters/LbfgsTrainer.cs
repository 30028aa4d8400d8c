using LegoNet.Specs;
using Microsoft.ML;
using Microsoft.ML.Trainers;

namespace LegoNet.MLNet.Adapters;

/// <summary>
/// "mlnet:lbfgs": logistic regression by L-BFGS. Multiclass: one maximum-entropy model of all classes; binary and multi-label: a logistic
/// regression per class. Scores are log odds, so the temperature is 1. Options and defaults are ML.NET's.
/// </summary>
internal sealed class LbfgsTrainer : LinearTrainer
{
    public const string TrainerName = "mlnet:lbfgs";

    private readonly double _l1;
    private readonly double _l2;
    private readonly double _tolerance;
    private readonly int _history;
    private readonly int _iterations;
    private readonly bool _nonNegative;

    public LbfgsTrainer(TrainerDeclaration options, LabelLayout labels, int dimension)
        : base(TrainerName, labels, dimension)
    {
        _l1 = options.Number("l1Regularization", 0, 1e6, 1);
        _l2 = options.Number("l2Regularization", 0, 1e6, 1);
        _tolerance = options.Number("optimizationTolerance", 1e-12, 0.1, 1e-7);
        _history = options.Integer("historySize", 1, 1000, 20);
        _iterations = options.Integer("maximumNumberOfIterations", 1, int.MaxValue, int.MaxValue);
        _nonNegative = options.Flag("enforceNonNegativity", false);
        Declare(options, FitEnvironment.Here);
    }

    /// <inheritdoc/>
    public override double DefaultTemperature => 1;

    protected override double Certain => 4;

    protected override bool FitsAllClasses => true;

    /// <inheritdoc/>
    public override double RefitCost(long rows, int dimension, int outputs)
    {
        const double CostOfAll = 1000; // In the units of the forecast: passes over the rows, each slower than the integer kernel.
        return CostOfAll * rows * dimension * outputs;
    }

    protected override IReadOnlyList<LinearScore> FitMulticlass(MLContext ml, IDataView rows, int seed)
        => ScoresOf(ml.MulticlassClassification.Trainers.LbfgsMaximumEntropy(new LbfgsMaximumEntropyMulticlassTrainer.Options
        {
            L1Regularization = (float)_l1,
            L2Regularization = (float)_l2,
            OptimizationTolerance = (float)_tolerance,
            HistorySize = _history,
            MaximumNumberOfIterations = _iterations,
            EnforceNonNegativity = _nonNegative,
            NumberOfThreads = 1,
            Quiet = true,
        }).Fit(rows).Model);

    protected override LinearScore FitBinary(MLContext ml, IDataView rows, int seed)
        => ScoreOf(ml.BinaryClassification.Trainers.LbfgsLogisticRegression(new LbfgsLogisticRegressionBinaryTrainer.Options
        {
            L1Regularization = (float)_l1,
            L2Regularization = (float)_l2,
            OptimizationTolerance = (float)_tolerance,
            HistorySize = _history,
            MaximumNumberOfIterations = _iterations,
            EnforceNonNegativity = _nonNegative,
            NumberOfThreads = 1,
            Quiet = true,
        }).Fit(rows).Model.SubModel);

    protected override LinearScore FitRegression(MLContext ml, IDataView rows, int seed) => throw new NotSupportedException();
}
