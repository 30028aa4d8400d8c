using LegoNet.Numerics;

namespace LegoNet.Benchmarks;

/// <summary>The integer Gram kernel on one thread against the processor's bare instruction.</summary>
internal static class KernelBenchmark
{
    public const int Rows = 4096;
    public const int Dimension = 1024;

    // Rows × the lower triangle with its diagonal; the bias row costs nothing of the kind.
    public const double MultiplyAdds = (double)Rows * Dimension * (Dimension + 1) / 2;

    private const int Products = 5;
    private const int Pairs = 9;
    private const int Steps = 20_000_000;

    public static IEnumerable<Measurement> Run(BenchRun run)
    {
        run.Stage("kernel");
        var codes = Draws.Codes(Rows * Dimension);
        var sums = new long[GramKernel.PackedLength(Dimension + 1)];
        Kernel();
        if (BareMultiplyAdd.Fastest(Steps) is not { } bare)
        {
            return [new("kernel", "kernel", Kernel(), Unit.GigaPerSecond, "one thread; no integer multiply-add of this processor is known to the runtime")];
        }

        var on = $"multiply-adds of the Gram matrix of {Rows:N0} × {Dimension} codes, one thread, {Pairs} times";
        var (kernel, instruction) = Timing.Pairs(Pairs, Kernel, () => bare.GigaPerSecond(Steps));
        return
        [
            new("kernel", "kernel", Timing.Median(kernel), Unit.GigaPerSecond, on),
            new("kernel", "instruction", Timing.Median(instruction), Unit.GigaPerSecond, $"multiply-adds of {bare.Name} alone, one thread"),
            new("kernel", "ratio", Timing.Median(kernel.Zip(instruction, (k, i) => k / i)), Unit.Ratio, "median of the pairs") { Aim = 0.60, AtLeast = true },
        ];

        double Kernel() => Products * MultiplyAdds / 1e9 / Timing.Seconds(() =>
        {
            for (var i = 0; i < Products; i++)
            {
                GramKernel.AddGram(codes, Dimension, sums);
            }
        });
    }
}
