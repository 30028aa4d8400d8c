using System.Diagnostics;
using LegoNet.Ensembles;

namespace LegoNet.Benchmarks;

/// <summary>Scoring codes in this process.</summary>
internal static class ScoreBenchmark
{
    private const int Block = 256;
    private const int Codes = 20_000;
    private const int Repetitions = 7;

    public static IEnumerable<Measurement> Run(BenchRun run)
    {
        run.Stage("scoring");
        using var model = LegoNetModel.Open(run.Rounds.ModelPath, run.ModelOptions());
        var scorer = model.Scorer;
        var count = Math.Min(Codes, run.Codes.Records);
        var codes = run.Codes.First(count);
        Many(scorer, codes, run.Options.Threads); // Compiled code, pages in place.
        var (all, one) = Timing.Pairs(Repetitions, () => count / Many(scorer, codes, run.Options.Threads), () => count / Many(scorer, codes, 1));
        var single = Single(scorer, codes, count);
        var standard = run.Shape == Shape.Standard;
        var on = $"{run.Shape}; {count:N0} codes";
        return
        [
            new("score", "batch", Timing.Median(all), Unit.PerSecond, $"{on} in blocks of {Block}, {run.Options.Threads} threads, {Repetitions} times")
            {
                Aim = standard ? 20_000 : null,
                AtLeast = true,
            },
            new("score", "batch, 1 thread", Timing.Median(one), Unit.PerSecond, $"the same on one thread"),
            new("score", "single, p50", Timing.Percentile(single, 0.50), Unit.Seconds, $"{on} one at a time"),
            new("score", "single, p99", Timing.Percentile(single, 0.99), Unit.Seconds, "the same"),
        ];
    }

    private static double Many(Scorer scorer, sbyte[] codes, int threads)
    {
        var (d, outputs) = (scorer.Spec.Dimension, scorer.Outputs);
        var rows = codes.Length / d;
        var scores = new double[rows * outputs];
        return Timing.Seconds(() => Parallel.For(0, (rows + Block - 1) / Block, new ParallelOptions { MaxDegreeOfParallelism = threads }, block =>
        {
            var first = block * Block;
            var count = Math.Min(Block, rows - first);
            scorer.Score(codes.AsSpan(first * d, count * d), scores.AsSpan(first * outputs, count * outputs));
        }));
    }

    private static double[] Single(Scorer scorer, sbyte[] codes, int count)
    {
        var d = scorer.Spec.Dimension;
        var seconds = new double[count];
        for (var i = 0; i < count; i++)
        {
            var started = Stopwatch.GetTimestamp();
            _ = scorer.Predict(codes.AsSpan(i * d, d));
            seconds[i] = Stopwatch.GetElapsedTime(started).TotalSeconds;
        }

        return seconds;
    }
}
