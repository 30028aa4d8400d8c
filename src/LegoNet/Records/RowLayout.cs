using System.Numerics;

namespace LegoNet.Records;

/// <summary>The widths of a stored record's columns; the same for every record of a model.</summary>
/// <param name="Dimension">Length d of the int8 code.</param>
/// <param name="LabelWidth">32-bit words of a label.</param>
/// <param name="Active">Adapters per record, k.</param>
internal sealed record RowLayout(int Dimension, int LabelWidth, int Active)
{
    /// <summary>
    /// Rows a segment may hold before it splits: about 256 KiB of codes, so that forgetting rewrites little and large stores do
    /// not scatter into tiny files. A function of the dimension alone, and therefore canonical.
    /// </summary>
    public int SegmentRows { get; } = Math.Clamp((1 << 18) / (int)BitOperations.RoundUpToPowerOf2((uint)Dimension), 64, 1024);
}
