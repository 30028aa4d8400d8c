using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using LegoNet.Data.Files;

namespace LegoNet.Data.Formats;

/// <summary>
/// Reads the header of a NumPy .npy file (format versions 1 and 2): a magic number, a length, and a Python dictionary literal of
/// exactly 'descr', 'fortran_order' and 'shape'. Every size is checked against the file's length.
/// </summary>
internal ref struct NpyHeader
{
    private const int MaxHeaderBytes = 64 << 10;

    private readonly ReadOnlySpan<char> _text;
    private int _at;

    private NpyHeader(ReadOnlySpan<char> text) => _text = text;

    /// <summary>Reads the layout of a file of vectors, [N, D] in float32, float64, float16 or int8, in C or Fortran order.</summary>
    /// <exception cref="LegoNetException">The file is missing, no such file, or not as long as its header says.</exception>
    public static VectorLayout Read(string path)
    {
        using var file = SourceFile.OpenRaw(path);
        try
        {
            Span<byte> prefix = stackalloc byte[12];
            if (file.ReadAtLeast(prefix, 12, throwOnEndOfStream: false) < 12 || prefix[0] != 0x93 || !prefix[1..].StartsWith("NUMPY"u8))
            {
                throw new FormatException("is no .npy file");
            }

            var (length, start) = prefix[6] switch
            {
                1 => (BinaryPrimitives.ReadUInt16LittleEndian(prefix[8..]), 10),
                2 => (BinaryPrimitives.ReadUInt32LittleEndian(prefix[8..]), 12),
                _ => throw new FormatException($"is of .npy format version {prefix[6]}; 1 and 2 are read"),
            };
            if (length > MaxHeaderBytes || start + length > file.Length)
            {
                throw new FormatException("has a .npy header that is cut off or too long");
            }

            var header = new byte[length];
            file.Position = start;
            file.ReadExactly(header);
            return Parse(header, start + length, file.Length);
        }
        catch (FormatException e)
        {
            throw LegoNetException.BadInput($"{path}: {e.Message}.", e);
        }
        catch (Exception e) when (SourceFile.IsReadFailure(e))
        {
            throw SourceFile.Unreadable(path, e);
        }
    }

    private static VectorLayout Parse(ReadOnlySpan<byte> header, long dataStart, long fileLength)
    {
        var parser = new NpyHeader(Encoding.Latin1.GetString(header));
        string? type = null;
        bool? fortran = null;
        long[]? shape = null;
        parser.Expect('{');
        while (!parser.TryTake('}'))
        {
            var key = parser.String();
            parser.Expect(':');
            switch (key)
            {
                case "descr" when type is null:
                    type = parser.String();
                    break;
                case "fortran_order" when fortran is null:
                    fortran = parser.Boolean();
                    break;
                case "shape" when shape is null:
                    shape = parser.Tuple();
                    break;
                default:
                    throw Malformed();
            }

            if (!parser.TryTake(','))
            {
                parser.Expect('}');
                break;
            }
        }

        if (type is null || fortran is null || shape is null || !parser.AtEnd())
        {
            throw Malformed();
        }

        return Layout(type, fortran.Value, shape, dataStart, fileLength);
    }

    private static VectorLayout Layout(string type, bool fortran, long[] shape, long dataStart, long fileLength)
    {
        var element = type switch
        {
            "|i1" => VectorElement.Int8,
            "<f2" => VectorElement.Float16,
            "<f4" => VectorElement.Float32,
            "<f8" => VectorElement.Float64,
            _ => throw new FormatException($"holds elements of type '{type}'; '<f4', '<f8', '<f2' and '|i1' are read"
                + (type is ['>', 'f', _] ? " (numpy: a.astype(a.dtype.newbyteorder('<')))" : "")),
        };
        if (shape.Length != 2)
        {
            throw new FormatException($"has {shape.Length} dimensions; 2 are read: one vector per row");
        }

        var (rows, dimension) = (shape[0], shape[1]);
        if (rows < 1 || dimension is < 1 or > VectorLayout.MaxDimension)
        {
            throw new FormatException($"has the shape [{rows}, {dimension}]; at least one vector of 1 to {VectorLayout.MaxDimension} elements is expected");
        }

        // Int128: the rows are a number from the file, and their product with the size must not wrap.
        var expected = dataStart + ((Int128)rows * dimension * VectorLayout.SizeOf(element));
        return expected == fileLength
            ? new VectorLayout(dataStart, rows, (int)dimension, element, fortran)
            : throw new FormatException($"has {fileLength} bytes where its header describes {expected}");
    }

    private static FormatException Malformed() => new("has a malformed .npy header");

    private void SkipSpace()
    {
        while (_at < _text.Length && _text[_at] is ' ' or '\n' or '\t' or '\r')
        {
            _at++;
        }
    }

    private bool AtEnd()
    {
        SkipSpace();
        return _at == _text.Length;
    }

    private bool TryTake(char c)
    {
        SkipSpace();
        if (_at < _text.Length && _text[_at] == c)
        {
            _at++;
            return true;
        }

        return false;
    }

    private void Expect(char c)
    {
        if (!TryTake(c))
        {
            throw Malformed();
        }
    }

    // Structured types stand here as lists and are refused as malformed strings; they would not be vectors.
    private string String()
    {
        SkipSpace();
        var quote = _at < _text.Length ? _text[_at] : '\0';
        if (quote is not ('\'' or '"'))
        {
            throw Malformed();
        }

        var rest = _text[(_at + 1)..];
        var end = rest.IndexOf(quote);
        if (end is < 0 or > 32)
        {
            throw Malformed();
        }

        _at += end + 2;
        foreach (var c in rest[..end])
        {
            if (c is < ' ' or > '~')
            {
                throw Malformed();
            }
        }

        return rest[..end].ToString();
    }

    private bool Boolean()
    {
        SkipSpace();
        foreach (var (word, value) in (ReadOnlySpan<(string, bool)>)[("True", true), ("False", false)])
        {
            if (_text[_at..].StartsWith(word, StringComparison.Ordinal))
            {
                _at += word.Length;
                return value;
            }
        }

        throw Malformed();
    }

    private long[] Tuple()
    {
        var items = new List<long>();
        Expect('(');
        while (!TryTake(')'))
        {
            SkipSpace();
            var start = _at;
            while (_at < _text.Length && char.IsAsciiDigit(_text[_at]))
            {
                _at++;
            }

            if (items.Count == 32 || !long.TryParse(_text[start.._at], NumberStyles.None, CultureInfo.InvariantCulture, out var item))
            {
                throw Malformed();
            }

            items.Add(item);
            if (!TryTake(','))
            {
                Expect(')');
                break;
            }
        }

        return [.. items];
    }
}
