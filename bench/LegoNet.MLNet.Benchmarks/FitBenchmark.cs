using System.Globalization;
using System.Runtime.InteropServices;
using LegoNet.Benchmarks;
using LegoNet.Cli.Commands;
using Microsoft.ML;

namespace LegoNet.MLNet.Benchmarks;

/// <summary>Fit from an IDataView against `legonet train`, whole processes over the same files: a .npy of float32 vectors and a .csv of labels.</summary>
internal static class FitBenchmark
{
    private const int Pairs = 7;

    public static void Run(string codesPath)
    {
        var folder = Directory.CreateTempSubdirectory("legonet-bench-");
        try
        {
            var codes = new CodesFile(codesPath);
            Write(codes, folder.FullName);
            var (spec, model) = (Path.Combine(folder.FullName, "spec.json"), Path.Combine(folder.FullName, "model"));
            var (fit, train) = Timing.Pairs(
                Pairs,
                () => Start(folder.FullName, [.. ChildProcess.Command(typeof(FitBenchmark).Assembly), "fit-once", folder.FullName]),
                () => Start(folder.FullName, [.. ChildProcess.Command(typeof(Tool).Assembly), "train", spec, "--out", model, "--json"]));
            Console.WriteLine($"{codes.Records:N0} × {codes.Dimension}, n = 128, k = 8, ridge; {Pairs} pairs of processes: "
                + $"Fit median {Timing.Median(fit):F2} s, legonet train median {Timing.Median(train):F2} s, "
                + $"median ratio {Timing.Median(fit.Zip(train, (f, t) => f / t)):F2}");
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    public static void FitOnce(string folder)
    {
        var ml = new MLContext(seed: 1);
        using var model = ml.MulticlassClassification.Trainers.LegoNet(new LegoNetMulticlassTrainer.Options
        {
            IdColumnName = nameof(CodedRow.Id),
            ModelPath = Path.Combine(folder, "model"),
            FeatureRange = FeatureRange.Within(1),
            Adapters = 128,
            Active = 8,
            Adapter = AdapterOptions.Ridge(300_000),
        }).Fit(CodedRow.View(ml, Read(folder), int.Parse(File.ReadAllText(Path.Combine(folder, "dimension")), CultureInfo.InvariantCulture)));
    }

    private static double Start(string folder, params string[] command)
    {
        foreach (var left in Directory.GetFileSystemEntries(folder, "model*"))
        {
            if (Directory.Exists(left))
            {
                Directory.Delete(left, recursive: true);
            }
            else
            {
                File.Delete(left);
            }
        }

        return ChildProcess.Run(command, CancellationToken.None).Seconds;
    }

    private static void Write(CodesFile codes, string folder)
    {
        using var npy = File.Create(Path.Combine(folder, "train.npy"));
        var header = $"{{'descr': '<f4', 'fortran_order': False, 'shape': ({codes.Records}, {codes.Dimension}), }}".PadRight(117) + "\n";
        npy.Write([0x93, .. "NUMPY"u8, 1, 0, (byte)header.Length, 0]);
        npy.Write(System.Text.Encoding.ASCII.GetBytes(header));
        using var csv = new StreamWriter(Path.Combine(folder, "train.csv"));
        csv.WriteLine("id,label");
        foreach (var row in CodedRow.Of(codes))
        {
            npy.Write(MemoryMarshal.AsBytes<float>(row.Features));
            csv.WriteLine($"{row.Id},{row.Label}");
        }

        File.WriteAllText(Path.Combine(folder, "dimension"), $"{codes.Dimension}");
        File.WriteAllText(Path.Combine(folder, "spec.json"), $$"""
            {
              "task": "multiclass",
              "classes": ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"],
              "source": { "type": "npy", "vectors": "train.npy", "records": "train.csv", "label": "label", "id": "id" },
              "encoder": { "type": "vector", "dimension": {{codes.Dimension}}, "min": -1, "max": 1 },
              "routing": { "adapters": 128, "active": 8 },
              "adapter": { "trainer": "ridge", "lambda": 300000 }
            }
            """);
    }

    private static IEnumerable<CodedRow> Read(string folder)
    {
        using var npy = File.OpenRead(Path.Combine(folder, "train.npy"));
        npy.Position = 128;
        using var csv = new StreamReader(Path.Combine(folder, "train.csv"));
        csv.ReadLine();
        var features = new float[int.Parse(File.ReadAllText(Path.Combine(folder, "dimension")), CultureInfo.InvariantCulture)];
        while (csv.ReadLine() is { } line)
        {
            npy.ReadExactly(MemoryMarshal.AsBytes(features.AsSpan()));
            var comma = line.IndexOf(',', StringComparison.Ordinal);
            yield return new CodedRow { Id = line[..comma], Label = uint.Parse(line.AsSpan(comma + 1), CultureInfo.InvariantCulture), Features = features };
        }
    }
}
