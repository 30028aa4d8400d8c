using LegoNet.Records;

namespace LegoNet.Runs;

/// <summary>
/// Records whose keys begin with one of some slots, the values of a key's first byte. Keys are keyed hashes, so slots are equally full, a person
/// with very many records aside; and a slot is a place in the trie, so that what is built for it belongs to the model as it is.
/// </summary>
/// <param name="First">The first slot.</param>
/// <param name="End">The slot after the last.</param>
internal readonly record struct KeyRange(int First, int End)
{
    /// <summary>Slots.</summary>
    public const int Slots = 256;

    /// <summary>Digits of a key that make its slot.</summary>
    public const int Digits = 2;

    /// <summary>One of several ranges that together are all slots.</summary>
    public static KeyRange Of(int number, int count) => new(number * Slots / count, (number + 1) * Slots / count);

    /// <summary>A key's slot.</summary>
    public static int SlotOf(in RecordKey key) => (key.Nibble(0) << 4) | key.Nibble(1);

    /// <summary>Where in rows in key order the rows of this range begin and end.</summary>
    public (int First, int End) In(ReadOnlySpan<RowRef> rows) => (LowerBound(rows, First), LowerBound(rows, End));

    private static int LowerBound(ReadOnlySpan<RowRef> rows, int slot)
    {
        int low = 0, high = rows.Length;
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            if (SlotOf(rows[middle].Key) < slot)
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
