using System.Runtime.InteropServices;

namespace LegoNet.Data.Formats;

/// <summary>A whole safetensors file in memory.</summary>
internal sealed class SafetensorsFile
{
    private readonly ReadOnlyMemory<byte> _bytes;
    private readonly LegoNetError _error;

    private SafetensorsFile(ReadOnlyMemory<byte> bytes, SafetensorsHeader header, LegoNetError error)
    {
        _bytes = bytes;
        Header = header;
        _error = error;
    }

    /// <summary>The header.</summary>
    public SafetensorsHeader Header { get; }

    /// <summary>Parses a file that is already in memory.</summary>
    /// <param name="bytes">The file.</param>
    /// <param name="file">Its name, for messages.</param>
    /// <param name="error">How a malformed file is reported.</param>
    /// <exception cref="LegoNetException">The file is not well-formed.</exception>
    public static SafetensorsFile Parse(ReadOnlyMemory<byte> bytes, string file, LegoNetError error = LegoNetError.BadInput)
        => new(bytes, SafetensorsHeader.Parse(bytes.Span, bytes.Length, file, error), error);

    /// <summary>The elements of an array.</summary>
    /// <param name="name">The array's name.</param>
    /// <param name="shape">The expected shape; a negative number matches any size.</param>
    /// <exception cref="LegoNetException">The array is missing, or of another type or shape.</exception>
    public ReadOnlySpan<T> Get<T>(string name, params ReadOnlySpan<long> shape)
        where T : unmanaged
    {
        var expected = SafetensorsWriter.TypeOf<T>();
        if (!Header.TryGet(name, out var info))
        {
            throw new LegoNetException(_error, $"{Header.File}: array \"{name}\" is missing.");
        }

        var matches = info.Type == expected && info.Shape.Count == shape.Length;
        for (var i = 0; matches && i < shape.Length; i++)
        {
            matches = shape[i] < 0 || shape[i] == info.Shape[i];
        }

        if (!matches)
        {
            var wanted = string.Join(", ", shape.ToArray().Select(s => s < 0 ? "*" : s.ToString()));
            throw new LegoNetException(
                _error,
                $"{Header.File}: array \"{name}\" is {info.Type} [{string.Join(", ", info.Shape)}] where {expected} [{wanted}] is expected.");
        }

        return MemoryMarshal.Cast<byte, T>(_bytes.Span.Slice((int)info.Offset, (int)info.Length));
    }
}
