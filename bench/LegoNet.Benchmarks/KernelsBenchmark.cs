using BenchmarkDotNet.Configs;
using BenchmarkDotNet.EventProcessors;
using BenchmarkDotNet.Filters;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;

namespace LegoNet.Benchmarks;

/// <summary>
/// <see cref="Kernels"/> through BenchmarkDotNet, in this process: a program that it generated and built for itself would be subject to
/// the repository's rules for code that people write.
/// </summary>
internal static class KernelsBenchmark
{
    private const double Order = Kernels.Order;
    private const double SolverMultiplyAdds = (Order * Order * Order / 6) + (Kernels.Classes * Order * Order);
    private const double RouterMultiplyAdds = (double)KernelBenchmark.Rows * Kernels.Adapters * KernelBenchmark.Dimension;

    public static IEnumerable<Measurement> Run(BenchRun run)
    {
        run.Stage("kernels: choosing the instruction");
        var bare = Kernels.Bare;
        var job = Job.Default.WithToolchain(InProcessEmitToolchain.Instance);
        var summary = BenchmarkRunner.Run<Kernels>(ManualConfig.CreateEmpty()
            .AddJob(run.Options.Repetitions is { } iterations ? job.WithWarmupCount(1).WithIterationCount(iterations) : job)
            .AddFilter(new NameFilter(name => bare is not null || name != nameof(Kernels.Instruction)))
            .AddLogger(NullLogger.Instance)
            .AddEventProcessor(new Progress(run))
            .WithOptions(ConfigOptions.DisableLogFile)
            .WithArtifactsPath(run.File("kernels")));
        run.CancellationToken.ThrowIfCancellationRequested();

        var codes = $"integer multiply-adds, {KernelBenchmark.Rows:N0} × {KernelBenchmark.Dimension} codes";
        var gram = Measure(summary, "Gram matrix", nameof(Kernels.Gram), KernelBenchmark.MultiplyAdds, codes);
        var chosen = $"{codes}, n = {Kernels.Adapters}, k = {Kernels.Active}, choice included";
        var router = Measure(summary, "router", nameof(Kernels.Route), RouterMultiplyAdds, chosen);
        var solved = $"multiply-adds of doubles, order {Kernels.Order}, {Kernels.Classes} right-hand sides";
        var solver = Measure(summary, "Cholesky", nameof(Kernels.Solve), SolverMultiplyAdds, solved);
        if (bare is null)
        {
            return [gram, router, solver];
        }

        var loop = (double)bare.MultiplyAdds * Kernels.Passes;
        var instruction = Measure(summary, "instruction", nameof(Kernels.Instruction), loop, $"multiply-adds of {bare.Name} alone");
        return
        [
            instruction, gram, router, solver,
            new("kernels", "Gram ÷ instruction", gram.Value / instruction.Value, Unit.Ratio, "of the medians"),
            new("kernels", "router ÷ instruction", router.Value / instruction.Value, Unit.Ratio, "of the medians"),
        ];
    }

    private static Measurement Measure(Summary summary, string name, string method, double multiplyAdds, string on)
    {
        if (summary.Reports.SingleOrDefault(r => r.BenchmarkCase.Descriptor.WorkloadMethod.Name == method)?.ResultStatistics is not { } nanoseconds)
        {
            throw LegoNetException.BadInput($"BenchmarkDotNet did not measure {name}: {string.Join(' ', summary.ValidationErrors.Select(e => e.Message))}");
        }

        var spread = nanoseconds.N > 1 ? $", standard deviation {nanoseconds.StandardDeviation / nanoseconds.Mean:P1}" : "";
        var times = $"{nanoseconds.Median / 1e6:F2} ms{spread}, one thread, {nanoseconds.N} times";
        return new("kernels", name, multiplyAdds / nanoseconds.Median, Unit.GigaPerSecond, $"{on}; {times}");
    }

    private sealed class Progress(BenchRun run) : EventProcessor
    {
        public override void OnStartRunBenchmark(BenchmarkCase benchmarkCase) => run.Stage($"kernels: {benchmarkCase.Descriptor.WorkloadMethod.Name}");
    }
}
