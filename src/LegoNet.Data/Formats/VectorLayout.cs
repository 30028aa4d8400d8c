namespace LegoNet.Data.Formats;

/// <summary>Where the vectors stand in a binary file: little-endian, without gaps.</summary>
/// <param name="Offset">First byte.</param>
/// <param name="Rows">The number of vectors N.</param>
/// <param name="Dimension">Elements of one vector D.</param>
/// <param name="Element">What an element is.</param>
/// <param name="ColumnMajor">True where the first elements of all vectors come first (Fortran order), false where vector follows vector.</param>
internal readonly record struct VectorLayout(long Offset, long Rows, int Dimension, VectorElement Element, bool ColumnMajor = false)
{
    /// <summary>The most elements a vector may have.</summary>
    public const int MaxDimension = 1 << 20;

    /// <summary>Bytes of an element.</summary>
    public int Size => SizeOf(Element);

    /// <summary>Bytes of an element.</summary>
    public static int SizeOf(VectorElement element) => element switch
    {
        VectorElement.Int8 => 1,
        VectorElement.Float16 => 2,
        VectorElement.Float32 => 4,
        _ => 8,
    };
}
