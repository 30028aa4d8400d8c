using System.Text.Json;
using LegoNet.Adapters;
using LegoNet.Changes;
using LegoNet.Data.Formats;
using LegoNet.Files;
using LegoNet.Store;

namespace LegoNet.Runs;

/// <summary>Fits the adapters of a range from what was collected of their shards.</summary>
/// <param name="run">The run.</param>
internal sealed class SolveStep(TrainRun run)
{
    /// <summary>Makes the adapters of a range.</summary>
    public Action<Utf8JsonWriter> Make(int number, TaskOutput output, IProgress<LegoNetProgress>? progress, CancellationToken cancellationToken)
    {
        var (division, spec, trainer) = (run.Training.Division, run.Spec, run.Parts.Trainer);
        Refitter.RequireRefittable(trainer);
        var records = run.Records(0..division.KeyRanges);
        var rows = Enumerable.Range(0, spec.Adapters).Select(adapter => records.Sum(r => r.Shards[adapter])).ToArray();
        var shards = new ShardsStep(run);
        var views = new List<FileView>();
        try
        {
            var files = Open(number, views);
            var refitter = new Refitter(spec, trainer, output, run.Model.Threads, progress);
            var entries = refitter.Fit(
                division.AdaptersOf(number, spec.Adapters),
                adapter => rows[adapter],
                adapter => ShardPart.Collect(spec, adapter, rows[adapter], shards.UsesSums(rows[adapter]) ? (IPartialSums)trainer : null, files),
                cancellationToken);
            return json =>
            {
                json.WriteStartArray("adapters");
                foreach (var entry in entries.OfType<AdapterEntry>())
                {
                    json.WriteStartObject();
                    json.WriteNumber("number", entry.Number);
                    json.WriteNumber("rows", entry.Rows);
                    json.WriteString("adapter", entry.Adapter);
                    json.WriteString("shard", entry.Shard);
                    json.WriteEndObject();
                }

                json.WriteEndArray();
            };
        }
        finally
        {
            foreach (IDisposable view in views)
            {
                view.Dispose();
            }
        }
    }

    /// <summary>The adapters that a task made.</summary>
    public static AdapterEntry[] Read(TrainRun run, int range)
        => [.. run.ResultOf(run.TaskOf(TrainPlan.Solve, range)).Content.Objects("adapters").Select(a => new AdapterEntry(
            (int)a.Integer("number", 0, ushort.MaxValue),
            a.Integer("rows", 1, long.MaxValue),
            a.Digest("adapter"),
            a.Digest("shard")))];

    private List<SafetensorsFile> Open(int range, List<FileView> views)
    {
        var division = run.Training.Division;
        var files = new List<SafetensorsFile>();
        for (var group = 0; group < division.Groups; group++)
        {
            var task = run.TaskOf(TrainPlan.Shards, (group * division.Bundles) + division.BundleOf(range));
            foreach (var file in run.ResultOf(task).Files.Where(f => Path.GetFileName(f.Name).StartsWith(ShardsStep.NameOf(group, range) + "-", StringComparison.Ordinal)))
            {
                var view = run.View(task, file);
                views.Add(view);
                files.Add(SafetensorsFile.Parse(view.Memory, file.Name, LegoNetError.Damaged));
            }
        }

        return files;
    }
}
