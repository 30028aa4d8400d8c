using System.Text.Json;

namespace LegoNet.Runs;

/// <summary>Collects what the shards of a bundle of adapters have of a group of key ranges, in a file for each range of adapters.</summary>
/// <param name="run">The run.</param>
internal sealed class ShardsStep(FittingRun run)
{
    /// <summary>What the names of the files of a group and a range of adapters begin with.</summary>
    public static string NameOf(int group, int range) => $"shards-{group}-{range}-";

    /// <summary>Makes the files of a group and a bundle.</summary>
    public Action<Utf8JsonWriter> Make(int number, TaskOutput output, IProgress<LegoNetProgress>? progress, CancellationToken cancellationToken)
    {
        var division = run.Division;
        var (group, bundle) = (number / division.Bundles, number % division.Bundles);
        var keyRanges = division.KeyRangesOf(group);
        var collector = new ShardCollector(run);
        var ranges = division.AdapterRangesOf(bundle);
        var parts = Enumerable.Range(ranges.Start.Value, ranges.End.Value - ranges.Start.Value)
            .Select(range => (Range: range, Parts: collector.Parts(division.AdaptersOf(range, run.Spec.Adapters), keyRanges)))
            .ToArray();
        collector.Collect(
            [.. parts.SelectMany(p => p.Parts)],
            keyRanges,
            pass =>
            {
                foreach (var (range, ofRange) in parts)
                {
                    ShardPart[] made = [.. ofRange.Where(pass.Contains)];
                    if (made.Length > 0)
                    {
                        output.Hand($"{NameOf(group, range)}{made[0].Adapter}", ShardPart.ToFile(made));
                    }
                }
            },
            progress,
            cancellationToken);
        return _ => { };
    }
}
