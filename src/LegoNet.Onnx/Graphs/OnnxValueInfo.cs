namespace LegoNet.Onnx.Graphs;

/// <summary>A graph input or output as a model declares it.</summary>
/// <param name="Name">The tensor's name.</param>
/// <param name="ElementType">Element type (TensorProto.DataType); 0 where the model says none or the value is no tensor.</param>
/// <param name="Shape">The axes; null where the model says nothing about them.</param>
internal sealed record OnnxValueInfo(string Name, long ElementType, IReadOnlyList<OnnxDimension>? Shape);
