namespace LegoNet.Data.Formats;

/// <summary>Where the vectors stand in a binary file: little-endian, row-major, without gaps.</summary>
/// <param name="Offset">First byte.</param>
/// <param name="Rows">The number of vectors N.</param>
/// <param name="Dimension">Elements of one vector D.</param>
/// <param name="IsDouble">float64 where true, otherwise float32.</param>
internal readonly record struct VectorLayout(long Offset, long Rows, int Dimension, bool IsDouble)
{
    /// <summary>The most elements a vector may have.</summary>
    public const int MaxDimension = 1 << 20;
}
