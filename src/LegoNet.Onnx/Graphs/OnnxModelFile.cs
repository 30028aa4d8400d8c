using Google.Protobuf;

namespace LegoNet.Onnx.Graphs;

/// <summary>
/// A foreign ONNX model taken apart as far as merging it needs: fields stay raw messages and go into another model unchanged.
/// </summary>
internal sealed class OnnxModelFile
{
    private readonly ProtoMessage _model;
    private readonly ProtoMessage _graph;

    private OnnxModelFile(ProtoMessage model, ProtoMessage graph)
    {
        _model = model;
        _graph = graph;
        foreach (var entry in model.All(8).Select(ProtoMessage.Parse))
        {
            var domain = entry.Text(1);
            Opsets[domain is "ai.onnx" ? "" : domain] = entry.Integer(2) ?? 1;
        }

        Initializers = graph.All(5).Select(i => ProtoMessage.Parse(i).Text(8))
            .Concat(graph.All(15).Select(s => ProtoMessage.Parse(s).Message(1)?.Text(8) ?? "")).ToHashSet();

        HasExternalData = ExternalTensors.AreIn(model, graph);
        ComputesInIntegers = IntegerOperators.AreIn(model);
        Inputs = [.. graph.All(11).Select(Value).Where(v => !Initializers.Contains(v.Name))];
        Outputs = [.. graph.All(12).Select(Value)];
    }

    /// <summary>The model's IR version.</summary>
    public long IrVersion => _model.Integer(1) ?? 0;

    /// <summary>Versions of the operator sets by domain; ONNX's own under the empty name.</summary>
    public SortedDictionary<string, long> Opsets { get; } = new(StringComparer.Ordinal);

    /// <summary>Names of the graph's initializers, sparse ones included.</summary>
    public IReadOnlySet<string> Initializers { get; }

    /// <summary>True when values of any tensor, wherever in the model, lie in a separate file, which the model's digest would not cover.</summary>
    public bool HasExternalData { get; }

    /// <summary>True when an operator, wherever in the model, computes in integers of eight bits or fewer.</summary>
    public bool ComputesInIntegers { get; }

    /// <summary>The graph's inputs, those that merely name an initializer (IR version 3's way) left out.</summary>
    public IReadOnlyList<OnnxValueInfo> Inputs { get; }

    /// <summary>The graph's outputs.</summary>
    public IReadOnlyList<OnnxValueInfo> Outputs { get; }

    /// <summary>The graph's raw fields.</summary>
    public IReadOnlyList<ProtoField> GraphFields => _graph.Fields;

    /// <summary>The model's raw fields.</summary>
    public IReadOnlyList<ProtoField> ModelFields => _model.Fields;

    /// <summary>Every tensor name of the top-level graph: inputs, initializers and node outputs.</summary>
    public HashSet<string> TensorNames()
        => [.. Initializers, .. Inputs.Select(i => i.Name), .. _graph.All(1).SelectMany(n => ProtoMessage.Parse(n).All(2)).Select(o => o.ToStringUtf8())];

    /// <summary>Takes a model apart.</summary>
    /// <param name="bytes">The file's bytes; wrapped, not copied, so they must not change.</param>
    /// <param name="file">The file's name, for messages.</param>
    /// <exception cref="LegoNetException">The bytes are no ONNX model.</exception>
    public static OnnxModelFile Parse(ReadOnlyMemory<byte> bytes, string file)
    {
        try
        {
            var model = ProtoMessage.Parse(UnsafeByteOperations.UnsafeWrap(bytes));
            var graph = model.Message(7);
            return graph is null ? throw LegoNetException.BadInput($"{file}: not an ONNX model (it has no graph).") : new OnnxModelFile(model, graph);
        }
        catch (Exception e) when (e is InvalidProtocolBufferException or InvalidDataException)
        {
            throw LegoNetException.BadInput($"{file}: not an ONNX model.", e);
        }
    }

    private static OnnxValueInfo Value(ByteString bytes)
    {
        var info = ProtoMessage.Parse(bytes);
        var tensor = info.Message(2)?.Message(1);
        var shape = tensor?.Message(2);
        return new OnnxValueInfo(info.Text(1), tensor?.Integer(1) ?? 0, shape is null ? null : [.. shape.All(1).Select(Dimension)]);
    }

    private static OnnxDimension Dimension(ByteString bytes)
    {
        var dimension = ProtoMessage.Parse(bytes);
        var symbol = dimension.Text(2);
        return new OnnxDimension(dimension.Integer(1), symbol.Length == 0 ? null : symbol);
    }
}
