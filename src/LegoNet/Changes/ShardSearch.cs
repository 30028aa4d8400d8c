using LegoNet.Records;

namespace LegoNet.Changes;

/// <summary>Finds the rows of shards that a change touches, once somebody asks for them, by the shorter of two ways.</summary>
internal sealed class ShardSearch
{
    // What a descent to a subject takes, in entries of routes passed over; measured on 50,000 and on a million records.
    private const int EntriesOfADescent = 1000;

    private readonly RecordStore _store;
    private readonly Lazy<ShardScan>? _scan;

    /// <summary>Chooses the way.</summary>
    /// <param name="store">The records after the change.</param>
    /// <param name="adapters">The adapters that are touched.</param>
    /// <param name="rows">Rows that are probably asked for, all adapters together.</param>
    /// <param name="threads">Threads for a scan.</param>
    public ShardSearch(RecordStore store, int[] adapters, long rows, int threads)
    {
        _store = store;
        _scan = rows * EntriesOfADescent > store.Count * store.Layout.Active ? new(() => new ShardScan(store, adapters, threads)) : null;
    }

    /// <summary>The rows of a shard, in key order.</summary>
    /// <param name="adapter">The adapter.</param>
    /// <param name="subjects">Its index of subjects, [subjects], ascending; asked for where rows are found through it.</param>
    public IReadOnlyList<RowRef> Rows(int adapter, Lazy<uint[]> subjects)
        => _scan?.Value.Rows(adapter) ?? [.. subjects.Value.SelectMany(subject => RowsOf(adapter, subject))];

    /// <summary>The rows of a shard whose subjects' tags start with the 32 bits.</summary>
    public IEnumerable<RowRef> RowsOf(int adapter, uint subject) => _store.FindPrefix(subject).Where(row => row.Route.Contains((ushort)adapter));
}
