using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace LegoNet.Data.Formats;

/// <summary>
/// Writes a safetensors file whose bytes are a function of what was added: members in the order of the calls, metadata sorted,
/// the header padded with spaces to a multiple of 64 bytes so that mapped arrays are aligned.
/// </summary>
/// <remarks>The format forbids gaps, so add arrays of wide elements before narrow ones.</remarks>
internal sealed class SafetensorsWriter
{
    private readonly List<Tensor> _tensors = [];
    private readonly SortedDictionary<string, string> _metadata = new(StringComparer.Ordinal);

    /// <summary>Adds a metadata string.</summary>
    public void AddMetadata(string name, string value) => _metadata.Add(name, value);

    /// <summary>Adds an array.</summary>
    /// <param name="name">Its name, unique in the file.</param>
    /// <param name="values">Its elements, row-major; the element type gives the array's type.</param>
    /// <param name="shape">Its shape; the product must equal the number of elements.</param>
    public void Add<T>(string name, ReadOnlySpan<T> values, params ReadOnlySpan<long> shape)
        where T : unmanaged
    {
        var count = CountOf(shape);
        if (count != values.Length)
        {
            throw new ArgumentException($"Array \"{name}\" has {values.Length} elements, its shape {count}.", nameof(shape));
        }

        var bytes = MemoryMarshal.AsBytes(values).ToArray();
        _tensors.Add(new Tensor(name, TypeOf<T>(), shape.ToArray(), bytes.Length, place => bytes.CopyTo(place.Span)));
    }

    /// <summary>Adds an array that is written into the file's bytes directly: nothing is copied.</summary>
    /// <param name="name">Its name, unique in the file.</param>
    /// <param name="fill">Writes its elements, row-major; they are zero before.</param>
    /// <param name="shape">Its shape.</param>
    internal unsafe void Add<T>(string name, SpanAction<T> fill, params ReadOnlySpan<long> shape)
        where T : unmanaged
        => _tensors.Add(new Tensor(name, TypeOf<T>(), shape.ToArray(), CountOf(shape) * sizeof(T), place => fill(MemoryMarshal.Cast<byte, T>(place.Span))));

    /// <summary>The file's bytes.</summary>
    public byte[] ToArray()
    {
        if (!BitConverter.IsLittleEndian)
        {
            throw new PlatformNotSupportedException("Model files are written on little-endian machines only.");
        }

        var header = new ArrayBufferWriter<byte>(512);
        using (var json = new Utf8JsonWriter(header))
        {
            json.WriteStartObject();
            if (_metadata.Count > 0)
            {
                json.WriteStartObject("__metadata__");
                foreach (var (name, value) in _metadata)
                {
                    json.WriteString(name, value);
                }

                json.WriteEndObject();
            }

            long offset = 0;
            foreach (var (name, type, shape, length, _) in _tensors)
            {
                json.WriteStartObject(name);
                json.WriteString("dtype", type.ToString());
                json.WriteStartArray("shape");
                foreach (var dimension in shape)
                {
                    json.WriteNumberValue(dimension);
                }

                json.WriteEndArray();
                json.WriteStartArray("data_offsets");
                json.WriteNumberValue(offset);
                json.WriteNumberValue(offset += length);
                json.WriteEndArray();
                json.WriteEndObject();
            }

            json.WriteEndObject();
        }

        var padded = ((8 + header.WrittenCount + 63) / 64 * 64) - 8;
        var bytes = new byte[8 + padded + _tensors.Sum(t => t.Length)];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, padded);
        header.WrittenSpan.CopyTo(bytes.AsSpan(8));
        bytes.AsSpan(8 + header.WrittenCount, padded - header.WrittenCount).Fill((byte)' ');
        var place = 8 + padded;
        foreach (var tensor in _tensors)
        {
            tensor.Fill(bytes.AsMemory(place, (int)tensor.Length));
            place += (int)tensor.Length;
        }

        return bytes;
    }

    private static long CountOf(ReadOnlySpan<long> shape)
    {
        long count = 1;
        foreach (var dimension in shape)
        {
            count *= dimension;
        }

        return count;
    }

    internal static TensorType TypeOf<T>()
        where T : unmanaged
        => default(T) switch
        {
            byte => TensorType.U8,
            sbyte => TensorType.I8,
            ushort => TensorType.U16,
            short => TensorType.I16,
            uint => TensorType.U32,
            int => TensorType.I32,
            float => TensorType.F32,
            ulong => TensorType.U64,
            long => TensorType.I64,
            double => TensorType.F64,
            _ => throw new NotSupportedException($"{typeof(T)} is no element type of a safetensors array."),
        };

    /// <summary>Writes an array's elements.</summary>
    internal delegate void SpanAction<T>(Span<T> elements);

    private sealed record Tensor(string Name, TensorType Type, long[] Shape, long Length, Action<Memory<byte>> Fill);
}
