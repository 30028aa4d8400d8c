using Google.Protobuf;

namespace LegoNet.Onnx.Graphs;

/// <summary>
/// One protobuf message as its fields in their order, values untouched. Fields this project does not know pass through, so a
/// message taken apart and put together again says what it said.
/// </summary>
internal sealed class ProtoMessage
{
    private readonly List<ProtoField> _fields = [];

    /// <summary>The fields, in the message's own order.</summary>
    public IReadOnlyList<ProtoField> Fields => _fields;

    /// <summary>Takes a message apart.</summary>
    /// <exception cref="InvalidProtocolBufferException">The bytes are no protobuf message.</exception>
    public static ProtoMessage Parse(ByteString bytes)
    {
        var message = new ProtoMessage();
        var input = bytes.CreateCodedInput();
        uint tag;
        while ((tag = input.ReadTag()) != 0)
        {
            var number = WireFormat.GetTagFieldNumber(tag);
            message._fields.Add(WireFormat.GetTagWireType(tag) switch
            {
                WireFormat.WireType.Varint => new ProtoField(number, WireFormat.WireType.Varint, input.ReadUInt64(), ByteString.Empty),
                WireFormat.WireType.Fixed64 => new ProtoField(number, WireFormat.WireType.Fixed64, input.ReadFixed64(), ByteString.Empty),
                WireFormat.WireType.Fixed32 => new ProtoField(number, WireFormat.WireType.Fixed32, input.ReadFixed32(), ByteString.Empty),
                WireFormat.WireType.LengthDelimited => new ProtoField(number, WireFormat.WireType.LengthDelimited, 0, input.ReadBytes()),
                _ => throw new InvalidDataException("a protobuf group, which ONNX does not use"),
            });
        }

        return message;
    }

    /// <summary>The bytes of every length-delimited field of this number, in order.</summary>
    public IEnumerable<ByteString> All(int number)
        => _fields.Where(f => f.Number == number && f.Type == WireFormat.WireType.LengthDelimited).Select(f => f.Bytes);

    /// <summary>The last value of a text field; empty when absent, as in protobuf.</summary>
    public string Text(int number) => All(number).LastOrDefault()?.ToStringUtf8() ?? "";

    /// <summary>The last value of an integer field; null when absent.</summary>
    public long? Integer(int number)
    {
        var field = _fields.LastOrDefault(f => f.Number == number && f.Type == WireFormat.WireType.Varint);
        return field is null ? null : (long)field.Scalar;
    }

    /// <summary>The last message in a field; null when absent.</summary>
    public ProtoMessage? Message(int number)
    {
        var bytes = All(number).LastOrDefault();
        return bytes is null ? null : Parse(bytes);
    }
}
