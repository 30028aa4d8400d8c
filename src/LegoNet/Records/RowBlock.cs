using LegoNet.Specs;

namespace LegoNet.Records;

/// <summary>Columns of stored records: a segment of the store, or rows that wait to be stored.</summary>
internal abstract class RowBlock(RowLayout layout)
{
    public RowLayout Layout { get; } = layout;

    public abstract int Count { get; }

    public abstract RecordKey Key(int row);

    /// <summary>The label, [LabelWidth].</summary>
    public abstract ReadOnlySpan<int> Label(int row);

    /// <summary>The code, [d].</summary>
    public abstract ReadOnlySpan<sbyte> Code(int row);

    /// <summary>The route, [k], ascending adapter numbers.</summary>
    public abstract ReadOnlySpan<ushort> Route(int row);

    public abstract EncoderFingerprint Fingerprint(int row);
}
