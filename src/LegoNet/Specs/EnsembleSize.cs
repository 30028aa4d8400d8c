namespace LegoNet.Specs;

/// <summary>How many adapters suit a data set, where nobody knows better.</summary>
/// <param name="Adapters">Adapters, n.</param>
/// <param name="Active">Adapters that a record activates, k.</param>
/// <remarks>
/// M = max(3·d, 250·C, 1000) rows are enough to fit an adapter. k = 4, and n is the largest power of two up to 4·N/M, at most 1,024; below 64
/// n = k = 1, since a small set is refitted as quickly whole. Fitted and judged in docs/adapters.md, "How many adapters".
/// </remarks>
public readonly record struct EnsembleSize(int Adapters, int Active)
{
    private const long LeastRows = 1_000;
    private const long RowsPerColumn = 3;
    private const long RowsPerClass = 250;
    private const int FewestAdapters = 64;
    private const int MostAdapters = 1_024;
    private const int Several = 4;

    /// <summary>Chooses by the rule.</summary>
    /// <param name="records">Records, N.</param>
    /// <param name="dimension">Length d of a code.</param>
    /// <param name="classes">Classes, C; 0 for regression.</param>
    public static EnsembleSize For(long records, int dimension, int classes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(records);
        ArgumentOutOfRangeException.ThrowIfLessThan(dimension, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(classes);
        var enough = Math.Max(LeastRows, Math.Max(RowsPerColumn * dimension, RowsPerClass * classes));
        var most = Math.Min(MostAdapters, Several * (double)records / enough);
        return most < FewestAdapters
            ? new EnsembleSize(1, 1)
            : new EnsembleSize((int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)most + 1) / 2, Several);
    }
}
