namespace LegoNet.Onnx.Graphs;

/// <summary>One axis of a declared tensor shape: a number, a symbol, or neither (any size).</summary>
/// <param name="Value">The fixed size; null where the axis is symbolic or unknown.</param>
/// <param name="Symbol">The symbol's name; null where the size is fixed or nothing is said.</param>
internal readonly record struct OnnxDimension(long? Value, string? Symbol)
{
    public static implicit operator OnnxDimension(long value) => new(value, null);

    public static implicit operator OnnxDimension(string symbol) => new(null, symbol);
}
