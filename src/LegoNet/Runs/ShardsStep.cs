using System.Runtime.InteropServices;
using System.Text.Json;
using LegoNet.Adapters;
using LegoNet.Changes;
using LegoNet.Common;
using LegoNet.Data.Formats;
using LegoNet.Numerics;
using LegoNet.Records;
using LegoNet.Store;

namespace LegoNet.Runs;

/// <summary>
/// Collects what the shards of some adapters have of a range of keys: sums where the trainer fits from sums, and otherwise rows. The records are
/// read as the model stores them, a piece at a time.
/// </summary>
internal sealed class ShardsStep
{
    // Rows that are read at a time: enough to keep each adapter's kernel busy.
    private const int PieceRows = 32_768;

    // Of the memory of a task: what is collected, and once more the file that it is written to.
    private const int MemoryShare = 3;

    private readonly TrainRun _run;
    private readonly IPartialSums? _summing;

    public ShardsStep(TrainRun run)
    {
        _run = run;
        _summing = run.Parts.Trainer as IPartialSums;
    }

    /// <summary>Whether an adapter is fitted from sums.</summary>
    /// <param name="rows">All rows of its shard.</param>
    public bool UsesSums(long rows) => _summing is not null && _summing.KeepsSums(rows, _run.Spec.Dimension);

    /// <summary>The name of a file with some adapters' parts of a group.</summary>
    public static string NameOf(int group, int range) => $"shards-{group}-{range}";

    /// <summary>Makes the files of a group and a bundle.</summary>
    public Action<Utf8JsonWriter> Make(int number, TaskOutput output, IProgress<LegoNetProgress>? progress, CancellationToken cancellationToken)
    {
        var division = _run.Training.Division;
        var (group, bundle) = (number / division.Bundles, number % division.Bundles);
        var all = _run.Records(0..division.KeyRanges);
        var mine = all[division.KeyRangesOf(group)];
        var ranges = division.AdapterRangesOf(bundle);
        var collected = new List<(int Range, ShardPart[] Parts)>();
        for (var range = ranges.Start.Value; range < ranges.End.Value; range++)
        {
            collected.Add((range, [.. division.AdaptersOf(range, _run.Spec.Adapters)
                .Select(adapter => new ShardPart(_run.Spec, adapter, mine.Sum(r => r.Shards[adapter]), UsesSums(all.Sum(r => r.Shards[adapter])) ? _summing : null))
                .Where(part => part.Rows > 0)]));
        }

        var nodes = mine.SelectMany(r => r.Slots).OfType<NodeRef>().ToArray();
        foreach (var pass in Passes([.. collected.SelectMany(c => c.Parts)]))
        {
            Collect(nodes, pass, progress, cancellationToken);
            foreach (var (range, parts) in collected)
            {
                ShardPart[] made = [.. parts.Where(pass.Contains)];
                if (made.Length > 0)
                {
                    output.Hand($"{NameOf(group, range)}-{made[0].Adapter}", ShardPart.ToFile(made));
                }
            }

            foreach (var part in pass)
            {
                part.Release();
            }
        }

        return json => { };
    }

    // As many adapters at a time as there is memory for, and one at least.
    private IEnumerable<HashSet<ShardPart>> Passes(ShardPart[] parts)
    {
        var pass = new HashSet<ShardPart>();
        long bytes = 0;
        foreach (var part in parts)
        {
            if (pass.Count > 0 && bytes + part.Bytes > _run.Training.Memory / MemoryShare)
            {
                yield return pass;
                (pass, bytes) = ([], 0);
            }

            pass.Add(part);
            bytes += part.Bytes;
        }

        if (pass.Count > 0)
        {
            yield return pass;
        }
    }

    private void Collect(NodeRef[] roots, HashSet<ShardPart> parts, IProgress<LegoNetProgress>? progress, CancellationToken cancellationToken)
    {
        var byAdapter = new ShardPart?[_run.Spec.Adapters];
        foreach (var part in parts)
        {
            byAdapter[part.Adapter] = part;
        }

        var (total, done) = (roots.Sum(r => r.Count), 0L);
        foreach (var root in roots)
        {
            using var store = new RecordStore(_run.Spec.Rows, root, _run.MadeFiles, null);
            var piece = new List<NodeRef>();
            long rows = 0;
            foreach (var node in Nodes(store))
            {
                piece.Add(node);
                rows += node.Count;
                if (rows >= PieceRows)
                {
                    Add(store, piece, byAdapter, cancellationToken);
                    done += rows;
                    progress?.Report(new LegoNetProgress("collecting shards", done, total));
                    (piece, rows) = ([], 0);
                }
            }

            if (piece.Count > 0)
            {
                Add(store, piece, byAdapter, cancellationToken);
                done += rows;
            }
        }
    }

    private void Add(RecordStore store, List<NodeRef> piece, ShardPart?[] byAdapter, CancellationToken cancellationToken)
    {
        var segments = new Segment[piece.Count];
        InParallel.ForEach(Enumerable.Range(0, piece.Count), _run.Model.Threads, i => segments[i] = Open(store, piece[i]), cancellationToken);
        RowRef[] rows = [.. segments.SelectMany(s => Enumerable.Range(0, s.Count).Select(r => new RowRef(s, r)))];
        var assignment = new ShardAssignment(rows, byAdapter.Length);
        InParallel.ForEach(
            byAdapter.OfType<ShardPart>(),
            _run.Model.Threads,
            part => part.Add(assignment.Rows(part.Adapter)),
            cancellationToken);
        store.Release(piece.Select(node => node.File));
    }

    private IEnumerable<NodeRef> Nodes(RecordStore store)
    {
        using var nodes = store.Nodes().GetEnumerator();
        while (Guard(nodes.MoveNext, store.Root!))
        {
            if (nodes.Current.IsSegment)
            {
                yield return nodes.Current;
            }
        }
    }

    private Segment Open(RecordStore store, NodeRef node) => Guard(() => store.OpenSegment(node), store.Root!);

    // A file of the trie that is lost or damaged is made again by the task that made it.
    private T Guard<T>(Func<T> read, NodeRef slot)
    {
        try
        {
            return read();
        }
        catch (LegoNetException e) when (e.Error == LegoNetError.Damaged)
        {
            var ranges = _run.Training.Division.KeyRanges;
            var lost = Enumerable.Range(0, ranges).First(r => RecordsOfRange.Read(_run, r).Slots.Contains(slot));
            throw new LostTaskException(_run.TaskOf(TrainPlan.Records, lost), e.Message);
        }
    }
}
