using System.Diagnostics;

namespace LegoNet.Benchmarks;

/// <summary>Random records forgotten one after the other, each in a request of its own, in a process that has the model open.</summary>
internal static class ForgetBenchmark
{
    /// <summary>Names the median of the requests after those that are asked for.</summary>
    public const string NextHalf = "p50, next";

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

        // Twice as many as are asked for: the first ones of a process also compile code, sum shards and read what they touch.
        var first = Math.Min(Requests, codes.Records / 8);

        // Records that are gone from the shared model already would be unknown.
        var drawn = Draws.Distinct(2 * first, codes.Records, 200);
        var seconds = new double[drawn.Length];
        for (var i = 0; i < drawn.Length; i++)
        {
            run.Stage($"{work}: forgetting one at a time", i, drawn.Length);
            var subject = CodesFile.Name(drawn[i]);

            // As requests come: with the garbage of those before.
            var started = Stopwatch.GetTimestamp();
            model.Forget(subject);
            seconds[i] = Stopwatch.GetElapsedTime(started).TotalSeconds;
        }

        // A file that is used by others goes on whole.
        model.Add(codes.Read(drawn, model.Spec.Fingerprint), null, null, run.CancellationToken);
        var on = $"{shape}; {first} requests";
        return
        [
            new(work, "p50", Timing.Percentile(seconds[..first], 0.50), Unit.Seconds, on) { Aim = aim50 },
            new(work, "p95", Timing.Percentile(seconds[..first], 0.95), Unit.Seconds, on) { Aim = aim95 },
            new(work, "max", seconds[..first].Max(), Unit.Seconds, on),
            new(work, NextHalf, Timing.Percentile(seconds[first..], 0.50), Unit.Seconds, $"the {first} requests after those"),
        ];
    }
}
