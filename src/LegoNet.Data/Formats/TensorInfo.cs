namespace LegoNet.Data.Formats;

/// <summary>One array in a safetensors file.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">Its element type.</param>
/// <param name="Shape">Its shape, row-major.</param>
/// <param name="Offset">First byte, counted from the start of the file.</param>
/// <param name="Length">Bytes.</param>
internal sealed record TensorInfo(string Name, TensorType Type, IReadOnlyList<long> Shape, long Offset, long Length);
