using System.Runtime.InteropServices;
using Google.Protobuf;

namespace LegoNet.Onnx.Graphs;

/// <summary>
/// Writes ONNX models (onnx.proto3: ModelProto, GraphProto, NodeProto, AttributeProto, TensorProto, ValueInfoProto). The same calls
/// give the same bytes. Only what this project's graphs need is here.
/// </summary>
internal sealed class OnnxModelBuilder
{
    /// <summary>ONNX's own limit: a protobuf message has at most 2 GiB.</summary>
    private const long MaxBytes = int.MaxValue;

    private readonly string _graphName;
    private readonly List<ProtoField> _graph = [];
    private readonly List<ProtoField> _modelTail = [];
    private readonly SortedDictionary<string, long> _opsets = new(StringComparer.Ordinal);
    private int _nodes;

    /// <summary>Starts a model.</summary>
    /// <param name="graphName">The graph's name, also the prefix of node names.</param>
    /// <param name="opset">Version of the default operator set.</param>
    public OnnxModelBuilder(string graphName, long opset)
    {
        _graphName = graphName;
        _opsets[""] = opset;
    }

    /// <summary>The model's IR version. 8 is read by ONNX Runtime 1.10 and later.</summary>
    public long IrVersion { get; set; } = 8;

    /// <summary>Prefix of every name that <see cref="Constant(string, ReadOnlySpan{long}, ReadOnlySpan{long})"/> and <see cref="Node"/> make up.</summary>
    public string Prefix { get; init; } = "";

    /// <summary>Declares the version of a further operator set.</summary>
    public void Opset(string domain, long version) => _opsets[domain is "ai.onnx" ? "" : domain] = version;

    /// <summary>Declares a graph input.</summary>
    public void Input(string name, OnnxType type, params ReadOnlySpan<OnnxDimension> shape) => _graph.Add(ValueInfo(11, name, type, shape));

    /// <summary>Declares a graph output.</summary>
    public void Output(string name, OnnxType type, params ReadOnlySpan<OnnxDimension> shape) => _graph.Add(ValueInfo(12, name, type, shape));

    /// <summary>Adds an int64 initializer and returns its name.</summary>
    public string Constant(string name, ReadOnlySpan<long> shape, ReadOnlySpan<long> values)
        => Tensor(name, OnnxType.Int64, shape, MemoryMarshal.AsBytes(values));

    /// <summary>Adds a float32 initializer and returns its name.</summary>
    public string Constant(string name, ReadOnlySpan<long> shape, ReadOnlySpan<float> values)
        => Tensor(name, OnnxType.Float, shape, MemoryMarshal.AsBytes(values));

    /// <summary>Adds a float64 initializer and returns its name.</summary>
    public string Constant(string name, ReadOnlySpan<long> shape, ReadOnlySpan<double> values)
        => Tensor(name, OnnxType.Double, shape, MemoryMarshal.AsBytes(values));

    /// <summary>Adds an int8 initializer and returns its name.</summary>
    public string Constant(string name, ReadOnlySpan<long> shape, ReadOnlySpan<sbyte> values)
        => Tensor(name, OnnxType.Int8, shape, MemoryMarshal.AsBytes(values));

    /// <summary>Adds a string initializer and returns its name.</summary>
    public string Constant(string name, ReadOnlySpan<long> shape, IReadOnlyList<string> values)
    {
        name = Prefix + name;
        var fields = Dimensions(shape);
        fields.Add(ProtoField.Of(2, (long)OnnxType.String));
        fields.AddRange(values.Select(v => ProtoField.Of(6, v)));
        fields.Add(ProtoField.Of(8, name));
        _graph.Add(ProtoField.Message(5, CollectionsMarshal.AsSpan(fields)));
        return name;
    }

    /// <summary>Adds a node of the default operator set with one output and returns the output's name.</summary>
    /// <param name="op">The operator.</param>
    /// <param name="output">The output's name, before <see cref="Prefix"/>.</param>
    /// <param name="inputs">Full names of the inputs; empty for an optional input left out.</param>
    /// <param name="attributes">Attributes made by <see cref="Attribute(string, long)"/> and its overloads.</param>
    /// <param name="domain">The operator set's domain; empty for ONNX's own.</param>
    public string Node(string op, string output, string[] inputs, ProtoField[]? attributes = null, string domain = "")
    {
        output = Prefix + output;
        Nodes(op, inputs, [output], attributes, domain);
        return output;
    }

    /// <summary>The version declared of an operator set; null for none.</summary>
    public long? OpsetOf(string domain) => _opsets.TryGetValue(domain, out var version) ? version : null;

