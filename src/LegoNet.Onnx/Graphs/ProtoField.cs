using Google.Protobuf;

namespace LegoNet.Onnx.Graphs;

/// <summary>One field of a protobuf message.</summary>
/// <param name="Number">The field's number.</param>
/// <param name="Type">How it stands on the wire.</param>
/// <param name="Scalar">The value of a varint or fixed field, as raw bits.</param>
/// <param name="Bytes">The value of a length-delimited field.</param>
internal sealed record ProtoField(int Number, WireFormat.WireType Type, ulong Scalar, ByteString Bytes)
{
    /// <summary>Bytes the field takes on the wire. A long, because sums of these may pass the 2 GiB limit, which is then an error.</summary>
    public long Size => CodedOutputStream.ComputeTagSize(Number) + Type switch
    {
        WireFormat.WireType.Varint => CodedOutputStream.ComputeUInt64Size(Scalar),
        WireFormat.WireType.Fixed64 => 8L,
        WireFormat.WireType.Fixed32 => 4L,
        _ => CodedOutputStream.ComputeLengthSize(Bytes.Length) + (long)Bytes.Length,
    };

    /// <summary>Writes the field.</summary>
    public void WriteTo(CodedOutputStream output)
    {
        output.WriteTag(Number, Type);
        switch (Type)
        {
            case WireFormat.WireType.Varint:
                output.WriteUInt64(Scalar);
                break;
            case WireFormat.WireType.Fixed64:
                output.WriteFixed64(Scalar);
                break;
            case WireFormat.WireType.Fixed32:
                output.WriteFixed32((uint)Scalar);
                break;
            default:
                output.WriteBytes(Bytes);
                break;
        }
    }

    /// <summary>A text or message field.</summary>
    public static ProtoField Of(int number, ByteString bytes) => new(number, WireFormat.WireType.LengthDelimited, 0, bytes);

    /// <summary>A text field.</summary>
    public static ProtoField Of(int number, string text) => Of(number, ByteString.CopyFromUtf8(text));

    /// <summary>An integer field.</summary>
    public static ProtoField Of(int number, long value) => new(number, WireFormat.WireType.Varint, unchecked((ulong)value), ByteString.Empty);

    /// <summary>A float field.</summary>
    public static ProtoField Of(int number, float value) => new(number, WireFormat.WireType.Fixed32, BitConverter.SingleToUInt32Bits(value), ByteString.Empty);

    /// <summary>A field holding a message made of the given fields.</summary>
    /// <remarks>A tensor's raw data is wrapped, not copied, on its way in; one copy is made here, where it becomes part of its message.</remarks>
    public static ProtoField Message(int number, params ReadOnlySpan<ProtoField> fields)
    {
        long size = 0;
        foreach (var field in fields)
        {
            size += field.Size;
        }

        if (size > Array.MaxLength)
        {
            throw LegoNetException.BadInput("The ONNX graph would hold a tensor of more than 2 GiB, and ONNX files end there.");
        }

        var bytes = new byte[size];
        var output = new CodedOutputStream(bytes);
        foreach (var field in fields)
        {
            field.WriteTo(output);
        }

        output.CheckNoSpaceLeft();
        return Of(number, UnsafeByteOperations.UnsafeWrap(bytes));
    }
}
