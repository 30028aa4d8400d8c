using LegoNet.Specs;

namespace LegoNet.Records;

/// <summary>Columns of stored records: a segment of the store, or rows that wait to be stored.</summary>
internal abstract class RowBlock(RowLayout layout)
{
    public RowLayout Layout { get; } = layout;

    public abstract int Count { get; }

    /// <summary>All labels, row-major [rows, LabelWidth].</summary>
    public abstract ReadOnlySpan<int> Labels { get; }

    /// <summary>All codes, row-major [rows, d].</summary>
    public abstract ReadOnlySpan<sbyte> Codes { get; }

    public abstract RecordKey Key(int row);

    /// <summary>The label, [LabelWidth].</summary>
    public ReadOnlySpan<int> Label(int row) => Labels.Slice(row * Layout.LabelWidth, Layout.LabelWidth);

    /// <summary>The code, [d].</summary>
    public ReadOnlySpan<sbyte> Code(int row) => Codes.Slice(row * Layout.Dimension, Layout.Dimension);

    /// <summary>The route, [k], ascending adapter numbers.</summary>
    public abstract ReadOnlySpan<ushort> Route(int row);

    public abstract EncoderFingerprint Fingerprint(int row);
}
