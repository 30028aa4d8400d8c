namespace LegoNet.Data.Formats;

/// <summary>What the elements of vectors in a binary file are; all are read as float32.</summary>
internal enum VectorElement
{
    /// <summary>Signed bytes: the numbers −128 to 127.</summary>
    Int8,

    /// <summary>IEEE half precision.</summary>
    Float16,

    /// <summary>IEEE single precision.</summary>
    Float32,

    /// <summary>IEEE double precision, rounded.</summary>
    Float64,
}
