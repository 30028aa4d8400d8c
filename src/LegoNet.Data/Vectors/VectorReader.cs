using System.Buffers.Binary;
using System.Globalization;
using LegoNet.Data.Files;
using LegoNet.Data.Formats;

namespace LegoNet.Data.Vectors;

/// <summary>Reads the vectors of a binary file in order, a block of them at a time, whichever way they lie.</summary>
internal sealed class VectorReader
{
    // What lies by rows is read on from block to block. What lies by columns takes one piece of each column, and pieces must not be small.
    private const int RowMajorBytes = 1 << 20;
    private const int ColumnMajorBytes = 16 << 20;

    private readonly FileStream _file;
    private readonly VectorLayout _layout;
    private readonly byte[] _block;
    private readonly int _blockRows;
    private long _start;
    private int _held;

    /// <summary>Creates the reader.</summary>
    /// <param name="file">The file, which stays the caller's.</param>
    /// <param name="layout">Where its vectors are.</param>
    public VectorReader(FileStream file, VectorLayout layout)
    {
        (_file, _layout) = (file, layout);
        var row = layout.Dimension * layout.Size;
        _blockRows = (int)Math.Clamp((layout.ColumnMajor ? ColumnMajorBytes : RowMajorBytes) / row, 1, layout.Rows);
        _block = new byte[_blockRows * row];
    }

    /// <summary>Reads a vector; quick only in the order of the rows.</summary>
    /// <param name="row">Its row, from 0.</param>
    /// <returns>The vector, [D].</returns>
    /// <exception cref="LegoNetException">The file ends too early, or an element is not finite.</exception>
    public float[] Read(long row)
    {
        if (row < _start || row >= _start + _held)
        {
            Fill(row);
        }

        var at = (int)(row - _start);
        var values = new float[_layout.Dimension];
        Decode(at, values);
        for (var i = 0; i < values.Length && _layout.Element != VectorElement.Int8; i++)
        {
            if (!float.IsFinite(values[i]))
            {
                throw LegoNetException.BadInput($"{Place(row)}: element {i + 1} is no finite 32-bit number.");
            }
        }

        return values;
    }

    /// <summary>Shows a vector's bytes; quick only in the order of the rows.</summary>
    /// <param name="row">Its row, from 0.</param>
    /// <param name="show">Receives them.</param>
    /// <exception cref="LegoNetException">The file ends too early.</exception>
    public void Show(long row, IRawSource.Show show)
    {
        if (row < _start || row >= _start + _held)
        {
            Fill(row);
        }

        var (at, size) = ((int)(row - _start), _layout.Size);
        if (!_layout.ColumnMajor)
        {
            show(_block.AsSpan(at * _layout.Dimension * size, _layout.Dimension * size));
            return;
        }

        for (var i = 0; i < _layout.Dimension; i++)
        {
            show(_block.AsSpan((at + (i * _held)) * size, size));
        }
    }

    /// <summary>A vector's place, for messages.</summary>
    public string Place(long row) => string.Create(CultureInfo.InvariantCulture, $"{_file.Name}: row {row + 1}");

    private void Decode(int at, Span<float> values)
    {
        var size = _layout.Size;
        var (first, step) = _layout.ColumnMajor ? (at * size, _held * size) : (at * values.Length * size, size);
        var block = _block.AsSpan(first);
        switch (_layout.Element)
        {
            case VectorElement.Int8:
                for (var i = 0; i < values.Length; i++)
                {
                    values[i] = (sbyte)block[i * step];
                }

                break;
            case VectorElement.Float16:
                for (var i = 0; i < values.Length; i++)
                {
                    values[i] = (float)BinaryPrimitives.ReadHalfLittleEndian(block[(i * step)..]);
                }

                break;
            case VectorElement.Float32:
                for (var i = 0; i < values.Length; i++)
                {
                    values[i] = BinaryPrimitives.ReadSingleLittleEndian(block[(i * step)..]);
                }

                break;
            default:
                for (var i = 0; i < values.Length; i++)
                {
                    values[i] = (float)BinaryPrimitives.ReadDoubleLittleEndian(block[(i * step)..]);
                }

                break;
        }
    }

    private void Fill(long row)
    {
        (_start, _held) = (row, (int)Math.Min(_blockRows, _layout.Rows - row));
        var size = (long)_layout.Size;
        if (!_layout.ColumnMajor)
        {
            ReadExactly(_block.AsSpan(0, _held * _layout.Dimension * _layout.Size), row * _layout.Dimension * size);
            return;
        }

        var column = _held * _layout.Size;
        for (var i = 0; i < _layout.Dimension; i++)
        {
            ReadExactly(_block.AsSpan(i * column, column), ((i * _layout.Rows) + row) * size);
        }
    }

    private void ReadExactly(Span<byte> bytes, long offset)
    {
        try
        {
            for (var read = 0; read < bytes.Length;)
            {
                var more = RandomAccess.Read(_file.SafeFileHandle, bytes[read..], _layout.Offset + offset + read);
                read += more > 0 ? more : throw new EndOfStreamException();
            }
        }
        catch (Exception e) when (SourceFile.IsReadFailure(e))
        {
            throw SourceFile.Unreadable(Place(_start), e);
        }
    }
}
