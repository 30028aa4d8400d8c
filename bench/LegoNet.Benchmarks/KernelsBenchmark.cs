using BenchmarkDotNet.Configs;
using BenchmarkDotNet.EventProcessors;
using BenchmarkDotNet.Filters;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Mathematics;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;

namespace LegoNet.Benchmarks;

/// <summary>
/// <see cref="Kernels"/> through BenchmarkDotNet, in this process: a program that it generated and built for itself would be subject to
/// the repository's rules for code that people write.
/// </summary>
internal static class KernelsBenchmark
{
    private const double RouterMultiplyAdds = (double)KernelBenchmark.Rows * Kernels.Adapters * KernelBenchmark.Dimension;
    private const double SolverMultiplyAdds = ((double)Kernels.Order * Kernels.Order * Kernels.Order / 6) + ((double)Kernels.Classes * Kernels.Order * Kernels.Order);

    public static IEnumerable<Measurement> Run(BenchRun run)
    {
        run.Stage("kernels: choosing the instruction");
        var bare = Kernels.Bare;
        var job = Job.Default.WithToolchain(InProcessEmitToolchain.Instance);
        var config = ManualConfig.CreateEmpty()
            .AddJob(run.Options.Repetitions is { } iterations ? job.WithWarmupCount(1).WithIterationCount(iterations) : job)
            .AddFilter(new NameFilter(name => bare is not null || name != nameof(Kernels.Instruction)))
            .AddLogger(NullLogger.Instance)
            .AddEventProcessor(new Progress(run))
            .WithOptions(ConfigOptions.DisableLogFile)
            .WithArtifactsPath(run.File("kernels"));
        var summary = BenchmarkRunner.Run<Kernels>(config);
        run.CancellationToken.ThrowIfCancellationRequested();
        var codes = $"{KernelBenchmark.Rows:N0} × {KernelBenchmark.Dimension} codes";
        var instruction = bare is null ? (Measurement?)null : Measure("instruction", nameof(Kernels.Instruction), (double)bare.MultiplyAdds * Kernels.Passes, $"multiply-adds of {bare.Name} alone");
        var gram = Measure("Gram matrix", nameof(Kernels.Gram), KernelBenchmark.MultiplyAdds, $"integer multiply-adds, {codes}");
        var router = Measure("router", nameof(Kernels.Route), RouterMultiplyAdds, $"integer multiply-adds, {codes}, n = {Kernels.Adapters}, k = {Kernels.Active}, choice included");
        var solver = Measure("Cholesky", nameof(Kernels.Solve), SolverMultiplyAdds, $"multiply-adds of doubles, order {Kernels.Order}, {Kernels.Classes} right-hand sides");
        return instruction is null
            ? [gram, router, solver]
            :
            [
                instruction, gram, router, solver,
                new("kernels", "Gram ÷ instruction", gram.Value / instruction.Value, Unit.Ratio, "of the medians"),
                new("kernels", "router ÷ instruction", router.Value / instruction.Value, Unit.Ratio, "of the medians"),
            ];

        Measurement Measure(string name, string method, double multiplyAdds, string on)
        {
            if (summary.Reports.SingleOrDefault(r => r.BenchmarkCase.Descriptor.WorkloadMethod.Name == method)?.ResultStatistics is not { } nanoseconds)
            {
                throw LegoNetException.BadInput($"BenchmarkDotNet did not measure {name}: {string.Join(' ', summary.ValidationErrors.Select(e => e.Message))}");
            }

            return new("kernels", name, multiplyAdds / nanoseconds.Median, Unit.GigaPerSecond, $"{on}; {nanoseconds.Median / 1e6:F2} ms, {Spread(nanoseconds)}one thread, {nanoseconds.N} times");
        }
    }

    private static string Spread(Statistics nanoseconds) => nanoseconds.N > 1 ? $"standard deviation {nanoseconds.StandardDeviation / nanoseconds.Mean:P1}, " : "";

    private sealed class Progress(BenchRun run) : EventProcessor
    {
        public override void OnStartRunBenchmark(BenchmarkCase benchmarkCase) => run.Stage($"kernels: {benchmarkCase.Descriptor.WorkloadMethod.Name}");
    }
}
