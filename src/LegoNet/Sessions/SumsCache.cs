namespace LegoNet.Sessions;

/// <summary>
/// Sums over shards, kept in memory between the changes of an open model, so that a change of a few records subtracts and adds them
/// instead of summing a shard again. The sums are integers, so what is fitted from them has the same bytes either way.
/// </summary>
/// <remarks>
/// Valid for one state of the model only, named by its root; a change takes out what it will alter and puts back what became of it.
/// After a forget nothing of the forgotten records is left in it: their rows were subtracted. Not on disk, ever.
/// </remarks>
/// <param name="budget">Bytes to use at most.</param>
internal sealed class SumsCache(long budget)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<int, Entry> _entries = [];
    private readonly Queue<int> _order = new();
    private string? _root;
    private long _bytes;

    /// <summary>Adapters whose sums are held.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _entries.Count;
            }
        }
    }

    /// <summary>Announces a change from a state; sums of any other state are dropped.</summary>
    public void Begin(string root)
    {
        lock (_lock)
        {
            if (_root != root)
            {
                Clear();
                _root = root;
            }
        }
    }

    /// <summary>The change became the model: what is held now belongs to the state after it.</summary>
    public void Complete(string root)
    {
        lock (_lock)
        {
            _root = root;
        }
    }

    /// <summary>Drops everything; after a change that failed, sums taken out and put back belong to no state.</summary>
    public void Clear()
    {
        lock (_lock)
        {
            _entries.Clear();
            _order.Clear();
            _bytes = 0;
            _root = null;
        }
    }

    /// <summary>Takes an adapter's sums out; the caller may alter them.</summary>
    public Dictionary<string, long[]>? Take(int adapter)
    {
        Entry? entry;
        lock (_lock)
        {
            if (!_entries.Remove(adapter, out entry))
            {
                return null;
            }

            _bytes -= entry.Bytes;
        }

        return entry.Sums.ToDictionary(s => s.Key, s => Array.ConvertAll(s.Value, v => (long)v), StringComparer.Ordinal);
    }

    /// <summary>Puts an adapter's sums in, if they fit: each in 32 bits, and all within the budget, for which the oldest make way.</summary>
    public void Put(int adapter, IReadOnlyDictionary<string, long[]> sums)
    {
        var bytes = sums.Values.Sum(s => (long)s.Length * sizeof(int));
        if (bytes > budget || sums.Values.Any(s => !FitIn32Bits(s)))
        {
            return;
        }

        var entry = new Entry(sums.ToDictionary(s => s.Key, s => Array.ConvertAll(s.Value, v => (int)v), StringComparer.Ordinal), bytes);
        lock (_lock)
        {
            while (_bytes + bytes > budget && _order.TryDequeue(out var oldest))
            {
                if (_entries.Remove(oldest, out var dropped))
                {
                    _bytes -= dropped.Bytes;
                }
            }

            // An adapter that was taken out stands in the order already, and keeps its place.
            if (!_order.Contains(adapter))
            {
                _order.Enqueue(adapter);
            }

            _entries[adapter] = entry;
            _bytes += bytes;
        }
    }

    private static bool FitIn32Bits(long[] values)
    {
        foreach (var value in values)
        {
            if (value != (int)value)
            {
                return false;
            }
        }

        return true;
    }

    private sealed record Entry(Dictionary<string, int[]> Sums, long Bytes);
}
