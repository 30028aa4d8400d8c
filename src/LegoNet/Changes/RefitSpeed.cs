using System.Diagnostics;
using LegoNet.Numerics;

namespace LegoNet.Changes;

/// <summary>Turns multiply-adds into seconds on the machine at hand, for forecasts only.</summary>
internal static class RefitSpeed
{
    private const int Rows = 1024;
    private const int Dimension = 512;

    // Factorisations and finding rows run slower than the integer kernel that is timed; measured on refits of 3,125 × 1024.
    private const double Overhead = 2.5;

    private static readonly Lazy<double> s_secondsPerOperation = new(Measure);

    public static double Seconds(double operations, int threads) => operations * s_secondsPerOperation.Value * Overhead / threads;

    /// <summary>The time a commit takes besides arithmetic: two files per adapter and a few more are written and flushed.</summary>
    /// <remarks>By what a flush takes on a common SSD: to find out what it takes here, something would have to be written.</remarks>
    /// <param name="adapters">Adapters that will be refitted.</param>
    /// <param name="records">Records that will go.</param>
    public static double CommitSeconds(int adapters, int records)
    {
        // Flushes of different files overlap, hence the divisor; ledger, manifest, marker and directories come one after the other.
        const double FlushSeconds = 0.002;
        const int Together = 4;
        const int OneByOne = 10;
        const int DepthOfTrie = 3;
        return adapters == 0 ? 0 : FlushSeconds * (OneByOne + (((2.0 * adapters) + (DepthOfTrie * records)) / Together));
    }

    private static double Measure()
    {
        var codes = new sbyte[Rows * Dimension];
        for (var i = 0; i < codes.Length; i++)
        {
            codes[i] = (sbyte)((i * 37 % 255) - 127);
        }

        var sums = new long[GramKernel.PackedLength(Dimension + 1)];
        var best = double.MaxValue;
        for (var trial = 0; trial < 3; trial++)
        {
            var start = Stopwatch.GetTimestamp();
            GramKernel.AddGram(codes, Dimension, sums);
            best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalSeconds);
        }

        return best / ((double)Rows * Dimension * Dimension / 2);
    }
}
