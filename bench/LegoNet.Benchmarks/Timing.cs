using System.Diagnostics;

namespace LegoNet.Benchmarks;

/// <summary>
/// Times, and what is quoted of them. A shared machine changes its pace, so medians stand for runs and ratios are taken of runs side by side.
/// </summary>
internal static class Timing
{
    /// <summary>Seconds that an action takes. Garbage of what ran before is collected first and not charged to it.</summary>
    public static double Seconds(Action action)
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        var started = Stopwatch.GetTimestamp();
        action();
        return Stopwatch.GetElapsedTime(started).TotalSeconds;
    }

    public static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }

    /// <summary>The smallest value that at least a part of all values do not exceed (nearest rank).</summary>
    /// <param name="values">The values.</param>
    /// <param name="part">The part, above 0 and at most 1.</param>
    public static double Percentile(IEnumerable<double> values, double part)
    {
        double[] sorted = [.. values.Order()];
        return sorted[Math.Clamp((int)Math.Ceiling(part * sorted.Length) - 1, 0, sorted.Length - 1)];
    }

    /// <summary>Runs two measurements alternately, each first as often as the other.</summary>
    /// <returns>What each gave, pair by pair.</returns>
    public static (T[] First, T[] Second) Pairs<T>(int pairs, Func<T> first, Func<T> second)
    {
        var (a, b) = (new T[pairs], new T[pairs]);
        for (var i = 0; i < pairs; i++)
        {
            if (i % 2 == 0)
            {
                a[i] = first();
                b[i] = second();
            }
            else
            {
                b[i] = second();
                a[i] = first();
            }
        }

        return (a, b);
    }
}
