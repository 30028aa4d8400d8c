using System.Buffers;
using LegoNet.Records;
using LegoNet.Specs;

namespace LegoNet.Adapters;

/// <summary>
/// The records routed to one adapter, as a trainer sees them: codes and labels, no identities. The rows come in no particular
/// order; a trainer whose result could depend on the order calls <see cref="Sort"/> first.
/// </summary>
public sealed class Shard
{
    // As many as the Gram kernel takes at a time; their codes stay in the processor's cache on the way there.
    private const int PartRows = 1024;

    private readonly IReadOnlyList<RowRef>? _stored;
    private sbyte[]? _codes;
    private int[]? _labels;

    /// <summary>Wraps rows.</summary>
    /// <param name="labels">How labels are stored.</param>
    /// <param name="dimension">Length d of a code, from 1.</param>
    /// <param name="codes">Row-major codes, [m, d].</param>
    /// <param name="words">Row-major labels, [m, labels.Width].</param>
    /// <exception cref="ArgumentException">Codes and labels do not make the same number of rows, or d is below 1.</exception>
    public Shard(LabelLayout labels, int dimension, sbyte[] codes, int[] words)
    {
        ArgumentNullException.ThrowIfNull(labels);
        ArgumentNullException.ThrowIfNull(codes);
        ArgumentNullException.ThrowIfNull(words);
        ArgumentOutOfRangeException.ThrowIfLessThan(dimension, 1);
        Labels = labels;
        Dimension = dimension;
        Rows = codes.Length / dimension;
        if (codes.Length != Rows * dimension || words.Length != Rows * labels.Width)
        {
            throw new ArgumentException("Codes and labels disagree about the number of rows.", nameof(words));
        }

        _codes = codes;
        _labels = words;
    }

    /// <summary>Wraps stored rows, which are copied together only where somebody asks for all of them at once.</summary>
    internal Shard(ModelSpec spec, IReadOnlyList<RowRef> rows)
    {
        Labels = spec.Labels;
        Dimension = spec.Dimension;
        Rows = rows.Count;
        _stored = rows;
    }

    /// <summary>Takes some of a shard's rows.</summary>
    /// <param name="codes">Row-major codes, [rows, d].</param>
    /// <param name="labelWords">Row-major labels, [rows, Labels.Width].</param>
    internal delegate void PartAction(ReadOnlySpan<sbyte> codes, ReadOnlySpan<int> labelWords);

    /// <summary>How labels are stored.</summary>
    public LabelLayout Labels { get; }

    /// <summary>Rows, m.</summary>
    public int Rows { get; }

    /// <summary>Length d of a code.</summary>
    public int Dimension { get; }

    /// <summary>Row-major codes, [m, d].</summary>
    public ReadOnlySpan<sbyte> Codes => AllCodes();

    /// <summary>Row-major labels, [m, Labels.Width].</summary>
    public ReadOnlySpan<int> LabelWords => AllLabels();

    /// <summary>One row's label, [Labels.Width].</summary>
    public ReadOnlySpan<int> Label(int row) => AllLabels().AsSpan(row * Labels.Width, Labels.Width);

    /// <summary>
    /// Puts the rows in (code, label) order, so that what follows is a function of the set of rows. Identities play no part: an
    /// order by tag would make the adapter depend on the tag key.
    /// </summary>
    public void Sort()
    {
        sbyte[] sorted = AllCodes(), codes = (sbyte[])sorted.Clone();
        int[] sortedLabels = AllLabels(), labels = (int[])sortedLabels.Clone();
        var order = new int[Rows];
        for (var i = 0; i < order.Length; i++)
        {
            order[i] = i;
        }

        Array.Sort(order, (a, b) =>
        {
            var difference = codes.AsSpan(a * Dimension, Dimension).SequenceCompareTo(codes.AsSpan(b * Dimension, Dimension));
            return difference != 0
                ? difference
                : labels.AsSpan(a * Labels.Width, Labels.Width).SequenceCompareTo(labels.AsSpan(b * Labels.Width, Labels.Width));
        });

        for (var i = 0; i < order.Length; i++)
        {
            codes.AsSpan(order[i] * Dimension, Dimension).CopyTo(sorted.AsSpan(i * Dimension));
            labels.AsSpan(order[i] * Labels.Width, Labels.Width).CopyTo(sortedLabels.AsSpan(i * Labels.Width));
        }
    }

    /// <summary>Gives all rows away in parts, for sums over them: memory does not grow with their number.</summary>
    internal void ForEachPart(PartAction action)
    {
        if (_stored is null || _codes is not null)
        {
            action(Codes, LabelWords);
            return;
        }

        var rows = Math.Min(PartRows, Rows);
        var codes = ArrayPool<sbyte>.Shared.Rent(rows * Dimension);
        var labels = ArrayPool<int>.Shared.Rent(rows * Labels.Width);
        for (var first = 0; first < Rows; first += rows)
        {
            var count = Math.Min(rows, Rows - first);
            Copy(first, count, codes, labels);
            action(codes.AsSpan(0, count * Dimension), labels.AsSpan(0, count * Labels.Width));
        }

        // Cleared, since a pool outlives what is forgotten.
        ArrayPool<sbyte>.Shared.Return(codes, clearArray: true);
        ArrayPool<int>.Shared.Return(labels, clearArray: true);
    }

    /// <summary>The length of all codes of a shard in one array.</summary>
    /// <exception cref="LegoNetException">No array is that long.</exception>
    internal static int LengthOf(long rows, int dimension)
        => rows * dimension <= Array.MaxLength ? (int)(rows * dimension) : throw LegoNetException.BadInput(
            $"A shard of {rows:N0} rows of {dimension:N0} dimensions is too large for this trainer; use more adapters.");

    internal sbyte[] AllCodes()
    {
        Gather();
        return _codes!;
    }

    internal int[] AllLabels()
    {
        Gather();
        return _labels!;
    }

    private void Gather()
    {
        if (_codes is not null)
        {
            return;
        }

        // Every byte is copied over.
        var codes = GC.AllocateUninitializedArray<sbyte>(LengthOf(Rows, Dimension));
        _labels = new int[Rows * Labels.Width];
        Copy(0, Rows, codes, _labels);
        _codes = codes;
    }

    private void Copy(int first, int count, Span<sbyte> codes, Span<int> labels)
    {
        for (var i = 0; i < count;)
        {
            // Stored rows come by segments, and finding a segment's columns takes as long as copying from them.
            var block = _stored![first + i].Block;
            var blockCodes = block.Codes;
            var blockLabels = block.Labels;
            for (; i < count && _stored[first + i] is var row && ReferenceEquals(row.Block, block); i++)
            {
                blockCodes.Slice(row.Row * Dimension, Dimension).CopyTo(codes[(i * Dimension)..]);
                blockLabels.Slice(row.Row * Labels.Width, Labels.Width).CopyTo(labels[(i * Labels.Width)..]);
            }
        }
    }
}
