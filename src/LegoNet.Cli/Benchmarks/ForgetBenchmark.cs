namespace LegoNet.Cli.Benchmarks;

/// <summary>Random records forgotten one after the other, each in a request of its own, in a process that has the model open.</summary>
internal static class ForgetBenchmark
{
    private const int Requests = 200;

    public static IEnumerable<Measurement> Run(BenchRun run)
    {
        var standard = run.Shape == Shape.Standard;
        return Measure(run, "forget", run.Rounds.ModelPath, run.Codes, run.Shape, standard ? 0.20 : null, standard ? 0.35 : null);
    }

    public static IEnumerable<Measurement> RunSmall(BenchRun run)
    {
        var standard = new Shape(Shape.Standard.Records, 256, 64, 4);
        var codes = run.Generate((int)standard.Records, standard.Dimension);
        var shape = standard with { Records = codes.Records };
        var model = run.NewModelPath();
        run.Stage($"training {shape}");
        run.Train(model, run.Define(codes, shape), codes);
        var measured = Measure(run, "forget-256", model, codes, shape, shape == standard ? 0.030 : null, null);
        BenchRun.Delete(model);
        return measured;
    }

    private static Measurement[] Measure(BenchRun run, string work, string path, CodesFile codes, Shape shape, double? aim50, double? aim95)
    {
        using var model = LegoNetModel.Open(path, run.ModelOptions());

        // Records that are gone from the shared model already would be unknown.
        var drawn = Draws.Distinct(Math.Min(Requests, codes.Records / 4), codes.Records, 200);
        var seconds = new double[drawn.Length];
        List<double> warm = [];
        var touched = new HashSet<int>();
        for (var i = 0; i < drawn.Length; i++)
        {
            run.Stage($"{work}: forgetting one at a time", i, drawn.Length);
            var subject = CodesFile.Name(drawn[i]);
            var started = System.Diagnostics.Stopwatch.GetTimestamp();
            var receipt = model.Forget(subject);
            seconds[i] = System.Diagnostics.Stopwatch.GetElapsedTime(started).TotalSeconds;
            var before = touched.Count;
            touched.UnionWith(receipt.Adapters.Select(adapter => adapter.Number));
            if (touched.Count == before)
            {
                warm.Add(seconds[i]);
            }
        }

        // A file that is used by others goes on whole.
        model.Add(codes.Read(drawn, model.Spec.Fingerprint), null, null, run.CancellationToken);
        var on = $"{shape}; {drawn.Length} requests";
        List<Measurement> measured =
        [
            new(work, "p50", Timing.Percentile(seconds, 0.50), Unit.Seconds, on) { Aim = aim50 },
            new(work, "p95", Timing.Percentile(seconds, 0.95), Unit.Seconds, on) { Aim = aim95 },
            new(work, "max", seconds.Max(), Unit.Seconds, on),
        ];
        if (warm.Count > 0)
        {
            measured.Add(new(work, "p50 warm", Timing.Percentile(warm, 0.50), Unit.Seconds, $"the {warm.Count} requests whose adapters had all been refitted before"));
        }

        return [.. measured];
    }
}
