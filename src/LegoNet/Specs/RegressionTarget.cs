namespace LegoNet.Specs;

/// <summary>The declared range of a regression target. Targets are stored as whole steps so that their sums are exact.</summary>
public sealed record RegressionTarget
{
    /// <summary>How many steps fit between the smallest and the largest target, 2^20.</summary>
    internal const int MaxSteps = 1 << 20;

    /// <summary>How far a target may be from 0.</summary>
    internal const double Largest = 1e12;

    /// <summary>The smallest step.</summary>
    internal const double FinestStep = 1e-9;

    /// <summary>Declares a range.</summary>
    /// <param name="min">Smallest target, within ±10¹².</param>
    /// <param name="max">Largest target, above <paramref name="min"/>, within ±10¹².</param>
    /// <param name="step">Resolution, 10⁻⁹ to 10¹²; at most 2^20 steps fit between <paramref name="min"/> and <paramref name="max"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range, or there would be too many steps.</exception>
    public RegressionTarget(double min, double max, double step)
    {
        RequireWithin(min, -Largest, nameof(min));
        RequireWithin(max, -Largest, nameof(max));
        RequireWithin(step, FinestStep, nameof(step));
        if (!HasRange(min, max, step))
        {
            throw new ArgumentOutOfRangeException(
                nameof(max), max, FormattableString.Invariant($"Must be above min ({min}), with at most {MaxSteps} steps between them."));
        }

        (Min, Max, Step) = (min, max, step);
    }

    /// <summary>Smallest target.</summary>
    public double Min { get; }

    /// <summary>Largest target.</summary>
    public double Max { get; }

    /// <summary>Resolution.</summary>
    public double Step { get; }

    /// <summary>Steps between the smallest and the largest target.</summary>
    public int Steps => (int)Math.Round((Max - Min) / Step);

    /// <summary>Whether the range is one, and not of too many steps.</summary>
    internal static bool HasRange(double min, double max, double step) => max > min && (max - min) / step <= MaxSteps;

    private static void RequireWithin(double value, double least, string name)
    {
        if (!(value >= least && value <= Largest))
        {
            throw new ArgumentOutOfRangeException(name, value, FormattableString.Invariant($"Must be from {least} to {Largest}."));
        }
    }
}
