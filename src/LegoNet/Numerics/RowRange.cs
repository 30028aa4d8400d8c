namespace LegoNet.Numerics;

/// <summary>Consecutive rows.</summary>
/// <param name="First">The first row.</param>
/// <param name="Count">Rows.</param>
internal readonly record struct RowRange(int First, int Count)
{
    /// <summary>The same rows in ranges of a size; the last may be shorter.</summary>
    public IEnumerable<RowRange> Split(int rows)
    {
        for (var first = 0; first < Count; first += rows)
        {
            yield return new RowRange(First + first, Math.Min(rows, Count - first));
        }
    }
}
