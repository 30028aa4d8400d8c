using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace LegoNet.Data.Formats;

/// <summary>
/// Writes one array as a NumPy .npy file, format 1.0, little-endian and C order, block by block, so that it need not fit into memory
/// (https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html).
/// </summary>
internal sealed class NpyWriter : IDisposable
{
    private const int HeaderAlignment = 64;

    private readonly FileStream _stream;
    private readonly NpyElement _element;
    private readonly string _path;
    private readonly long _bytes;
    private long _written;

    /// <summary>Creates the file, replacing an older one, and writes the header.</summary>
    /// <param name="path">The file to write.</param>
    /// <param name="element">What the array holds.</param>
    /// <param name="shape">The lengths of the axes, slowest first; none negative.</param>
    /// <exception cref="ArgumentException">A length is negative, or the array too large.</exception>
    /// <exception cref="LegoNetException">The file cannot be written.</exception>
    public NpyWriter(string path, NpyElement element, params ReadOnlySpan<long> shape)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var axes = new StringBuilder();
        var bytes = (long)SizeOf(element);
        foreach (var length in shape)
        {
            if (length < 0 || (length > 0 && bytes > long.MaxValue / length))
            {
                throw new ArgumentException("A length is negative, or the array too large.", nameof(shape));
            }

            bytes *= length;
            axes.Append(CultureInfo.InvariantCulture, $"{length},");
        }

        (_path, _element, _bytes) = (path, element, bytes);
        var type = element switch { NpyElement.UInt8 => "|u1", NpyElement.Int32 => "<i4", _ => "<f4" };
        var text = $"{{'descr': '{type}', 'fortran_order': False, 'shape': ({axes}), }}";
        const int Prefix = 10;
        var padded = (Prefix + text.Length + 1 + HeaderAlignment - 1) / HeaderAlignment * HeaderAlignment;
        var header = new byte[padded];
        header[0] = 0x93;
        "NUMPY"u8.CopyTo(header.AsSpan(1));
        header[6] = 1;
        BinaryPrimitives.WriteUInt16LittleEndian(header.AsSpan(8), (ushort)(padded - Prefix));
        Ascii.FromUtf16(text.PadRight(padded - Prefix - 1) + "\n", header.AsSpan(Prefix), out _);
        _stream = Try(() => new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, 1 << 16));
        Write(header, counts: false);
    }

    /// <summary>Appends elements of a <see cref="NpyElement.UInt8"/> array.</summary>
    /// <exception cref="InvalidOperationException">The array holds other elements, or would become longer than its shape.</exception>
    /// <exception cref="LegoNetException">The file cannot be written.</exception>
    public void Write(ReadOnlySpan<byte> values)
    {
        Expect(NpyElement.UInt8, values.Length);
        Write(values, counts: true);
    }

    /// <summary>Appends elements of an <see cref="NpyElement.Int32"/> array.</summary>
    /// <exception cref="InvalidOperationException">The array holds other elements, or would become longer than its shape.</exception>
    /// <exception cref="LegoNetException">The file cannot be written.</exception>
    public void Write(ReadOnlySpan<int> values)
    {
        Expect(NpyElement.Int32, values.Length);
        Span<byte> bytes = stackalloc byte[sizeof(int)];
        foreach (var value in values)
        {
            BinaryPrimitives.WriteInt32LittleEndian(bytes, value);
            Write(bytes, counts: true);
        }
    }

    /// <summary>Appends elements of a <see cref="NpyElement.Float32"/> array.</summary>
    /// <exception cref="InvalidOperationException">The array holds other elements, or would become longer than its shape.</exception>
    /// <exception cref="LegoNetException">The file cannot be written.</exception>
    public void Write(ReadOnlySpan<float> values)
    {
        Expect(NpyElement.Float32, values.Length);
        Span<byte> bytes = stackalloc byte[sizeof(float)];
        foreach (var value in values)
        {
            BinaryPrimitives.WriteSingleLittleEndian(bytes, value);
            Write(bytes, counts: true);
        }
    }

    /// <summary>Flushes and closes the file, and makes sure that it holds as many elements as its header says.</summary>
    /// <exception cref="InvalidOperationException">Fewer elements were written than the shape has.</exception>
    /// <exception cref="LegoNetException">The file cannot be written.</exception>
    public void Complete()
    {
        if (_written != _bytes)
        {
            throw new InvalidOperationException($"The array has {_bytes} bytes, {_written} of them were written.");
        }

        Try(() =>
        {
            _stream.Dispose();
            return 0;
        });
    }

    /// <summary>Closes the file; call <see cref="Complete"/> first when the array is whole.</summary>
    public void Dispose() => _stream.Dispose();

    private static int SizeOf(NpyElement element) => element == NpyElement.UInt8 ? 1 : 4;

    private void Expect(NpyElement element, int count)
    {
        if (element != _element || count > (_bytes - _written) / SizeOf(element))
        {
            throw new InvalidOperationException($"The array holds {_element} and has room for {(_bytes - _written) / SizeOf(_element)} more.");
        }
    }

    private void Write(ReadOnlySpan<byte> bytes, bool counts)
    {
        try
        {
            _stream.Write(bytes);
        }
        catch (IOException e)
        {
            throw LegoNetException.BadInput($"{_path}: cannot be written ({LegoNetException.Cause(e)}).", e);
        }

        _written += counts ? bytes.Length : 0;
    }

    private T Try<T>(Func<T> action)
    {
        try
        {
            return action();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw LegoNetException.BadInput($"{_path}: cannot be written ({LegoNetException.Cause(e)}).", e);
        }
    }
}
