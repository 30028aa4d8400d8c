namespace LegoNet.Benchmarks;

/// <summary>One kind of work that this program measures.</summary>
/// <param name="Name">The name on the command line.</param>
/// <param name="Description">One line on what is measured.</param>
/// <param name="ByDefault">Whether it runs when nothing is named.</param>
/// <param name="Run">Measures.</param>
internal sealed record Benchmark(string Name, string Description, bool ByDefault, Func<BenchRun, IEnumerable<Measurement>> Run)
{
    /// <summary>Every benchmark, in the order in which they run.</summary>
    public static IReadOnlyList<Benchmark> All { get; } =
    [
        new("kernel", "the integer Gram kernel on one thread, beside a loop of the fastest integer multiply-add instruction alone", true, KernelBenchmark.Run),
        new("kernels", "the same two, the router and the Cholesky solver through BenchmarkDotNet", false, KernelsBenchmark.Run),
        new("train", "training from cached codes, durable", true, run => run.Rounds.Train()),
        new("verify", "verifying every byte, as a multiple of training", true, run => run.Rounds.Verify()),
        new("batch", "forgetting 1,000 records in one request and adding them back, as multiples of training", true, run => run.Rounds.Batch()),
        new("size", "the model directory's size as a multiple of its codes", true, run => run.Rounds.Size()),
        new("forget", "forgetting one record at a time, durable commit and receipt included", true, ForgetBenchmark.Run),
        new("forget-256", "the same at d = 256, n = 64, k = 4", true, ForgetBenchmark.RunSmall),
        new("open", "opening the model and scoring one code, as a whole process", true, OpenBenchmark.Run),
        new("score", "scoring in this process: many codes at once, and one at a time", true, ScoreBenchmark.Run),
        new(
            "encode",
            "encoding images from their archive to a file, beside a bare ONNX Runtime loop over ready tensors; needs --data",
            false,
            EncodeBenchmark.Run),
        new("million", "1,000,000 × 256 codes, n = 256, k = 8: training, forgetting, peak anonymous memory", false, GrowthBenchmark.RunMillion),
        new("growth", "training at growing sizes, and forgetting at 100,000 and 10,000,000 records with equal shards; takes long", false, GrowthBenchmark.Run),
        new("csv", "scoring a large CSV file of vectors: peak anonymous memory", false, CsvBenchmark.Run),
    ];
}