    /// <summary>Adds a node with the given full output names.</summary>
    /// <param name="op">The operator.</param>
    /// <param name="inputs">Full names of the inputs; empty for an optional input left out.</param>
    /// <param name="outputs">Full names of the outputs.</param>
    /// <param name="attributes">Attributes.</param>
    /// <param name="domain">The operator set's domain; empty for ONNX's own.</param>
    /// <param name="name">The node's own name; null for one made up.</param>
    public void Nodes(string op, string[] inputs, string[] outputs, ProtoField[]? attributes = null, string domain = "", string? name = null)
    {
        var fields = new List<ProtoField>();
        fields.AddRange(inputs.Select(i => ProtoField.Of(1, i)));
        fields.AddRange(outputs.Select(o => ProtoField.Of(2, o)));
        fields.Add(ProtoField.Of(3, name ?? $"{Prefix}{op}_{_nodes++}"));
        fields.Add(ProtoField.Of(4, op));
        fields.AddRange(attributes ?? []);
        if (domain.Length > 0)
        {
            fields.Add(ProtoField.Of(7, domain));
        }

        _graph.Add(ProtoField.Message(1, CollectionsMarshal.AsSpan(fields)));
    }

    /// <summary>An integer attribute (AttributeProto.INT = 2).</summary>
    public static ProtoField Attribute(string name, long value) => ProtoField.Message(5, ProtoField.Of(1, name), ProtoField.Of(3, value), ProtoField.Of(20, 2));

    /// <summary>A float attribute (AttributeProto.FLOAT = 1).</summary>
    public static ProtoField Attribute(string name, float value)
        => ProtoField.Message(5, ProtoField.Of(1, name), ProtoField.Of(2, value), ProtoField.Of(20, 1));

    /// <summary>A text attribute (AttributeProto.STRING = 3).</summary>
    public static ProtoField Attribute(string name, string value)
        => ProtoField.Message(5, ProtoField.Of(1, name), ProtoField.Of(4, value), ProtoField.Of(20, 3));

    /// <summary>An attribute of a few integers (AttributeProto.INTS = 7).</summary>
    public static ProtoField Attribute(string name, IEnumerable<long> values)
        => ProtoField.Message(5, [ProtoField.Of(1, name), .. values.Select(v => ProtoField.Of(8, v)), ProtoField.Of(20, 7)]);

    /// <summary>An attribute of many integers (AttributeProto.INTS = 7), packed into one field, which every protobuf reader takes for the same.</summary>
    /// <param name="name">The attribute's name.</param>
    /// <param name="values">The integers, none negative.</param>
    public static ProtoField PackedAttribute(string name, IReadOnlyCollection<int> values)
    {
        long size = 0;
        foreach (var value in values)
        {
            size += CodedOutputStream.ComputeUInt32Size((uint)value);
        }

        if (size > Array.MaxLength)
        {
            throw LegoNetException.BadInput("The ONNX graph would hold an attribute of more than 2 GiB, and ONNX files end there.");
        }

        var bytes = new byte[size];
        var output = new CodedOutputStream(bytes);
        foreach (var value in values)
        {
            output.WriteUInt32((uint)value);
        }

        output.CheckNoSpaceLeft();
        return ProtoField.Message(5, ProtoField.Of(1, name), ProtoField.Of(8, UnsafeByteOperations.UnsafeWrap(bytes)), ProtoField.Of(20, 7));
    }

    /// <summary>A float64 tensor as an attribute, one axis (AttributeProto.TENSOR = 4).</summary>
    public static ProtoField Attribute(string name, ReadOnlySpan<double> values)
        => TensorAttribute(name, OnnxType.Double, values.Length, MemoryMarshal.AsBytes(values));

    /// <summary>A uint8 tensor as an attribute, one axis (AttributeProto.TENSOR = 4).</summary>
    public static ProtoField Attribute(string name, ReadOnlySpan<byte> values) => TensorAttribute(name, OnnxType.UInt8, values.Length, values);

    /// <summary>An attribute of texts (AttributeProto.STRINGS = 8).</summary>
    public static ProtoField Attribute(string name, IEnumerable<string> values)
        => ProtoField.Message(5, [ProtoField.Of(1, name), .. values.Select(v => ProtoField.Of(9, v)), ProtoField.Of(20, 8)]);

    /// <summary>Adds a field of a GraphProto as it is (a foreign node, initializer, input).</summary>
    public void GraphField(ProtoField field) => _graph.Add(field);

    /// <summary>Adds a field of a ModelProto as it is (foreign functions, metadata).</summary>
    public void ModelField(ProtoField field) => _modelTail.Add(field);

