using LegoNet.Specs;
using Microsoft.ML;
using Microsoft.ML.Trainers.FastTree;

namespace LegoNet.MLNet.Adapters;

/// <summary>
/// "mlnet:fastforest": random forests (binary: one; multiclass and multi-label: one per class; regression). The score of a class is
/// the sum of the trees' votes, each in −1…1, so half the number of trees is the temperature. Options and defaults are ML.NET's.
/// </summary>
internal sealed class FastForestTrainer : TreeTrainer
{
    public const string TrainerName = "mlnet:fastforest";

    public FastForestTrainer(TrainerDeclaration options, LabelLayout labels, int dimension)
        : base(TrainerName, options, labels, dimension, fraction: 0.7, fractionPerSplit: 0.7) => Declare(options, FitEnvironment.Here);

    /// <inheritdoc/>
    public override double DefaultTemperature => Trees / 2.0;

    protected override double Certain => Trees;

    protected override TreeScore FitBinary(MLContext ml, IDataView rows, int seed)
        => new(ml.BinaryClassification.Trainers.FastForest(Set(new FastForestBinaryTrainer.Options(), seed, bag: 1)).Fit(rows).Model.TrainedTreeEnsemble.Trees);

    protected override TreeScore FitRegression(MLContext ml, IDataView rows, int seed)
    {
        var options = Set(new FastForestRegressionTrainer.Options(), seed, bag: 1);
        return new TreeScore(ml.Regression.Trainers.FastForest(options).Fit(rows).Model.TrainedTreeEnsemble.Trees, Mean: true);
    }
}
