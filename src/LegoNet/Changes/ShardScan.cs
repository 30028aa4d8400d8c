using System.Buffers;
using System.Runtime.CompilerServices;
using LegoNet.Common;
using LegoNet.Records;

namespace LegoNet.Changes;

/// <summary>The rows of some adapters' shards, found in one pass over all routes of a store.</summary>
internal sealed class ShardScan
{
    private readonly Segment[] _segments;
    private readonly int[][] _places;

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
        _segments = new Segment[nodes.Length];
        _places = new int[nodes.Length][];
        InParallel.ForEach(Enumerable.Range(0, nodes.Length), threads, s =>
        {
            _segments[s] = store.OpenSegment(nodes[s]);
            _places[s] = Find(_segments[s].Routes, wanted, store.Layout.Adapters);
        });
    }

    /// <summary>The rows of one of the adapters' shards, in key order.</summary>
    public List<RowRef> Rows(int adapter)
    {
        var rows = new List<RowRef>();
        for (var s = 0; s < _segments.Length; s++)
        {
            var segment = _segments[s];
            var routes = segment.Routes;
            var places = _places[s];
            for (var i = LowerBound(routes, places, adapter); i < places.Length && routes[places[i]] == adapter; i++)
            {
                rows.Add(new RowRef(segment, places[i] / segment.Layout.Active));
            }
        }

        return rows;
    }

    /// <summary>Where in a segment's routes the wanted adapters stand, by adapter and then by row.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static unsafe int[] Find(ReadOnlySpan<ushort> routes, byte[] wanted, int adapters)
    {
        var pooled = ArrayPool<int>.Shared.Rent(routes.Length);
        var count = 0;
        fixed (ushort* entries = routes)
        fixed (byte* want = wanted)
        fixed (int* found = pooled)
        {
            for (var i = 0; i < routes.Length; i++)
            {
                // Every place is written down and the next one takes that of an unwanted one: a branch could not be foreseen.
                found[count] = i;
                count += want[entries[i]];
            }
        }

        var places = new int[count];
        var next = new int[adapters + 1];
        foreach (var place in pooled.AsSpan(0, count))
        {
            next[routes[place] + 1]++;
        }

        for (var a = 1; a < next.Length; a++)
        {
            next[a] += next[a - 1];
        }

        foreach (var place in pooled.AsSpan(0, count))
        {
            places[next[routes[place]]++] = place;
        }

        ArrayPool<int>.Shared.Return(pooled);
        return places;
    }

    private static int LowerBound(ReadOnlySpan<ushort> routes, int[] places, int adapter)
    {
        int low = 0, high = places.Length;
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            if (routes[places[middle]] < adapter)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low;
    }
}
