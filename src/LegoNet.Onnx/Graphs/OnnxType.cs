namespace LegoNet.Onnx.Graphs;

/// <summary>Element types of ONNX tensors (TensorProto.DataType), those this project writes or meets.</summary>
internal enum OnnxType
{
    Float = 1,
    UInt8 = 2,
    Int8 = 3,
    Int64 = 7,
    String = 8,
    Bool = 9,
    Double = 11,
}
