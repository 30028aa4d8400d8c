using System.Text.Json;
using LegoNet.Adapters;
using LegoNet.Changes;
using LegoNet.Data.Formats;
using LegoNet.Files;
using LegoNet.Store;

namespace LegoNet.Runs;

/// <summary>Fits the adapters of a range from what was collected of their shards.</summary>
/// <param name="run">The run.</param>
internal sealed class SolveStep(FittingRun run)
{
    /// <summary>Makes the adapters of a range.</summary>
    public Action<Utf8JsonWriter> Make(int number, TaskOutput output, IProgress<LegoNetProgress>? progress, CancellationToken cancellationToken)
    {
        Refitter.RequireRefittable(run.Parts.Trainer);
        var collector = new ShardCollector(run);
        var refitter = new Refitter(run.Spec, run.Parts.Trainer, output, run.Model.Threads, progress);
        var adapters = run.Division.AdaptersOf(number, run.Spec.Adapters);
        var entries = run.Division.Groups > 0
            ? FromFiles(number, adapters, collector, refitter, cancellationToken)
            : FromRecords(adapters, collector, refitter, progress, cancellationToken);
        entries.AddRange(run.FitOthers(adapters, refitter, collector, cancellationToken));
        return json =>
        {
            json.WriteStartArray("adapters");
            foreach (var entry in entries)
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

    /// <summary>The adapters that a task made.</summary>
    public static AdapterEntry[] Read(FittingRun run, int range)
        => [.. run.ResultOf(run.TaskOf(TrainPlan.Solve, range)).Content.Objects("adapters").Select(a => new AdapterEntry(
            (int)a.Integer("number", 0, ushort.MaxValue),
            a.Integer("rows", 1, long.MaxValue),
            a.Digest("adapter"),
            a.Digest("shard")))];

    private List<AdapterEntry> FromRecords(
        int[] adapters, ShardCollector collector, Refitter refitter, IProgress<LegoNetProgress>? progress, CancellationToken cancellationToken)
    {
        var entries = new List<AdapterEntry>();
        var all = 0..run.Division.KeyRanges;
        collector.Collect(
            collector.Parts(adapters, all),
            all,
            pass =>
            {
                var parts = pass.ToDictionary(p => p.Adapter);
                var fitted = refitter.Fit([.. parts.Keys], adapter => parts[adapter].Rows, adapter => parts[adapter].ToShard(), cancellationToken);
                entries.AddRange(fitted.OfType<AdapterEntry>());
            },
            progress,
            cancellationToken);
        return entries;
    }

    private List<AdapterEntry> FromFiles(int range, int[] adapters, ShardCollector collector, Refitter refitter, CancellationToken cancellationToken)
    {
        var views = new List<FileView>();
        try
        {
            var files = Open(range, views);
            return [.. refitter.Fit(
                adapters,
                adapter => collector.Rows[adapter],
                adapter => ShardPart.Collect(run.Spec, adapter, collector.Rows[adapter], collector.Summing(adapter), files),
                cancellationToken).OfType<AdapterEntry>()];
        }
        finally
        {
            foreach (IDisposable view in views)
            {
                view.Dispose();
            }
        }
    }

    private List<SafetensorsFile> Open(int range, List<FileView> views)
    {
        var division = run.Division;
        var files = new List<SafetensorsFile>();
        for (var group = 0; group < division.Groups; group++)
        {
            var task = run.TaskOf(TrainPlan.Shards, (group * division.Bundles) + division.BundleOf(range));
            var name = ShardsStep.NameOf(group, range);
            foreach (var file in run.ResultOf(task).Files.Where(f => Path.GetFileName(f.Name).StartsWith(name, StringComparison.Ordinal)))
            {
                var view = run.View(task, file);
                views.Add(view);
                files.Add(SafetensorsFile.Parse(view.Memory, file.Name, LegoNetError.Damaged));
            }
        }

        return files;
    }
}
