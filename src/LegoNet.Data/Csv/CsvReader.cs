using System.Runtime.CompilerServices;
using LegoNet.Data.Files;

namespace LegoNet.Data.Csv;

/// <summary>
/// Splits a stream of UTF-8 bytes into rows and fields by RFC 4180: fields may be quoted, a quoted field may hold separators,
/// line ends and doubled quotes; lines end in LF or CRLF, the last one optionally.
/// </summary>
/// <remarks>
/// It works on bytes because messages name lines, vectors are parsed without strings, and a row is the most that is ever held.
/// A quote inside an unquoted field is an ordinary character. A carriage return alone outside quotes is an error: silently
/// taking it for content would turn a file with old line ends into one row.
/// </remarks>
internal sealed class CsvReader : IDisposable
{
    private const byte Quote = (byte)'"';
    private const byte LineFeed = (byte)'\n';
    private const byte CarriageReturn = (byte)'\r';

    private readonly Stream _stream;
    private readonly string _name;
    private readonly byte _separator;
    private readonly bool _quotes;
    private readonly CsvLimits _limits;

    private byte[] _buffer = new byte[256 << 10];
    private int _end;
    private bool _ended;
    private long _bufferOffset;

    // Places within a row count from its start, so that moving the row to the buffer's front leaves them valid.
    private int _rowStart;
    private int _rowLength;
    private long _currentLine = 1;
    private (int Start, int Length)[] _fields;

    /// <summary>Starts reading; a UTF-8 byte order mark is passed over.</summary>
    /// <param name="stream">The bytes; owned by the reader.</param>
    /// <param name="name">The file's name, for messages.</param>
    /// <param name="options">Separator and quoting.</param>
    /// <param name="limits">The most memory to take; null for the default.</param>
    public CsvReader(Stream stream, string name, CsvOptions options, CsvLimits? limits = null)
    {
        _stream = stream;
        _name = name;
        _separator = (byte)options.Separator;
        _quotes = options.Quotes;
        _limits = limits ?? CsvLimits.Default;
        _fields = new (int, int)[Math.Min(64, _limits.Columns)];
        SkipByteOrderMark();
    }

    /// <summary>The line on which the current row starts, from 1.</summary>
    public long Line { get; private set; }

    /// <summary>Bytes of the stream before the current row.</summary>
    public long Offset => _bufferOffset + _rowStart;

    /// <summary>The number of fields of the current row.</summary>
    public int FieldCount { get; private set; }

    /// <summary>True where at least one field of the current row is quoted.</summary>
    public bool HasQuotes { get; private set; }

    /// <summary>True for a line with nothing on it.</summary>
    public bool IsBlank => FieldCount == 1 && _fields[0].Length == 0 && !HasQuotes;

    /// <summary>The current row's bytes as they stand in the file, line end included; meaningful only without quotes.</summary>
    public ReadOnlySpan<byte> UnquotedRow => _buffer.AsSpan(_rowStart, _rowLength);

    /// <summary>A field's bytes, without quotes; valid until the next <see cref="Read"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ReadOnlySpan<byte> Field(int index)
    {
        var (start, length) = _fields[index];
        return _buffer.AsSpan(_rowStart + start, length);
    }

    /// <summary>Goes to the next row.</summary>
    /// <returns>False at the end of the file.</returns>
    /// <exception cref="LegoNetException">The file cannot be read, its quoting is broken, or a row is too large.</exception>
    public bool Read()
    {
        _rowStart += _rowLength;
        _rowLength = 0;
        FieldCount = 0;
        HasQuotes = false;
        Line = _currentLine;
        if (!Available(0, 0))
        {
            return false;
        }

        var at = 0;
        while (ReadField(ref at))
        {
        }

        _rowLength = at;
        return true;
    }

    /// <summary>Goes to where a row begins, for <see cref="Read"/> to read it next.</summary>
    /// <param name="offset">Bytes of the stream before it.</param>
    /// <param name="line">Its line, from 1.</param>
    /// <exception cref="LegoNetException">The file cannot be read.</exception>
    public void Seek(long offset, long line)
    {
        try
        {
            _stream.Position = offset;
        }
        catch (Exception e) when (SourceFile.IsReadFailure(e))
        {
            throw SourceFile.Unreadable($"{_name}: at line {line}", e);
        }

        (_bufferOffset, _end, _rowStart, _rowLength) = (offset, 0, 0, 0);
        (_ended, _currentLine) = (false, line);
    }

    public void Dispose() => _stream.Dispose();

