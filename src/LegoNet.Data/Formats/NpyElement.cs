namespace LegoNet.Data.Formats;

/// <summary>What a .npy array holds.</summary>
internal enum NpyElement
{
    /// <summary>Unsigned bytes.</summary>
    UInt8,

    /// <summary>Signed 32-bit integers.</summary>
    Int32,

    /// <summary>IEEE single precision.</summary>
    Float32,
}
