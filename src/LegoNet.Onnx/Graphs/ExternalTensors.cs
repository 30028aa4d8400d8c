using Google.Protobuf;

namespace LegoNet.Onnx.Graphs;

/// <summary>
/// Finds tensors whose values lie in files beside a model, which the model's digest would not cover: wherever a model can hold a tensor,
/// also in the bodies of If, Loop and Scan, in functions, and in what is there for training only.
/// </summary>
internal static class ExternalTensors
{
    /// <summary>Protobuf readers stop at a depth of 100 messages, so no model that can be loaded is as deep.</summary>
    internal const int DeepestGraph = 100;

    /// <summary>Whether a tensor of a model has its values elsewhere.</summary>
    /// <param name="model">A ModelProto.</param>
    /// <param name="graph">Its graph, taken apart already.</param>
    /// <exception cref="InvalidDataException">Graphs lie in graphs too deep to be loaded.</exception>
    /// <exception cref="InvalidProtocolBufferException">A part is no protobuf message.</exception>
    public static bool AreIn(ProtoMessage model, ProtoMessage graph)
        => InGraph(graph, 0)
            || model.All(7).SkipLast(1).Any(g => InGraph(ProtoMessage.Parse(g), 0)) // Of a field given twice, readers merge the messages.
            || model.All(20).Any(InTrainingInfo)
            || model.All(25).Any(InFunction);

    private static bool InTrainingInfo(ByteString bytes)
    {
        var info = ProtoMessage.Parse(bytes);
        return info.All(1).Concat(info.All(2)).Any(g => InGraph(ProtoMessage.Parse(g), 0));
    }

    private static bool InFunction(ByteString bytes)
    {
        var function = ProtoMessage.Parse(bytes);
        return function.All(7).Any(n => InNode(n, 0)) || function.All(11).Any(a => InAttribute(a, 0));
    }

    private static bool InGraph(ProtoMessage graph, int depth)
        => depth < DeepestGraph
            ? graph.All(5).Any(InTensor) || graph.All(15).Any(InSparseTensor) || graph.All(1).Any(n => InNode(n, depth))
            : throw new InvalidDataException("graphs inside graphs, too deep to be loaded");

    private static bool InNode(ByteString bytes, int depth) => ProtoMessage.Parse(bytes).All(5).Any(a => InAttribute(a, depth));

    private static bool InAttribute(ByteString bytes, int depth)
    {
        var attribute = ProtoMessage.Parse(bytes);
        return attribute.All(5).Concat(attribute.All(10)).Any(InTensor)
            || attribute.All(22).Concat(attribute.All(23)).Any(InSparseTensor)
            || attribute.All(6).Concat(attribute.All(11)).Any(g => InGraph(ProtoMessage.Parse(g), depth + 1));
    }

    private static bool InSparseTensor(ByteString bytes)
    {
        var sparse = ProtoMessage.Parse(bytes);
        return sparse.All(1).Concat(sparse.All(2)).Any(InTensor);
    }

    // TensorProto.data_location = 1. Values are passed over and not copied: they may be most of the file.
    private static bool InTensor(ByteString bytes)
    {
        var input = bytes.CreateCodedInput();
        var external = false;
        uint tag;
        while ((tag = input.ReadTag()) != 0)
        {
            if (tag == WireFormat.MakeTag(14, WireFormat.WireType.Varint))
            {
                external |= input.ReadEnum() == 1;
            }
            else
            {
                input.SkipLastField();
            }
        }

        return external;
    }
}