    // Reads the field at `at` and what ends it; true where another field follows in the row.
    private bool ReadField(ref int at)
    {
        var start = at;
        if (_quotes && Available(start, start) && _buffer[_rowStart + start] == Quote)
        {
            return ReadQuotedField(ref at);
        }

        var from = start;
        while (true)
        {
            var hit = _buffer.AsSpan(_rowStart + from, _end - _rowStart - from).IndexOfAny(_separator, LineFeed, CarriageReturn);
            if (hit >= 0)
            {
                AddField(start, from + hit - start);
                return EndField(from + hit, ref at);
            }

            from = _end - _rowStart;
            if (!Fill(start))
            {
                AddField(start, from - start);
                at = from;
                return false;
            }
        }
    }

    private bool ReadQuotedField(ref int at)
    {
        HasQuotes = true;
        var openedOn = _currentLine;
        var start = at + 1;
        var from = start;

        // Doubled quotes shrink to one: the rest of the field moves down over the gap, in place.
        var write = start;
        while (true)
        {
            var rest = _buffer.AsSpan(_rowStart + from, _end - _rowStart - from);
            var hit = rest.IndexOf(Quote);
            var text = hit < 0 ? rest : rest[..hit];
            _currentLine += text.Count(LineFeed);
            if (write != from)
            {
                text.CopyTo(_buffer.AsSpan(_rowStart + write));
            }

            write += text.Length;
            from += text.Length;
            if (hit < 0)
            {
                if (!Fill(start))
                {
                    throw Error(openedOn, "a quoted field that starts here is never closed");
                }

                continue;
            }

            from++;
            if (!Available(from, start))
            {
                AddField(start, write - start);
                at = from;
                return false;
            }

            var next = _buffer[_rowStart + from];
            if (next == Quote)
            {
                _buffer[_rowStart + write++] = Quote;
                from++;
            }
            else if (next == _separator || next is LineFeed or CarriageReturn)
            {
                AddField(start, write - start);
                return EndField(from, ref at);
            }
            else
            {
                throw Error(_currentLine, "text follows a closing quote");
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool EndField(int end, ref int at)
    {
        at = end + 1;
        if (_buffer[_rowStart + end] == _separator)
        {
            return true;
        }

        if (_buffer[_rowStart + end] == CarriageReturn)
        {
            if (!Available(at, end) || _buffer[_rowStart + at] != LineFeed)
            {
                throw Error(_currentLine, "a carriage return stands without a line feed outside quotes");
            }

            at++;
        }

        _currentLine++;
        return false;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void AddField(int start, int length)
    {
        if (length > _limits.FieldBytes)
        {
            throw TooLarge();
        }

        if (FieldCount == _fields.Length)
        {
            GrowFields();
        }

        _fields[FieldCount++] = (start, length);
    }

    private void GrowFields()
    {
        if (FieldCount >= _limits.Columns)
        {
            throw Error(Line, $"a row has more than {_limits.Columns} fields");
        }

        Array.Resize(ref _fields, Math.Min(_fields.Length * 2, _limits.Columns));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool Available(int at, int fieldStart) => _rowStart + at < _end || Fill(fieldStart);

    // Brings at least one more byte; false at the end of the file.
    private bool Fill(int fieldStart)
    {
        if (_ended)
        {
            return false;
        }

        _buffer.AsSpan(_rowStart, _end - _rowStart).CopyTo(_buffer);
        _end -= _rowStart;
        _bufferOffset += _rowStart;
        _rowStart = 0;
        if (_end - fieldStart > _limits.FieldBytes || _end > _limits.RowBytes)
        {
            throw TooLarge();
        }

        if (_end == _buffer.Length)
        {
            Array.Resize(ref _buffer, _buffer.Length * 2);
        }

        int read;
        try
        {
            read = _stream.Read(_buffer.AsSpan(_end));
        }
        catch (Exception e) when (SourceFile.IsReadFailure(e))
        {
            throw SourceFile.Unreadable($"{_name}: after line {_currentLine}", e);
        }

        _end += read;
        _ended = read == 0;
        return !_ended;
    }

    private void SkipByteOrderMark()
    {
        while (_end < 3 && Fill(0))
        {
        }

        var start = _buffer.AsSpan(0, _end);
        if (start.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xFE]) || start.StartsWith((ReadOnlySpan<byte>)[0xFE, 0xFF]))
        {
            throw Error(1, "the text is UTF-16; save it as UTF-8");
        }

        _rowStart = start.StartsWith((ReadOnlySpan<byte>)[0xEF, 0xBB, 0xBF]) ? 3 : 0;
    }

    private LegoNetException TooLarge() => Error(
        Line,
        $"a field is larger than {_limits.FieldBytes} bytes or its row than {_limits.RowBytes} (is a quote unclosed, or the separator another one?)");

    private LegoNetException Error(long line, string what) => LegoNetException.BadInput($"{_name}: line {line}: {what}.");
}
