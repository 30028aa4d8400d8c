using LegoNet.Cli.Commands;
using LegoNet.Data;
using LegoNet.Data.Json;
using LegoNet.Files;
using LegoNet.Onnx;
using LegoNet.Onnx.Treatments;
using LegoNet.Pipelines;

namespace LegoNet.Benchmarks;

/// <summary>
/// <c>legonet encode</c> from the source to the written file, beside a bare ONNX Runtime loop over tensors that are ready in memory: one
/// session for as many callers as threads, and one caller whose inference has all threads, each at several batch sizes. The bare loop's best counts.
/// </summary>
internal static class EncodeBenchmark
{
    private const int Records = 4000;
    private const int SearchRecords = 512;
    private const int ReadyTensors = 128;
    private const int Finalists = 2;
    private static readonly int[] s_batches = [1, 2, 4, 8, 16, 32];

    public static IEnumerable<Measurement> Run(BenchRun run)
    {
        var pipeline = PipelineSpec.Load(run.Options.Data!);
        using var setup = pipeline.CreateEncoder("cpu", null, run.Context.Progress, run.CancellationToken);
        var declaration = StrictJson.Parse(setup.Declaration, pipeline.File);
        if (setup.ModelPath is not { } modelPath || InputTreatment.FromSpec(declaration.Object("input")) is not ImageTreatment treatment)
        {
            throw LegoNetException.BadInput($"{pipeline.File}: describes no ONNX encoder of images, which is what the encode benchmark compares.");
        }

        var threads = run.Options.Threads;
        var source = new FirstRecords(pipeline.OpenSource(), run.Options.Records ?? Records);
        var tensors = BareEncoder.Tensors(source, treatment, ReadyTensors, run.CancellationToken);
        using var output = OutputFile.Prepare(run.File("encoded.safetensors"), OutputKind.Safetensors);
        run.Stage("encoding");
        var count = EncodeCommand.Write(pipeline, source, setup, threads, output, run.Context.Progress, run.CancellationToken);

        List<BareEncoder> bare = [];
        try
        {
            foreach (var batch in s_batches)
            {
                run.Stage($"bare loop, batch {batch}");
                bare.Add(new BareEncoder(modelPath, declaration.String("output"), treatment, tensors, batch, callers: threads, threadsInside: 1));
                if (threads > 1)
                {
                    bare.Add(new BareEncoder(modelPath, declaration.String("output"), treatment, tensors, batch, callers: 1, threadsInside: threads));
                }
            }

            var rated = bare.Select(b => (Bare: b, Rate: Enumerable.Range(0, 2).Max(_ => b.RecordsPerSecond(SearchRecords))));
            var found = rated.OrderByDescending(b => b.Rate).Take(Finalists).Select(b => b.Bare).ToArray();
            run.Stage("encoding, and the bare loop, in turns");
            var rates = found.ToDictionary(b => b, _ => new List<double>());
            var (product, best) = Timing.Pairs(
                run.Repetitions,
                () => count / Timing.Seconds(() => EncodeCommand.Write(pipeline, source, setup, threads, output, null, run.CancellationToken)),
                () => found.Max(b =>
                {
                    rates[b].Add(b.RecordsPerSecond(count));
                    return rates[b][^1];
                }));
            var fastest = found.MaxBy(b => Timing.Median(rates[b]))!;
            var on = $"{pipeline.Name}, {count:N0} records from the source to the file, {threads} threads, {product.Length} times";
            return
            [
                new("encode", "encode", Timing.Median(product), Unit.PerSecond, on),
                new("encode", "bare loop", Timing.Median(best), Unit.PerSecond, $"ready tensors; the best was {fastest}"),
                new("encode", "ratio", Timing.Median(product.Zip(best, (p, b) => p / b)), Unit.Ratio, "median of the pairs")
                {
                    Aim = treatment is { Height: 128, Width: 128 } ? 0.88 : null,
                    AtLeast = true,
                },
            ];
        }
        finally
        {
            bare.ForEach(b => b.Dispose());
        }
    }

    private sealed class FirstRecords(IRecordSource source, int count) : IRecordSource
    {
        public string Name => source.Name;

        public long? Count => null;

        public bool IdsArePositions => source.IdsArePositions;

        public IEnumerable<SourceRecord> Read(CancellationToken cancellationToken) => source.Read(cancellationToken).Take(count);
    }
}
