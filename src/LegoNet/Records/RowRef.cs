using LegoNet.Specs;

namespace LegoNet.Records;

/// <summary>One row of a block.</summary>
internal readonly record struct RowRef(RowBlock Block, int Row)
{
    public RecordKey Key => Block.Key(Row);

    public ReadOnlySpan<int> Label => Block.Label(Row);

    public ReadOnlySpan<sbyte> Code => Block.Code(Row);

    public ReadOnlySpan<ushort> Route => Block.Route(Row);

    public EncoderFingerprint Fingerprint => Block.Fingerprint(Row);

    /// <summary>
    /// True when both rows hold the same content (identity aside). What made a code is no part of it: a retry after an update of
    /// the runtime that gives the same code adds nothing new.
    /// </summary>
    public bool SameContent(in RowRef other) => Code.SequenceEqual(other.Code) && Label.SequenceEqual(other.Label);
}
