namespace LegoNet.Data.Images;

/// <summary>Reads bits of a JPEG scan, most significant first, without the zeros stuffed after 0xFF bytes; stops at a marker.</summary>
internal ref struct JpegBits
{
    private readonly ReadOnlySpan<byte> _file;
    private int _at;
    private ulong _buffer;
    private int _count;
    private int _missing;

    public JpegBits(ReadOnlySpan<byte> file, int at)
    {
        _file = file;
        _at = at;
    }

    /// <summary>Where the next marker stands, once all bits of an interval have been read.</summary>
    public readonly int Position => _at;

    /// <summary>The next bits without consuming them; zeros past a marker.</summary>
    public int Peek(int bits)
    {
        if (_count < bits)
        {
            Fill();
        }

        return (int)(_buffer >> (_count - bits)) & ((1 << bits) - 1);
    }

    /// <summary>Consumes bits that were peeked at.</summary>
    public void Skip(int bits)
    {
        _count -= bits;
        if (_count < _missing)
        {
            // The zeros past a marker were made up for peeking; consuming one means that the scan is cut.
            throw new InvalidDataException("is a damaged JPEG image (its picture data ends too early)");
        }
    }

    /// <summary>Reads bits, 0 to 16.</summary>
    public int Read(int bits)
    {
        if (bits == 0)
        {
            return 0;
        }

        var value = Peek(bits);
        Skip(bits);
        return value;
    }

    /// <summary>Reads a number of the given bits in JPEG's sign convention (T.81, figure F.12).</summary>
    public int ReadSigned(int bits)
    {
        var value = Read(bits);
        return bits == 0 || value >= 1 << (bits - 1) ? value : value - (1 << bits) + 1;
    }

    /// <summary>Drops the rest of a byte and reads the restart marker of this number.</summary>
    public void Restart(int number)
    {
        _buffer = 0;
        _count = 0;
        _missing = 0;
        while (_at < _file.Length && _file[_at] == 0xFF && _at + 1 < _file.Length && _file[_at + 1] == 0xFF)
        {
            _at++;
        }

        if (_at + 1 >= _file.Length || _file[_at] != 0xFF || _file[_at + 1] != 0xD0 + number)
        {
            throw new InvalidDataException("is a damaged JPEG image (a restart marker is missing)");
        }

        _at += 2;
    }

    private void Fill()
    {
        while (_count <= 48)
        {
            byte next = 0;
            if (_at < _file.Length && (next = _file[_at]) != 0xFF)
            {
                _at++;
            }
            else if (_at + 1 < _file.Length && _file[_at + 1] == 0)
            {
                next = 0xFF;
                _at += 2;
            }
            else
            {
                next = 0;
                _missing += 8;
            }

            _buffer = (_buffer << 8) | next;
            _count += 8;
        }
    }
}
