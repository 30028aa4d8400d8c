using LegoNet.Adapters;
using LegoNet.Changes;
using LegoNet.Common;
using LegoNet.Records;

namespace LegoNet.Runs;

/// <summary>
/// Collects what shards have of some of the records: sums where the trainer fits from sums, and otherwise rows. The records are read as the model
/// stores them, a piece at a time.
/// </summary>
internal sealed class ShardCollector
{
    // Rows that are read at a time: enough to keep each adapter's kernel busy.
    private const int PieceRows = 32_768;

    // Of the memory of a task; what is collected may be there once more, in a file that is written or in what is fitted.
    private const int MemoryShare = 3;

    private readonly FittingRun _run;
    private readonly IPartialSums? _summing;
    private readonly RecordsOfRange[] _records;

    /// <summary>Prepares collecting.</summary>
    public ShardCollector(FittingRun run)
    {
        _run = run;
        _summing = run.Parts.Trainer as IPartialSums;
        _records = run.Records();
        Rows = run.RowsToCollect(_records);
    }

    /// <summary>Rows of each adapter's shard, [n]; 0 where it is not to be collected.</summary>
    public IReadOnlyList<long> Rows { get; }

    /// <summary>The trainer, where it fits an adapter from sums; otherwise null.</summary>
    public IPartialSums? Summing(int adapter) => _summing is not null && _summing.KeepsSums(Rows[adapter], _run.Spec.Dimension) ? _summing : null;

    /// <summary>What is to be collected of some adapters' shards, those without rows left out.</summary>
    /// <param name="adapters">The adapters.</param>
    /// <param name="keyRanges">The ranges of keys.</param>
    public ShardPart[] Parts(int[] adapters, Range keyRanges)
        => [.. adapters
            .Where(adapter => Rows[adapter] > 0)
            .Select(adapter => new ShardPart(_run.Spec, adapter, Expected(adapter, keyRanges), Summing(adapter)))];

    // Keys are spread evenly, so a range has about its share of every shard.
    private long Expected(int adapter, Range keyRanges)
    {
        var mine = _records[keyRanges];
        return mine.Length == _records.Length ? Rows[adapter] : Rows[adapter] * mine.Sum(r => r.Count) / Math.Max(1, _records.Sum(r => r.Count));
    }

    /// <summary>Collects the rows of one shard, whatever its size.</summary>
    public Shard CollectOne(int adapter, long rows, CancellationToken cancellationToken)
    {
        Shard? shard = null;
        Collect([new ShardPart(_run.Spec, adapter, rows, null)], 0.._records.Length, pass => shard = pass.Single().ToShard().Rows, null, cancellationToken);
        return shard!;
    }

    /// <summary>Collects parts, as many at a time as there is memory for, and one at least.</summary>
    /// <param name="parts">The parts.</param>
    /// <param name="keyRanges">The ranges of keys that they are of.</param>
    /// <param name="take">Takes those that are complete; afterwards they let go of what they have.</param>
    /// <param name="progress">Receives progress.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public void Collect(
        IReadOnlyList<ShardPart> parts,
        Range keyRanges,
        Action<HashSet<ShardPart>> take,
        IProgress<LegoNetProgress>? progress,
        CancellationToken cancellationToken)
    {
        var roots = _records[keyRanges].SelectMany(r => r.Slots).OfType<NodeRef>().ToArray();
        var pass = new HashSet<ShardPart>();
        long bytes = 0;
        foreach (var part in parts)
        {
            if (pass.Count > 0 && bytes + part.Bytes > _run.Plan.Memory / MemoryShare)
            {
                Pass();
            }

            pass.Add(part);
            bytes += part.Bytes;
        }

        if (pass.Count > 0)
        {
            Pass();
        }

        void Pass()
        {
            Read(roots, pass, progress, cancellationToken);
            take(pass);
            foreach (var part in pass)
            {
                part.Release();
            }

            (pass, bytes) = ([], 0);
        }
    }

    private void Read(NodeRef[] roots, HashSet<ShardPart> parts, IProgress<LegoNetProgress>? progress, CancellationToken cancellationToken)
    {
        var (total, done) = (roots.Sum(r => r.Count), 0L);
        using var store = new RecordStore(_run.Spec.Rows, null, _run.Reader, null);
        var piece = new List<NodeRef>();
        long rows = 0;
        foreach (var node in roots.SelectMany(Segments))
        {
            piece.Add(node);
            rows += node.Count;
            if (rows >= PieceRows)
            {
                Add();
            }
        }

        Add();

        void Add()
        {
            var segments = new Segment[piece.Count];
            InParallel.ForEach(
                Enumerable.Range(0, piece.Count), _run.Model.Threads, i => segments[i] = store.OpenSegment(piece[i]), cancellationToken);
            RowRef[] read = [.. segments.SelectMany(s => Enumerable.Range(0, s.Count).Select(r => new RowRef(s, r)))];
            var assignment = new ShardAssignment(read, _run.Spec.Adapters);
            InParallel.ForEach(parts, _run.Model.Threads, part => part.Add(assignment.Rows(part.Adapter)), cancellationToken);
            store.Release(piece.Select(node => node.File));
            done += rows;
            progress?.Report(new LegoNetProgress("collecting shards", done, total));
            piece.Clear();
            rows = 0;
        }
    }

    private List<NodeRef> Segments(NodeRef root)
    {
        using var store = new RecordStore(_run.Spec.Rows, root, _run.Reader, null);
        return store.Nodes().Where(node => node.IsSegment).ToList();
    }
}
