using System.Globalization;
using System.Text;

namespace LegoNet.Benchmarks;

/// <summary>A process that scores a CSV file far larger than its memory should be.</summary>
internal static class CsvBenchmark
{
    private const int Dimension = 256;
    private const int Records = 20_000;
    private const int BlockRows = 1000;

    public static IEnumerable<Measurement> Run(BenchRun run)
    {
        var codes = run.Generate(Records, Dimension);
        var shape = new Shape(codes.Records, Dimension, 64, 4);
        var model = run.NewModelPath();
        run.Stage($"training {shape}");
        run.Train(model, run.Define(codes, shape), codes);
        var path = run.File("vectors.csv");
        var (rows, bytes) = Write(run, codes, path);
        run.Stage($"scoring {rows:N0} rows");
        var process = ChildProcess.Tool(
            ["score", model, "--data", path, "--out", run.File("scores.csv"), "--threads", $"{run.Options.Threads}"],
            run.CancellationToken);
        File.Delete(path);
        if ((long?)process.Json["records"] != rows)
        {
            throw new LegoNetException(LegoNetError.VerificationFailed, $"{path}: {process.Json["records"]} of {rows} rows were scored.");
        }

        var on = $"{bytes / 1e9:F1} GB of CSV, {rows:N0} × {Dimension}";
        yield return new("csv", "rate", rows / process.Seconds, Unit.PerSecond, $"{on}; {bytes / process.Seconds / 1e6:F0} MB/s");
        if (process.PeakAnonymous is { } peak)
        {
            // What fits a small file says nothing about a large one, but the other way round it does.
            yield return new("csv", "peak memory", peak, Unit.Bytes, $"anonymous, resident; {on}") { Aim = bytes >= 1e9 ? 500e6 : null };
        }
        else
        {
            run.Context.Note("note: peak memory is unmeasured here, since only Linux tells how much of it is anonymous.");
        }
    }

    /// <summary>Writes rows with ids of their own and repeating vectors until the file has its size.</summary>
    private static (long Rows, long Bytes) Write(BenchRun run, CodesFile codes, string path)
    {
        var block = Math.Min(BlockRows, codes.Records);
        var values = codes.First(block);
        var tails = new byte[block][];
        for (var row = 0; row < block; row++)
        {
            var line = new StringBuilder();
            for (var j = 0; j < Dimension; j++)
            {
                // As encodings are printed, with digits behind the point.
                line.Append(CultureInfo.InvariantCulture, $",{values[(row * Dimension) + j] * 0.987:F4}");
            }

            tails[row] = Encoding.ASCII.GetBytes(line.Append('\n').ToString());
        }

        var size = (long)(run.Options.Gigabytes * 1e9);
        using var file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, 1 << 20);
        file.Write(Encoding.ASCII.GetBytes("id," + string.Join(',', Enumerable.Range(1, Dimension).Select(j => $"x{j}")) + "\n"));
        long rows = 0;
        for (; file.Position < size || rows == 0; rows++)
        {
            if (rows % BlockRows == 0)
            {
                run.Stage("writing the CSV file", file.Position, size);
            }

            file.Write(Encoding.ASCII.GetBytes($"row-{rows}"));
            file.Write(tails[rows % block]);
        }

        return (rows, file.Position);
    }
}
