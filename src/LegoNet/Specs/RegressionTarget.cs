namespace LegoNet.Specs;

/// <summary>The declared range of a regression target. Targets are stored as whole steps so that their sums are exact.</summary>
/// <param name="Min">Smallest target.</param>
/// <param name="Max">Largest target.</param>
/// <param name="Step">Resolution; at most 2^20 steps fit between <paramref name="Min"/> and <paramref name="Max"/>.</param>
public sealed record RegressionTarget(double Min, double Max, double Step)
{
    internal const int MaxSteps = 1 << 20;

    /// <summary>Steps between the smallest and the largest target.</summary>
    public int Steps => (int)Math.Round((Max - Min) / Step);
}
