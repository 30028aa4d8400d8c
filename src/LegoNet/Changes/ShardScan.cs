using System.Buffers;
using System.Runtime.CompilerServices;
using LegoNet.Common;
using LegoNet.Records;

namespace LegoNet.Changes;

/// <summary>The rows of some adapters' shards, found in one pass over all routes of a store.</summary>
internal sealed class ShardScan
{
    private readonly Segment[] _segments;
    private readonly int[] _starts;
    private readonly (int Segment, int Row)[] _rows;

    /// <summary>Scans.</summary>
    /// <param name="store">The records.</param>
    /// <param name="adapters">The adapters whose rows are wanted.</param>
    /// <param name="threads">Segments at a time.</param>
    public ShardScan(RecordStore store, int[] adapters, int threads)
    {
        // As long as a route's entries can reach, so that none needs a check.
        var wanted = new byte[ushort.MaxValue + 1];
        foreach (var adapter in adapters)
        {
            wanted[adapter] = 1;
        }

        var nodes = store.Nodes().Where(node => node.IsSegment).ToArray();
        var found = new int[nodes.Length][];
        _segments = new Segment[nodes.Length];
        InParallel.ForEach(Enumerable.Range(0, nodes.Length), threads, s =>
        {
            _segments[s] = store.OpenSegment(nodes[s]);
            found[s] = Find(_segments[s].Routes, wanted);
        });

        _starts = new int[store.Layout.Adapters + 1];
        for (var s = 0; s < found.Length; s++)
        {
            var routes = _segments[s].Routes;
            foreach (var place in found[s])
            {
                _starts[routes[place] + 1]++;
            }
        }

        for (var a = 1; a < _starts.Length; a++)
        {
            _starts[a] = checked(_starts[a] + _starts[a - 1]);
        }

        _rows = new (int, int)[_starts[^1]];
        var next = _starts[..^1];
        for (var s = 0; s < found.Length; s++)
        {
            var routes = _segments[s].Routes;
            foreach (var place in found[s])
            {
                _rows[next[routes[place]]++] = (s, place / store.Layout.Active);
            }
        }
    }

    /// <summary>The rows of one of the adapters' shards, in key order.</summary>
    public RowRef[] Rows(int adapter)
        => Array.ConvertAll(_rows[_starts[adapter].._starts[adapter + 1]], row => new RowRef(_segments[row.Segment], row.Row));

    /// <summary>Where in the routes the wanted adapters stand.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static unsafe int[] Find(ReadOnlySpan<ushort> routes, byte[] wanted)
    {
        var pooled = ArrayPool<int>.Shared.Rent(routes.Length);
        var count = 0;
        fixed (ushort* adapters = routes)
        fixed (byte* want = wanted)
        fixed (int* found = pooled)
        {
            for (var i = 0; i < routes.Length; i++)
            {
                // Every place is written down and the next one takes that of an unwanted one: a branch could not be foreseen.
                found[count] = i;
                count += want[adapters[i]];
            }
        }

        var places = pooled[..count];
        ArrayPool<int>.Shared.Return(pooled);
        return places;
    }
}
