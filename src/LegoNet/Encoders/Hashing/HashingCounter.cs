namespace LegoNet.Encoders.Hashing;

/// <summary>
/// Counts 64-bit n-gram hashes of one text: open addressing, at most half full, reused from text to text. Two n-grams with
/// equal hashes count as one, which for 64 bits is a matter of principle only; the counts stay a function of the text.
/// </summary>
internal sealed class HashingCounter
{
    private Entry[] _entries = new Entry[4096];
    private int[] _used = new int[2048];

    /// <summary>The number of different hashes.</summary>
    internal int Count { get; private set; }

    /// <summary>The bytes that this workspace holds on to.</summary>
    internal long Capacity => (16L * _entries.Length) + (4L * _used.Length);

    /// <summary>A counted hash, in the order in which hashes came first.</summary>
    internal ref readonly Entry this[int index] => ref _entries[_used[index]];

    /// <summary>Counts one occurrence.</summary>
    /// <param name="hash">The n-gram's hash.</param>
    /// <param name="kind">What the n-gram is; kept from its first occurrence.</param>
    internal void Add(ulong hash, int kind)
    {
        // The low bits: the bucket in the code comes from the high half and the lowest bit, so neither biases the other here.
        var mask = _entries.Length - 1;
        var slot = (int)(hash >> 1) & mask;
        while (true)
        {
            ref var entry = ref _entries[slot];
            if (entry.Count == 0)
            {
                entry = new Entry(hash, 1, kind);
                _used[Count++] = slot;
                if (Count == _used.Length)
                {
                    Grow();
                }

                return;
            }

            if (entry.Hash == hash)
            {
                entry = entry with { Count = entry.Count + 1 };
                return;
            }

            slot = (slot + 1) & mask;
        }
    }

    /// <summary>Forgets every hash.</summary>
    internal void Clear()
    {
        foreach (var slot in _used.AsSpan(0, Count))
        {
            _entries[slot] = default;
        }

        Count = 0;
    }

    private void Grow()
    {
        var (entries, used) = (_entries, _used);
        _entries = new Entry[2 * entries.Length];
        _used = new int[2 * used.Length];
        var mask = _entries.Length - 1;
        for (var i = 0; i < Count; i++)
        {
            var entry = entries[used[i]];
            var slot = (int)(entry.Hash >> 1) & mask;
            while (_entries[slot].Count != 0)
            {
                slot = (slot + 1) & mask;
            }

            _entries[slot] = entry;
            _used[i] = slot;
        }
    }

    /// <summary>One hash with its count.</summary>
    /// <param name="Hash">The n-gram's hash.</param>
    /// <param name="Count">Occurrences, 1 or more; 0 marks an empty slot.</param>
    /// <param name="Kind">What the n-gram is.</param>
    internal readonly record struct Entry(ulong Hash, int Count, int Kind);
}
