namespace LegoNet.Records;

/// <summary>The widths of a stored record's columns and of a segment; the same for every record of a model.</summary>
/// <param name="Dimension">Length d of the int8 code.</param>
/// <param name="LabelWidth">32-bit words of a label.</param>
/// <param name="Active">Adapters per record, k.</param>
/// <param name="SegmentRows">Rows a segment may hold before it splits.</param>
internal sealed record RowLayout(int Dimension, int LabelWidth, int Active, int SegmentRows);
