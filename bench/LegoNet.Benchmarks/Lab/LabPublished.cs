using System.Text.Json.Nodes;
using LegoNet.Cli;
using LegoNet.Ensembles;
using LegoNet.Lab;
using LegoNet.Lab.Measures;
using LegoNet.Lab.Methods;
using LegoNet.Lab.Tasks;
using LegoNet.Specs;

namespace LegoNet.Benchmarks.Lab;

/// <summary>Table 3 of the LegoNet paper on other codes: accuracy and seconds per unlearning by the number of shards, or of adapters by k.</summary>
internal sealed class LabPublished(RecordSet records, RecordSet test, int threads, CommandContext context)
{
    private const int Requests = 20;

    // Of arXiv 2210.16023: CIFAR-10, a frozen ResNet-34, at 10, 20, 50 and 100.
    private static readonly Dictionary<string, double[]> s_published = new()
    {
        ["FixSISA"] = [88.32, 87.00, 85.23, 83.76],
        ["LegoNet as published, k = 1"] = [87.90, 87.46, 86.40, 84.85],
        ["LegoNet as published, k = 10"] = [90.11, 90.08, 89.53, 89.45],
    };

    private static readonly int[] s_sizes = [10, 20, 50, 100];

    /// <summary>Trains and forgets.</summary>
    /// <param name="sizes">Shards, or adapters by k, to measure; all four where it is empty.</param>
    /// <param name="name">Words of the lines to measure; null for all.</param>
    public (JsonObject Facts, IReadOnlyList<JsonObject> Rows) Run(int[] sizes, string? name)
    {
        var task = ForgetTasks.RandomOneByOne(records, Requests);
        List<JsonObject> rows = [];
        foreach (var size in sizes.Length == 0 ? s_sizes : sizes)
        {
            (string Name, IForgettingMethod Method)[] methods =
            [
                ("FixSISA", new FixSisa(size)),
                ("LegoNet as published, k = 1", new PublishedLegoNet(size, 1)),
                ("LegoNet as published, k = 10", new PublishedLegoNet(10 * size, 10)),
                ("this project's LegoNet, ridge, k = 10", Own("ridge", """{"lambda":"auto","trainer":"ridge"}""", EnsembleRule.Agreement, size)),
                ("this project's LegoNet, softmax, k = 10", Own("softmax", """{"lambda":0.01,"trainer":"softmax"}""", EnsembleRule.Scores, size)),
            ];
            foreach (var (line, method) in methods.Where(m => name is null || m.Name.Contains(name, StringComparison.Ordinal)))
            {
                context.Progress.Report(new LegoNetProgress($"{line}, {size}", 0, null));
                rows.Add(Measure(line, method, size, task));
            }
        }

        return (new JsonObject
        {
            ["records"] = records.Count,
            ["test"] = test.Count,
            ["dimension"] = records.Dimension,
            ["requests"] = Requests,
            ["threads"] = threads,
            ["seconds per request"] = "median",
            ["published"] = "arXiv 2210.16023, Table 3: CIFAR-10, accuracy in %",
        }, rows);
    }

    private static LegoNetMethod Own(string name, string adapter, EnsembleRule ensemble, int size)
        => new($"LegoNet, {name}", adapter, 1, ensemble, new EnsembleSize(10 * size, 10));

    private JsonObject Measure(string line, IForgettingMethod method, int size, ForgetTask task)
    {
        using var run = MethodRun.Train(method, records, null, new RunSettings(1, threads), context.CancellationToken);
        var origin = ScoredRecords.Of(run.Model, test).Accuracy;
        double[] seconds = [.. task.Requests.Select(request => run.Forget([.. request], context.CancellationToken).Seconds)];
        return new JsonObject
        {
            ["line"] = line,
            ["size"] = size,
            ["accuracy"] = LabFile.Number(100 * origin),
            ["published"] = s_published.TryGetValue(line, out var published) ? published[Array.IndexOf(s_sizes, size)] : null,
            ["afterwards"] = LabFile.Number(100 * ScoredRecords.Of(run.Model, test).Accuracy),
            ["secondsPerRequest"] = LabFile.Number(Timing.Median(seconds)),
            ["trainingSeconds"] = LabFile.Number(run.TrainingSeconds),
            ["settings"] = method.Settings,
        };
    }
}
