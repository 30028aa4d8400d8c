namespace LegoNet.Benchmarks;

/// <summary>Stores of a million records and more. Each size is a process of its own, so that one's memory is not another's.</summary>
internal static class GrowthBenchmark
{
    private const int ShardRows = 4000;
    private const int SmallDimension = 64;
    private const int SmallActive = 4;
    private const int Largest = 10_000_000;

    public static IEnumerable<Measurement> RunMillion(BenchRun run)
    {
        var standard = new Shape(1_000_000, 256, 256, 8);
        var codes = run.Generate((int)standard.Records, standard.Dimension);
        var shape = standard with { Records = codes.Records };
        var known = shape == standard;
        List<ChildProcess> processes = [];
        for (var i = 1; i <= run.Repetitions; i++)
        {
            run.Stage($"{shape}, process {i} of {run.Repetitions}");
            processes.Add(Measure(run, shape, "train", "forget"));
        }

        var on = $"{shape}{(processes.Count == 1 ? "" : $"; {processes.Count} processes")}";
        yield return new("million", "train", Median("train", "median"), Unit.Seconds, on) { Aim = known ? 20 : null };
        yield return new("million", "forget, p50", Median("forget", "p50"), Unit.Seconds, on) { Aim = known ? 0.060 : null };
        yield return new("million", "forget, p95", Median("forget", "p95"), Unit.Seconds, on);
        if (processes.Max(p => p.PeakAnonymous) is { } peak)
        {
            yield return new("million", "peak memory", peak, Unit.Bytes, $"anonymous, resident, training and forgetting; {on}") { Aim = known ? 1e9 : null };
        }
        else
        {
            run.Context.Note("note: peak memory is unmeasured here, since only Linux tells how much of it is anonymous.");
        }

        double Median(string work, string measure) => Timing.Median(processes.Select(p => Value(p, work, measure)));
    }

    public static IEnumerable<Measurement> Run(BenchRun run)
    {
        var largest = run.Options.Records ?? Largest;
        int[] sizes = [largest / 100, largest / 10, largest];

        // One number of adapters for all sizes: with more adapters routing grows too, which is a matter of n and not of records.
        List<double> train = [];
        foreach (var records in sizes)
        {
            var shape = new Shape(records, SmallDimension, 64, SmallActive);
            run.Stage($"training {shape}");
            train.Add(Value(Measure(run, shape, "train"), "train", "median"));
            yield return new("growth", "train", train[^1], Unit.Seconds, $"{shape}; {train[^1] / records * 1e6:F2} s a million");
        }

        yield return new("growth", "train, × per record", train[2] / train[1] / 10, Unit.Ratio, $"{sizes[2]:N0} records against {sizes[1]:N0}; linear is 1")
        {
            Aim = largest == Largest ? 1.1 : null,
        };

        List<double> forget = [], next = [];
        foreach (var records in (int[])[sizes[0], sizes[2]])
        {
            var shape = new Shape(records, SmallDimension, Math.Max(SmallActive, (int)((long)records * SmallActive / ShardRows)), SmallActive);
            run.Stage($"training and forgetting {shape}");
            var measured = Measure(run, shape, "train", "forget");
            forget.Add(Value(measured, "forget", "p50"));
            next.Add(Value(measured, "forget", ForgetBenchmark.NextHalf));
            var rows = (double)records * SmallActive / shape.Adapters;
            var on = $"{shape}; {rows:N0} rows in a shard; trained in {Value(measured, "train", "median"):F1} s";
            yield return new("growth", "forget, p50", forget[^1], Unit.Seconds, on);
            yield return new("growth", "forget, p50, next", next[^1], Unit.Seconds, "the requests after those");
        }

        var against = $"{sizes[2]:N0} records against {sizes[0]:N0}, the next requests; {forget[1] / forget[0]:F2} × for the first ones of a process";
        yield return new("growth", "forget, ×", next[1] / next[0], Unit.Ratio, against) { Aim = largest == Largest ? 2 : null };
    }

    private static ChildProcess Measure(BenchRun run, Shape shape, params string[] works)
    {
        var codes = run.GenerateExactly((int)shape.Records, shape.Dimension);
        return ChildProcess.Itself(
        [
            .. works, "--codes", codes.Path, "--adapters", $"{shape.Adapters}", "--active", $"{shape.Active}",
            "--repeat", "1", "--threads", $"{run.Options.Threads}", "--out", run.File(""),
            .. run.Options.Adapter is { } adapter ? (string[])["--adapter", adapter] : [],
        ], run.CancellationToken);
    }

    private static double Value(ChildProcess process, string work, string measure)
        => (double)process.Json["measurements"]!.AsArray().Single(m => (string?)m!["work"] == work && (string?)m["measure"] == measure)!["value"]!;
}
