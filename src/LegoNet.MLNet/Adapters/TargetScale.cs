using System.Numerics;
using LegoNet.Specs;

namespace LegoNet.MLNet.Adapters;

/// <summary>
/// Regression targets as ML.NET's trainers see them: (steps − middle) / 2^p with 2^p the smallest power of two that is not below the
/// number of steps. Exact both ways: targets have at most 2^20 steps, and powers of two cost no bits.
/// </summary>
internal readonly record struct TargetScale(int Middle, double Scale)
{
    /// <summary>The scale of a declared target.</summary>
    public static TargetScale Of(RegressionTarget target) => new(target.Steps / 2, BitOperations.RoundUpToPowerOf2((uint)target.Steps));

    /// <summary>A stored number of steps, scaled.</summary>
    public float ToLabel(int steps) => (float)((steps - Middle) / Scale);
}
