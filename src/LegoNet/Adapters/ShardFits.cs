using LegoNet.Numerics;
using LegoNet.Specs;

namespace LegoNet.Adapters;

/// <summary>
/// The three forms of a fit, by the shard's rows m and columns D alone. Few rows: the kernel matrix of the rows, factored. Few columns: the Gram
/// matrix of the columns, factored. Many of both: no matrix, but more passes over the rows.
/// </summary>
/// <param name="labels">How labels are stored.</param>
/// <param name="dimension">Length d of a code; D = d + 1.</param>
/// <param name="folds">Folds, from 1.</param>
internal sealed class ShardFits(LabelLayout labels, int dimension, int folds)
{
    // A matrix of this order is factored in the time of a few passes; the time grows with its cube.
    private const int LargestOrder = 2049;

    // Where the time of a fit goes, against that of one multiply-add as forecasts time it: an integer product, a step of a factorisation, a number
    // of a factor in a search's step, a number of a row in it (most searches end early), a row's logit with its exponentials, and a number of a code
    // that is hashed, sorted and laid out. Measured on shards of 500 to 9,000 rows, 64 to 4,096 columns and 2 to 30 classes.
    private const double ProductCost = 0.5;
    private const double FactorCost = 3;
    private const double SolveCost = 7;
    private const double PassCost = 0.1;
    private const double LogitCost = 60;
    private const double CodeCost = 240;

    private const string GramName = "gram";
    private const string MomentsName = "moments";

    // The passes round residuals to what suits logits, so numbers are always fitted from a matrix.
    private readonly int _largestOrder = labels.Task == LearningTask.Regression ? int.MaxValue : LargestOrder;

    private int Width => dimension + 1;

    private int Outputs => SoftmaxFit.Logits(labels);

    /// <summary>Whether fits go through sums over the rows.</summary>
    public bool UsesSums(long rows) => rows > Width && Width <= _largestOrder;

    /// <summary>What fits to a shard take, in the multiply-adds that forecasts time.</summary>
    /// <param name="rows">Rows, m.</param>
    /// <param name="ridge">Ridge candidates.</param>
    /// <param name="softmax">Softmax candidates.</param>
    public double Cost(long rows, int ridge, int softmax)
    {
        // Searches along λ mostly end at the second; each that was tried gets a temperature.
        double m = rows, d = Width, tried = folds > 1 ? folds : 0, train = tried == 0 ? m : m * (folds - 1) / folds;
        double passes = SoftmaxFit.EvaluationsFor(rows, Width), searched = tried == 0 ? 0 : Math.Min(softmax, 2);
        var trials = tried == 0 ? 0 : searched + Math.Min(ridge, 2);
        var solved = Math.Min(Math.Max(ridge, softmax), 2);
        var logits = (passes * (searched + 1)) + (TemperatureFit.Steps * trials);
        var readingAndLogits = m * ((CodeCost * d) + (LogitCost * Outputs * logits));
        double Factoring(double order) => FactorCost * order * order * order / 6;
        if (UsesSums(rows))
        {
            var evaluations = passes * ((PassCost * 2 * d * (m + (tried * searched * train))) + (SolveCost * d * d * (1 + (tried * searched))));
            return (ProductCost * m * d * d / 2) + ((1 + (tried * solved)) * Factoring(d)) + (Outputs * evaluations) + readingAndLogits;
        }

        return readingAndLogits + (UsesKernel(rows)
            ? (ProductCost * m * m * d / 2) + Factoring(m) + (tried * solved * Factoring(train))
                + (SolveCost * Outputs * passes * ((m * m) + (tried * searched * train * train)))
            : 2 * d * Outputs * ((m * PassFits.Passes) + (tried * trials * train * PassFits.FoldPasses)));
    }

    /// <summary>Fits to a shard.</summary>
    /// <param name="shard">The rows.</param>
    /// <param name="threads">Threads to use.</param>
    /// <param name="choose">Makes an adapter's file of the fits.</param>
    public FittedAdapter Fit(Shard shard, int threads, Func<ICandidateFits, FoldedShard, byte[]> choose)
    {
        if (UsesSums(shard.Rows))
        {
            var rows = new FoldedShard(shard, folds);
            return FitWith([.. rows.Folds.Select(f => Sums(rows, f, threads))], rows, threads, choose);
        }

        if (UsesKernel(shard.Rows))
        {
            shard.Sort();
            var rows = new FoldedShard(shard, folds);
            using var dual = new DualFits(rows, threads);
            return new FittedAdapter(choose(dual, rows));
        }

        var all = new FoldedShard(shard, folds);
        using var fits = new PassFits(all, threads);
        return new FittedAdapter(choose(fits, all));
    }

    /// <summary>Fits to a shard whose sums are those of another one and a change.</summary>
    /// <param name="sums">The sums before; altered.</param>
    /// <param name="change">The change.</param>
    /// <param name="threads">Threads to use.</param>
    /// <param name="choose">Makes an adapter's file of the fits.</param>
    public FittedAdapter Update(
        IReadOnlyDictionary<string, long[]> sums, ShardChange change, int threads, Func<ICandidateFits, FoldedShard, byte[]> choose)
    {
        var bySum = Enumerable.Range(0, folds).Select(f => new FoldSums(sums[GramName + f], sums[MomentsName + f])).ToArray();
        Add(change.Removed, bySum, subtract: true);
        Add(change.Added, bySum, subtract: false);
        return FitWith(bySum, new FoldedShard(change.After, folds), threads, choose);
    }

    private bool UsesKernel(long rows) => rows <= Width && rows <= _largestOrder;

    private static FittedAdapter FitWith(FoldSums[] sums, FoldedShard shard, int threads, Func<ICandidateFits, FoldedShard, byte[]> choose)
    {
        using var fits = new PrimalFits(shard, sums, threads);
        var kept = new Dictionary<string, long[]>();
        for (var f = 0; f < sums.Length; f++)
        {
            kept.Add(GramName + f, sums[f].Gram);
            kept.Add(MomentsName + f, sums[f].Moments);
        }

        return new FittedAdapter(choose(fits, shard), kept);
    }

    private FoldSums Sums(FoldedShard shard, RowRange range, int threads)
    {
        var sums = FoldSums.Empty(Width, Outputs);
        var codes = shard.Codes.AsSpan(range.First * dimension, range.Count * dimension);
        GramKernel.AddGram(codes, dimension, sums.Gram, threads);
        Targets.AddSums(labels, codes, dimension, shard.Words.AsSpan(range.First * labels.Width, range.Count * labels.Width), sums.Moments, false);
        return sums;
    }

    private void Add(Shard rows, FoldSums[] sums, bool subtract)
    {
        for (var r = 0; r < rows.Rows; r++)
        {
            var code = rows.Codes.Slice(r * dimension, dimension);
            var fold = sums[FoldedShard.FoldOf(code, rows.Label(r), folds)];
            if (subtract)
            {
                GramKernel.SubtractGram(code, dimension, fold.Gram);
            }
            else
            {
                GramKernel.AddGram(code, dimension, fold.Gram);
            }

            Targets.AddSums(labels, code, dimension, rows.Label(r), fold.Moments, subtract);
        }
    }
}
