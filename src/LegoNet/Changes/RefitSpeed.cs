using System.Diagnostics;
using System.Runtime;
using System.Security.Cryptography;
using LegoNet.Numerics;

namespace LegoNet.Changes;

/// <summary>
/// What work takes on the machine at hand and as busy as it is now, for forecasts only. Arithmetic, bytes and compiling are timed each
/// by themselves, since machines differ in them; nothing is written.
/// </summary>
internal static class RefitSpeed
{
    private const int Rows = 256;
    private const int Dimension = 512;
    private const int Bytes = 1 << 18;

    // Longer than a scheduler's slice, so that a machine that is shared shows as one.
    private static readonly TimeSpan s_patience = TimeSpan.FromMilliseconds(12);

    // Factorisations, and code that runs before it is optimised, are slower than the integer kernel that is timed; measured on refits of
    // 3,125 × 1024.
    private const double Overhead = 2.5;

    // Methods that a process compiles for its first change and did not need for opening the model, and what a method costs besides
    // its compilation: types that are loaded, and the first, slow runs.
    private const int MethodsOfAChange = 1_200;
    private const double CostOfAMethod = 1.5;

    private static readonly Lazy<double> s_secondsPerOperation = new(MeasureKernel);
    private static readonly Lazy<double> s_secondsPerByte = new(MeasureHash);

    private static bool s_fitted;

    /// <summary>Notes that this process has fitted adapters, so that the next change compiles next to nothing.</summary>
    public static void NoteFit() => s_fitted = true;

    /// <summary>Time for multiply-adds of a trainer (<see cref="Adapters.IAdapterTrainer.RefitCost"/>).</summary>
    public static double Arithmetic(double operations) => operations * s_secondsPerOperation.Value * Overhead;

    /// <summary>Time to hash bytes once; copying or writing them is of the same order.</summary>
    public static double Hash(double bytes) => bytes * s_secondsPerByte.Value;

    /// <summary>The time a process's first change takes longer than those after it.</summary>
    public static double FirstUse() => s_fitted ? 0 : Compiling(JitInfo.GetCompiledMethodCount(), JitInfo.GetCompilationTime());

    /// <summary>The time that compiling what a change needs takes where this much was compiled so far.</summary>
    public static double Compiling(long methods, TimeSpan time)
        => methods == 0 ? 0 : CostOfAMethod * MethodsOfAChange * time.TotalSeconds / methods;

    private static double MeasureKernel()
    {
        var codes = new sbyte[Rows * Dimension];
        for (var i = 0; i < codes.Length; i++)
        {
            codes[i] = (sbyte)((i * 37 % 255) - 127);
        }

        var sums = new long[GramKernel.PackedLength(Dimension + 1)];
        return Average(() => GramKernel.AddGram(codes, Dimension, sums)) / ((double)Rows * Dimension * Dimension / 2);
    }

    private static double MeasureHash()
    {
        var bytes = new byte[Bytes];
        var digest = new byte[SHA256.HashSizeInBytes];
        return Average(() => SHA256.HashData(bytes, digest)) / Bytes;
    }

    private static double Average(Action action)
    {
        action(); // Compiles.
        var started = Stopwatch.GetTimestamp();
        var times = 0;
        TimeSpan passed;
        do
        {
            action();
            times++;
            passed = Stopwatch.GetElapsedTime(started);
        }
        while (passed < s_patience);
        return passed.TotalSeconds / times;
    }
}
