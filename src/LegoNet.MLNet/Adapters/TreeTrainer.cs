using LegoNet.Adapters;
using LegoNet.Specs;
using Microsoft.ML;
using Microsoft.ML.Trainers.FastTree;

namespace LegoNet.MLNet.Adapters;

/// <summary>
/// What the tree trainers have in common: fitted to the codes themselves, one fit per class, stored as a <see cref="TreeAdapter"/>. ML.NET
/// fits trees one at a time within a process, so adapters of trees are not refitted in parallel.
/// </summary>
internal abstract class TreeTrainer : MLNetTrainer<TreeScore>
{
    // Not 1, and no risk: every sum of a tree belongs to one leaf and one feature, and is made by one thread in the order of the rows. With 1,
    // ML.NET starts and awaits a task for each feature, which takes twice the time. Whatever asks for trees first within a process sets
    // the number for all, so it could not be pinned; that trees are the same with every number is tested.
    private const int Threads = 2;

    protected TreeTrainer(string name, TrainerDeclaration options, LabelLayout labels, int dimension, double fraction, double fractionPerSplit)
        : base(name, labels, dimension)
    {
        Trees = options.Integer("numberOfTrees", 1, 100_000, 100);
        Leaves = options.Integer("numberOfLeaves", 2, 65_535, 20);
        RowsPerLeaf = options.Integer("minimumExampleCountPerLeaf", 1, 1_000_000, 10);
        Bins = options.Integer("maximumBinCountPerFeature", 2, 255, 255);
        FeatureFraction = options.Number("featureFraction", 0.001, 1, fraction);
        FeatureFractionPerSplit = options.Number("featureFractionPerSplit", 0.001, 1, fractionPerSplit);
        BagFraction = options.Number("baggingExampleFraction", 0.001, 1, 0.7);
    }

    protected int Trees { get; }

    protected int Leaves { get; }

    protected int RowsPerLeaf { get; }

    protected int Bins { get; }

    protected double FeatureFraction { get; }

    protected double FeatureFractionPerSplit { get; }

    protected double BagFraction { get; }

    protected sealed override bool FitsAllClasses => false;

    protected sealed override bool ScalesCodes => false;

    /// <inheritdoc/>
    public sealed override double RefitCost(long rows, int dimension, int outputs)
    {
        // In the units of the forecast. What a tree costs depends on its leaves and features more than on its rows: ML.NET makes a
        // table of sums for each leaf and feature.
        const double CostOfTable = 300_000;
        const double CostOfCode = 250;
        return (double)Trees * dimension * ((CostOfTable * Leaves) + (CostOfCode * rows)) * (Labels.Task == LearningTask.Binary ? 1 : outputs);
    }

    /// <inheritdoc/>
    public sealed override IAdapter Load(ReadOnlyMemory<byte> bytes, string file) => TreeAdapter.Read(bytes, file, Labels.Outputs, Dimension);

    protected sealed override IReadOnlyList<TreeScore> FitMulticlass(MLContext ml, IDataView rows, int seed) => throw new NotSupportedException();

    protected sealed override byte[] ToFile(FittedScore<TreeScore>[] scores)
    {
        var trees = new List<AdapterTree>();
        for (var c = 0; c < scores.Length; c++)
        {
            var (model, scale, _) = scores[c];
            if (model is null)
            {
                continue;
            }

            scale = model.Mean ? scale / model.Trees.Count : scale;

            // A tree that found no split adds nothing, whatever ML.NET keeps in its one leaf.
            trees.AddRange(model.Trees.Where(tree => tree.NumberOfNodes > 0).Select(tree => Convert(tree, c, scale)));
        }

        return new TreeAdapter(Array.ConvertAll(scores, s => s.Offset), trees).ToFile();
    }

    /// <summary>Sets what all tree trainers share, threads and seeds among it.</summary>
    protected TOptions Set<TOptions>(TOptions options, int seed, int bag)
        where TOptions : TreeOptions
    {
        options.NumberOfTrees = Trees;
        options.NumberOfLeaves = Leaves;
        options.MinimumExampleCountPerLeaf = RowsPerLeaf;
        options.MaximumBinCountPerFeature = Bins;
        options.FeatureFraction = FeatureFraction;
        options.FeatureFractionPerSplit = FeatureFractionPerSplit;
        options.BaggingSize = bag;
        options.BaggingExampleFraction = BagFraction;
        options.NumberOfThreads = Threads;
        options.Seed = seed;
        options.FeatureSelectionSeed = seed;
        options.MemoryStatistics = false;
        return options;
    }

    private AdapterTree Convert(RegressionTreeBase tree, int output, double scale)
    {
        if (tree.CategoricalSplitFlags.Any(flag => flag))
        {
            throw new InvalidOperationException("a tree splits by categories, which codes are not");
        }

        int[] features = [.. tree.NumericalSplitFeatureIndexes];
        float[] thresholds = [.. tree.NumericalSplitThresholds];
        double[] leaves = [.. tree.LeafValues.Select(value => value * scale)];
        return Array.TrueForAll(leaves, double.IsFinite) && Array.TrueForAll(thresholds, float.IsFinite)
            ? AdapterTree.Create(output, features, thresholds, [.. tree.LeftChild], [.. tree.RightChild], leaves)
            : throw NotFinite();
    }
}
