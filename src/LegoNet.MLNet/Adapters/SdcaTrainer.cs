using LegoNet.Specs;
using Microsoft.ML;
using Microsoft.ML.Trainers;

namespace LegoNet.MLNet.Adapters;

/// <summary>
/// "mlnet:sdca": stochastic dual coordinate ascent. Multiclass: one maximum-entropy model of all classes; binary and multi-label: a
/// logistic regression per class; regression: least squares. Scores of classes are log odds, so the temperature is 1.
/// </summary>
/// <remarks>ML.NET chooses regularisation and iterations by the number of rows unless they are given; here they are declared, always.</remarks>
internal sealed class SdcaTrainer : LinearTrainer
{
    public const string TrainerName = "mlnet:sdca";

    private readonly double _l1;
    private readonly double _l2;
    private readonly double _tolerance;
    private readonly double _biasLearningRate;
    private readonly int _iterations;
    private readonly bool _shuffle;

    public SdcaTrainer(TrainerDeclaration options, LabelLayout labels, int dimension)
        : base(TrainerName, labels, dimension)
    {
        _l1 = options.Number("l1Regularization", 0, 1e6, 0);
        _l2 = options.Number("l2Regularization", 1e-9, 1e6, 1e-4);
        _tolerance = options.Number("convergenceTolerance", 1e-6, 1, 0.01);
        _biasLearningRate = options.Number("biasLearningRate", 0, 1, 0); // ML.NET's 1 for regression diverges on a shard of equal rows.
        _iterations = options.Integer("maximumNumberOfIterations", 1, 100_000, 100);
        _shuffle = options.Flag("shuffle", true);
        Declare(options, FitEnvironment.Here);
    }

    /// <inheritdoc/>
    public override double DefaultTemperature => 1;

    protected override double Certain => 4;

    protected override bool FitsAllClasses => true;

    /// <inheritdoc/>
    public override double RefitCost(long rows, int dimension, int outputs)
    {
        const double CostOfPass = 15; // In the units of the forecast.
        return CostOfPass * _iterations * rows * dimension * outputs;
    }

    protected override IReadOnlyList<LinearScore> FitMulticlass(MLContext ml, IDataView rows, int seed)
        => ScoresOf(ml.MulticlassClassification.Trainers.SdcaMaximumEntropy(new SdcaMaximumEntropyMulticlassTrainer.Options
        {
            L1Regularization = (float)_l1,
            L2Regularization = (float)_l2,
            ConvergenceTolerance = (float)_tolerance,
            BiasLearningRate = (float)_biasLearningRate,
            MaximumNumberOfIterations = _iterations,
            Shuffle = _shuffle,
            NumberOfThreads = 1,
        }).Fit(rows).Model);

    protected override LinearScore FitBinary(MLContext ml, IDataView rows, int seed)
        => ScoreOf(ml.BinaryClassification.Trainers.SdcaLogisticRegression(new SdcaLogisticRegressionBinaryTrainer.Options
        {
            L1Regularization = (float)_l1,
            L2Regularization = (float)_l2,
            ConvergenceTolerance = (float)_tolerance,
            BiasLearningRate = (float)_biasLearningRate,
            MaximumNumberOfIterations = _iterations,
            Shuffle = _shuffle,
            NumberOfThreads = 1,
        }).Fit(rows).Model.SubModel);

    protected override LinearScore FitRegression(MLContext ml, IDataView rows, int seed)
        => ScoreOf(ml.Regression.Trainers.Sdca(new SdcaRegressionTrainer.Options
        {
            L1Regularization = (float)_l1,
            L2Regularization = (float)_l2,
            ConvergenceTolerance = (float)_tolerance,
            BiasLearningRate = (float)_biasLearningRate,
            MaximumNumberOfIterations = _iterations,
            Shuffle = _shuffle,
            NumberOfThreads = 1,
        }).Fit(rows).Model);
}
