using LegoNet.Specs;

namespace LegoNet.Records;

/// <summary>The widths and ranges of a stored record's columns, and of a segment; the same for every record of a model.</summary>
/// <param name="Dimension">Length d of the int8 code.</param>
/// <param name="Labels">How labels are stored; null where a row's words are no label, so that any bits are valid.</param>
/// <param name="Adapters">Adapters, n.</param>
/// <param name="Active">Adapters per record, k.</param>
/// <param name="SegmentRows">Rows a segment may hold before it splits.</param>
internal sealed record RowLayout(int Dimension, LabelLayout? Labels, int Adapters, int Active, int SegmentRows)
{
    /// <summary>32-bit words of a label.</summary>
    public int LabelWidth { get; init; } = Labels?.Width ?? 0;
}
