using LegoNet.Specs;
using Microsoft.ML;
using Microsoft.ML.Trainers.FastTree;

namespace LegoNet.MLNet.Adapters;

/// <summary>
/// "mlnet:fasttree": boosted trees (binary: one ensemble; multiclass and multi-label: one per class; regression). The scores of classes
/// are log odds divided by twice the learning rate, hence the temperature 1 / (2 · learning rate). Options and defaults are ML.NET's.
/// </summary>
internal sealed class FastTreeTrainer : TreeTrainer
{
    public const string TrainerName = "mlnet:fasttree";

    private readonly double _learningRate;
    private readonly int _bag;
    private readonly bool _unbalanced;

    public FastTreeTrainer(TrainerDeclaration options, LabelLayout labels, int dimension)
        : base(TrainerName, options, labels, dimension, fraction: 1, fractionPerSplit: 1)
    {
        _learningRate = options.Number("learningRate", 1e-6, 100, 0.2);
        _bag = options.Integer("baggingSize", 0, 100_000, 0);
        if (_bag > 0 && Trees % _bag != 0)
        {
            throw options.Error("baggingSize", $"must divide numberOfTrees, {Trees}");
        }

        _unbalanced = labels.Task != LearningTask.Regression && options.Flag("unbalancedSets", false);
        Declare(options, FitEnvironment.Here);
    }

    /// <inheritdoc/>
    public override double DefaultTemperature => 1 / (2 * _learningRate);

    protected override double Certain => 4 * DefaultTemperature;

    protected override TreeScore FitBinary(MLContext ml, IDataView rows, int seed)
    {
        var options = Set(new FastTreeBinaryTrainer.Options { LearningRate = _learningRate, UnbalancedSets = _unbalanced }, seed, _bag);
        return new TreeScore(ml.BinaryClassification.Trainers.FastTree(options).Fit(rows).Model.SubModel.TrainedTreeEnsemble.Trees);
    }

    protected override TreeScore FitRegression(MLContext ml, IDataView rows, int seed)
    {
        var options = Set(new FastTreeRegressionTrainer.Options { LearningRate = _learningRate }, seed, _bag);
        return new TreeScore(ml.Regression.Trainers.FastTree(options).Fit(rows).Model.TrainedTreeEnsemble.Trees);
    }
}
