using LegoNet.Numerics;

namespace LegoNet.Adapters;

/// <summary>Integer sums over the rows of a fold, or of several: Σ x xᵀ and Σ x·target.</summary>
/// <param name="Gram">The packed lower triangle of order D (<see cref="GramKernel.Index"/>).</param>
/// <param name="Moments">[L, D].</param>
internal sealed record FoldSums(long[] Gram, long[] Moments)
{
    /// <summary>Sums over no rows.</summary>
    /// <param name="width">D.</param>
    /// <param name="outputs">L.</param>
    public static FoldSums Empty(int width, int outputs) => new(new long[GramKernel.PackedLength(width)], new long[checked(outputs * width)]);

    /// <summary>The sums over several folds' rows.</summary>
    public static FoldSums Total(IReadOnlyList<FoldSums> folds)
    {
        var total = new FoldSums((long[])folds[0].Gram.Clone(), (long[])folds[0].Moments.Clone());
        foreach (var fold in folds.Skip(1))
        {
            Add(fold.Gram, total.Gram, 1);
            Add(fold.Moments, total.Moments, 1);
        }

        return total;
    }

    /// <summary>The sums over the other rows.</summary>
    public FoldSums Minus(FoldSums fold)
    {
        var rest = new FoldSums((long[])Gram.Clone(), (long[])Moments.Clone());
        Add(fold.Gram, rest.Gram, -1);
        Add(fold.Moments, rest.Moments, -1);
        return rest;
    }

    /// <summary>μ = λ · the mean over columns of Σ c², the constant column among them.</summary>
    public double Penalty(double lambda) => lambda * MeanEnergy(Gram);

    /// <summary>The mean over columns of Σ c² from a packed Gram matrix.</summary>
    public static double MeanEnergy(ReadOnlySpan<long> gram)
    {
        long sum = 0;
        var order = 0;
        for (var i = 0; i < gram.Length; i += order + 1)
        {
            sum += gram[i];
            order++;
        }

        return (double)sum / order;
    }

    private static void Add(long[] values, long[] sums, int sign)
    {
        for (var i = 0; i < sums.Length; i++)
        {
            sums[i] += sign * values[i];
        }
    }
}
