using System.Collections;
using LegoNet.Records;

namespace LegoNet.Changes;

/// <summary>All rows of a store by adapter: the transpose of their routes.</summary>
internal sealed class ShardAssignment
{
    private readonly RowRef[] _rows;
    private readonly int[] _starts;
    private readonly int[] _members;

    public ShardAssignment(RowRef[] rows, int adapters)
    {
        _rows = rows;
        _starts = new int[adapters + 1];
        foreach (var row in rows)
        {
            foreach (var adapter in row.Route)
            {
                _starts[adapter + 1]++;
            }
        }

        for (var a = 0; a < adapters; a++)
        {
            _starts[a + 1] = checked(_starts[a + 1] + _starts[a]);
        }

        _members = new int[_starts[adapters]];
        var next = _starts.AsSpan(0, adapters).ToArray();
        for (var i = 0; i < rows.Length; i++)
        {
            foreach (var adapter in rows[i].Route)
            {
                _members[next[adapter]++] = i;
            }
        }
    }

    public int Count(int adapter) => _starts[adapter + 1] - _starts[adapter];

    /// <summary>The rows of one adapter's shard, in the order of all rows.</summary>
    public IReadOnlyList<RowRef> Rows(int adapter) => new ShardRows(_rows, new ArraySegment<int>(_members, _starts[adapter], Count(adapter)));

    // Not copied out: together the shards have k times as many rows as there are.
    private sealed class ShardRows(RowRef[] rows, ArraySegment<int> members) : IReadOnlyList<RowRef>
    {
        public int Count => members.Count;

        public RowRef this[int index] => rows[members[index]];

        public IEnumerator<RowRef> GetEnumerator()
        {
            foreach (var member in members)
            {
                yield return rows[member];
            }
        }

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
    }
}
