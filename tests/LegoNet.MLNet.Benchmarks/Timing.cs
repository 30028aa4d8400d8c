using System.Diagnostics;

namespace LegoNet.MLNet.Benchmarks;

/// <summary>Times of runs on a machine that others use too: medians, and ratios of runs that stood side by side.</summary>
internal static class Timing
{
    public static double Seconds(Action action)
    {
        var started = Stopwatch.GetTimestamp();
        action();
        return Stopwatch.GetElapsedTime(started).TotalSeconds;
    }

    public static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }

    /// <summary>Runs two things alternately, each first as often as the other, and returns their times, pair by pair.</summary>
    public static (double[] First, double[] Second) Pairs(int pairs, Func<double> first, Func<double> second)
    {
        var (a, b) = (new double[pairs], new double[pairs]);
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
