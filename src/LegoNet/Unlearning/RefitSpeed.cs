using System.Diagnostics;
using LegoNet.Numerics;

namespace LegoNet.Unlearning;

/// <summary>Turns multiply-adds into seconds on the machine at hand, for forecasts only.</summary>
internal static class RefitSpeed
{
    private const int Rows = 1024;
    private const int Dimension = 512;

    // Factorisations and finding rows run slower than the integer kernel that is timed; measured on refits of 3,125 × 1024.
    private const double Overhead = 2.5;

    private static readonly Lazy<double> s_secondsPerOperation = new(Measure);

    public static double Seconds(double operations, int threads) => operations * s_secondsPerOperation.Value * Overhead / threads;

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