    /// <summary>The model's bytes.</summary>
    /// <exception cref="LegoNetException">The model would pass ONNX's limit of 2 GiB.</exception>
    public byte[] ToArray()
    {
        using var stream = new MemoryStream();
        WriteTo(stream);
        return stream.ToArray();
    }

    /// <summary>Writes the model.</summary>
    /// <exception cref="LegoNetException">The model would pass ONNX's limit of 2 GiB; nothing was written.</exception>
    public void WriteTo(Stream stream)
    {
        List<ProtoField> head = [ProtoField.Of(1, IrVersion), ProtoField.Of(2, "LegoNet.MLNet")];

        // The graph may hold hundreds of megabytes of weights, so it is never put together in memory: its length is the sum of its
        // fields' lengths, and the fields follow one by one.
        var name = ProtoField.Of(2, _graphName);
        var graphSize = name.Size + _graph.Sum(f => f.Size);
        var tail = new List<ProtoField>();
        foreach (var (domain, version) in _opsets)
        {
            // An empty domain is spelled by leaving the field out, as ONNX's own writers do.
            tail.Add(domain.Length == 0
                ? ProtoField.Message(8, ProtoField.Of(2, version))
                : ProtoField.Message(8, ProtoField.Of(1, domain), ProtoField.Of(2, version)));
        }

        tail.AddRange(_modelTail);
        var total = head.Sum(f => f.Size) + graphSize + 16 + tail.Sum(f => f.Size);
        if (total > MaxBytes)
        {
            throw LegoNetException.BadInput($"The ONNX graph would take {total / (1 << 20)} MiB, and ONNX files end at 2048 MiB.");
        }

        using var output = new CodedOutputStream(stream, 1 << 16, leaveOpen: true);
        head.ForEach(f => f.WriteTo(output));
        output.WriteTag(7, WireFormat.WireType.LengthDelimited);
        output.WriteLength((int)graphSize);
        name.WriteTo(output);

        // Nodes first, then initializers, inputs, outputs and the rest: the order of onnx.proto, whatever the order of the calls.
        foreach (var group in _graph.GroupBy(f => f.Number).OrderBy(g => g.Key))
        {
            foreach (var field in group)
            {
                field.WriteTo(output);
            }
        }

        tail.ForEach(f => f.WriteTo(output));
        output.Flush();
    }

    private static ProtoField TensorAttribute(string name, OnnxType type, int length, ReadOnlySpan<byte> raw)
    {
        var tensor = ProtoField.Message(
            5, ProtoField.Of(1, (long)length), ProtoField.Of(2, (long)type), ProtoField.Of(8, name), ProtoField.Of(9, ByteString.CopyFrom(raw)));
        return ProtoField.Message(5, ProtoField.Of(1, name), tensor, ProtoField.Of(20, 4));
    }

    private static List<ProtoField> Dimensions(ReadOnlySpan<long> shape)
    {
        var fields = new List<ProtoField>();
        foreach (var dimension in shape)
        {
            fields.Add(ProtoField.Of(1, dimension));
        }

        return fields;
    }

    /// <summary>A ValueInfoProto: name, and a tensor type with its shape.</summary>
    internal static ProtoField ValueInfo(int number, string name, OnnxType type, ReadOnlySpan<OnnxDimension> shape)
    {
        var dimensions = new List<ProtoField>();
        foreach (var dimension in shape)
        {
            dimensions.Add(
                dimension.Value is { } value ? ProtoField.Message(1, ProtoField.Of(1, value))
                : dimension.Symbol is { } symbol ? ProtoField.Message(1, ProtoField.Of(2, symbol))
                : ProtoField.Message(1));
        }

        var tensor = ProtoField.Message(1, ProtoField.Of(1, (long)type), ProtoField.Message(2, CollectionsMarshal.AsSpan(dimensions)));
        return ProtoField.Message(number, ProtoField.Of(1, name), ProtoField.Message(2, tensor));
    }

    private string Tensor(string name, OnnxType type, ReadOnlySpan<long> shape, ReadOnlySpan<byte> raw)
    {
        if (!BitConverter.IsLittleEndian)
        {
            throw new PlatformNotSupportedException("ONNX tensors are little-endian, and so are all machines .NET 10 and ONNX Runtime share.");
        }

        name = Prefix + name;
        var fields = Dimensions(shape);
        fields.Add(ProtoField.Of(2, (long)type));
        fields.Add(ProtoField.Of(8, name));
        fields.Add(ProtoField.Of(9, ByteString.CopyFrom(raw)));
        _graph.Add(ProtoField.Message(5, CollectionsMarshal.AsSpan(fields)));
        return name;
    }
}
