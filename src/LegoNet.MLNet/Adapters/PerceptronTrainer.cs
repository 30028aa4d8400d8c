using LegoNet.Specs;
using Microsoft.ML;
using Microsoft.ML.Trainers;

namespace LegoNet.MLNet.Adapters;

/// <summary>
/// "mlnet:averagedperceptron": the averaged perceptron with the hinge loss, one per class (binary: one). Scores are margins, not log
/// odds; temperature 1 keeps them as they are. Options and defaults are ML.NET's.
/// </summary>
internal sealed class PerceptronTrainer : LinearTrainer
{
    public const string TrainerName = "mlnet:averagedperceptron";

    private readonly double _learningRate;
    private readonly bool _decreaseLearningRate;
    private readonly double _l2;
    private readonly int _iterations;
    private readonly bool _shuffle;

    public PerceptronTrainer(TrainerDeclaration options, LabelLayout labels, int dimension)
        : base(TrainerName, labels, dimension)
    {
        _learningRate = options.Number("learningRate", 1e-6, 1e6, 1);
        _decreaseLearningRate = options.Flag("decreaseLearningRate", false);
        _l2 = options.Number("l2Regularization", 0, 0.5, 0);
        _iterations = options.Integer("numberOfIterations", 1, 100_000, 10);
        _shuffle = options.Flag("shuffle", true);
        Declare(options, FitEnvironment.Here);
    }

    /// <inheritdoc/>
    public override double DefaultTemperature => 1;

    protected override double Certain => 2;

    protected override bool FitsAllClasses => false;

    /// <inheritdoc/>
    public override double RefitCost(long rows, int dimension, int outputs)
    {
        const double CostOfPass = 20; // In the units of the forecast.
        return CostOfPass * _iterations * rows * dimension * (Labels.Task == LearningTask.Binary ? 1 : outputs);
    }

    protected override IReadOnlyList<LinearScore> FitMulticlass(MLContext ml, IDataView rows, int seed) => throw new NotSupportedException();

    protected override LinearScore FitBinary(MLContext ml, IDataView rows, int seed)
        => ScoreOf(ml.BinaryClassification.Trainers.AveragedPerceptron(new AveragedPerceptronTrainer.Options
        {
            LearningRate = (float)_learningRate,
            DecreaseLearningRate = _decreaseLearningRate,
            L2Regularization = (float)_l2,
            NumberOfIterations = _iterations,
            Shuffle = _shuffle,
        }).Fit(rows).Model);

    protected override LinearScore FitRegression(MLContext ml, IDataView rows, int seed) => throw new NotSupportedException();
}
