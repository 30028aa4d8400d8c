using Google.Protobuf;

namespace LegoNet.Onnx.Graphs;

/// <summary>
/// Finds operators that compute in integers of eight bits or fewer, as quantised models do, wherever a model can hold a node: also in the
/// bodies of If, Loop and Scan, and in functions.
/// </summary>
internal static class IntegerOperators
{
    // Of ONNX's names and ONNX Runtime's own: QLinearConv, DequantizeLinear, GatherBlockQuantized, MatMulInteger, MatMulNBits, MatMulBnb4.
    private static readonly string[] s_marks = ["Q", "quantize", "Integer", "NBits", "Bnb4"];

    /// <summary>Whether a model has one.</summary>
    /// <param name="model">A ModelProto.</param>
    /// <exception cref="InvalidDataException">Graphs lie in graphs too deep to be loaded.</exception>
    /// <exception cref="InvalidProtocolBufferException">A part is no protobuf message.</exception>
    public static bool AreIn(ProtoMessage model)
        => model.All(7).Any(g => InGraph(g, 0)) || model.All(25).Select(ProtoMessage.Parse).Any(function => function.All(7).Any(n => InNode(n, 0)));

    private static bool InGraph(ByteString graph, int depth)
        => depth < ExternalTensors.DeepestGraph
            ? ProtoMessage.Parse(graph).All(1).Any(n => InNode(n, depth))
            : throw new InvalidDataException("graphs inside graphs, too deep to be loaded");

    private static bool InNode(ByteString bytes, int depth)
    {
        var node = ProtoMessage.Parse(bytes);
        var name = node.Text(4);
        return s_marks.Any(mark => name.Contains(mark, StringComparison.Ordinal))
            || node.All(5).Select(ProtoMessage.Parse).Any(a => a.All(6).Concat(a.All(11)).Any(g => InGraph(g, depth + 1)));
    }
}
