using System.Buffers.Binary;
using System.Text.Json;
using LegoNet.Data.Json;

namespace LegoNet.Data.Formats;

/// <summary>
/// The header of a safetensors file: an 8-byte little-endian length, a JSON object, then the arrays without gaps. Every size is
/// checked against the file's length before memory is taken.
/// </summary>
internal sealed class SafetensorsHeader
{
    private const int MaxHeaderBytes = 16 << 20;

    private static readonly JsonRules s_rules = new(Closed: true, LegoNetError.BadInput, Malformed);

    private readonly Dictionary<string, TensorInfo> _tensors;

    private SafetensorsHeader(string file, Dictionary<string, TensorInfo> tensors, Dictionary<string, string> metadata)
    {
        File = file;
        _tensors = tensors;
        Metadata = metadata;
    }

    /// <summary>The file's name, for messages.</summary>
    public string File { get; }

    /// <summary>The arrays.</summary>
    public IReadOnlyCollection<TensorInfo> Tensors => _tensors.Values;

    /// <summary>The free-form metadata strings.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>Finds an array by name.</summary>
    public bool TryGet(string name, out TensorInfo info) => _tensors.TryGetValue(name, out info!);

    /// <summary>Reads the header at the start of a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="error">How a malformed file is reported: bad input for a user's data, damaged for a model's own file.</param>
    /// <exception cref="LegoNetException">The file is not well-formed safetensors.</exception>
    public static SafetensorsHeader Read(string path, LegoNetError error = LegoNetError.BadInput)
    {
        using var stream = System.IO.File.OpenRead(path);
        Span<byte> prefix = stackalloc byte[8];
        if (stream.ReadAtLeast(prefix, 8, throwOnEndOfStream: false) < 8)
        {
            throw new LegoNetException(error, $"{path}: too short for a safetensors file.");
        }

        var length = HeaderLength(prefix, stream.Length, path, error);
        var header = new byte[8 + length];
        prefix.CopyTo(header);
        stream.ReadExactly(header.AsSpan(8));
        return Parse(header, stream.Length, path, error);
    }

    /// <summary>Parses a header.</summary>
    /// <param name="start">The file's first bytes, at least the whole header.</param>
    /// <param name="fileLength">The whole file's length in bytes.</param>
    /// <param name="file">The file's name, for messages.</param>
    /// <param name="error">How a malformed file is reported.</param>
    /// <exception cref="LegoNetException">The header is malformed, or its arrays do not fill the file exactly.</exception>
    public static SafetensorsHeader Parse(ReadOnlySpan<byte> start, long fileLength, string file, LegoNetError error = LegoNetError.BadInput)
    {
        if (start.Length < 8)
        {
            throw new LegoNetException(error, $"{file}: too short for a safetensors file.");
        }

        var length = HeaderLength(start, fileLength, file, error);
        if (start.Length < 8 + length)
        {
            throw new LegoNetException(error, $"{file}: its safetensors header is cut.");
        }

        var tensors = new Dictionary<string, TensorInfo>(StringComparer.Ordinal);
        var metadata = new Dictionary<string, string>(StringComparer.Ordinal);
        try
        {
            foreach (var member in (s_rules with { Error = error }).Parse(start.Slice(8, length), file).EnumerateObject())
            {
                if (member.NameEquals("__metadata__"))
                {
                    foreach (var entry in member.Value.EnumerateObject())
                    {
                        metadata[entry.Name] = entry.Value.GetString() ?? "";
                    }
                }
                else
                {
                    tensors.Add(member.Name, ReadTensor(member.Name, member.Value, 8 + length));
                }
            }
        }
        catch (Exception e) when (e is FormatException or InvalidOperationException or KeyNotFoundException or OverflowException)
        {
            throw new LegoNetException(error, $"{file}: {Malformed(LegoNetException.Cause(e))}", e);
        }

        // The arrays must tile the rest of the file: nothing can hide in a gap, and no array reaches past the end.
        long end = 8 + length;
        foreach (var tensor in tensors.Values.OrderBy(t => t.Offset).ThenBy(t => t.Length))
        {
            if (tensor.Offset != end)
            {
                throw new LegoNetException(error, $"{file}: array \"{tensor.Name}\" does not follow the one before it.");
            }

            end += tensor.Length;
        }

        return end == fileLength
            ? new SafetensorsHeader(file, tensors, metadata)
            : throw new LegoNetException(error, $"{file}: has {fileLength} bytes where its header describes {end}.");
    }

    internal static int ElementSize(TensorType type) => type switch
    {
        TensorType.U8 or TensorType.I8 => 1,
        TensorType.U16 or TensorType.I16 or TensorType.F16 => 2,
        TensorType.U32 or TensorType.I32 or TensorType.F32 => 4,
        _ => 8,
    };

    private static string Malformed(string problem) => $"its safetensors header is malformed ({problem}).";

    private static int HeaderLength(ReadOnlySpan<byte> start, long fileLength, string file, LegoNetError error)
    {
        var length = BinaryPrimitives.ReadUInt64LittleEndian(start);
        return length is >= 2 and <= MaxHeaderBytes && (long)length <= fileLength - 8
            ? (int)length
            : throw new LegoNetException(error, $"{file}: not a safetensors file (its header length is out of range).");
    }

    private static TensorInfo ReadTensor(string name, JsonElement element, long dataStart)
    {
        var typeName = element.GetProperty("dtype").GetString();
        if (!Enum.TryParse<TensorType>(typeName, out var type) || type.ToString() != typeName)
        {
            throw new FormatException($"array \"{name}\" has the unsupported type {typeName}");
        }

        var shape = element.GetProperty("shape").EnumerateArray().Select(v => v.GetInt64()).ToArray();
        var offsets = element.GetProperty("data_offsets").EnumerateArray().Select(v => v.GetInt64()).ToArray();
        long size = ElementSize(type);
        foreach (var dimension in shape)
        {
            size = dimension >= 0 ? checked(size * dimension) : throw new FormatException($"array \"{name}\" has a negative dimension");
        }

        if (offsets.Length != 2 || offsets[0] < 0 || checked(offsets[1] - offsets[0]) != size)
        {
            throw new FormatException($"array \"{name}\" has a shape and a place that disagree");
        }

        return new TensorInfo(name, type, shape, checked(dataStart + offsets[0]), size);
    }
}
