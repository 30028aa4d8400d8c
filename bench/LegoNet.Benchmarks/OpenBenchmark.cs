using LegoNet.Data.Formats;

namespace LegoNet.Benchmarks;

/// <summary>A process that opens the model and scores one code.</summary>
internal static class OpenBenchmark
{
    private const int Runs = 11;

    public static IEnumerable<Measurement> Run(BenchRun run)
    {
        var path = run.File("one.npy");
        using (var writer = new NpyWriter(path, NpyElement.Float32, 1, run.Codes.Dimension))
        {
            writer.Write(Array.ConvertAll(run.Codes.First(1), c => (float)c));
            writer.Complete();
        }

        var model = run.Rounds.ModelPath;
        Score(); // Brings the files into the system's cache, as they are where a tool is in use.
        var seconds = new double[Runs];
        for (var i = 0; i < Runs; i++)
        {
            run.Stage("opening and scoring one code", i, Runs);
            seconds[i] = Score();
        }

        return [new("open", "median", Timing.Median(seconds), Unit.Seconds, $"{run.Shape}; {Runs} processes")
        {
            Aim = run.Shape == Shape.Standard ? 0.25 : null,
        }];

        double Score() => ChildProcess.Tool(
            ["score", model, "--data", path, "--out", run.File("scores.csv"), "--threads", $"{run.Options.Threads}"],
            run.CancellationToken).Seconds;
    }
}
