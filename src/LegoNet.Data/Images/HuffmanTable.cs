namespace LegoNet.Data.Images;

/// <summary>A JPEG Huffman table (ITU-T T.81, annex C): nine bits by one look, longer codes bit by bit.</summary>
internal sealed class HuffmanTable
{
    /// <summary>Bits resolved by one look into the table.</summary>
    public const int LookBits = 9;

    private readonly ushort[] _look = new ushort[1 << LookBits];
    private readonly byte[] _values;
    private readonly int[] _lastCode = new int[18];
    private readonly int[] _offset = new int[17];

    /// <summary>Builds a table.</summary>
    /// <param name="counts">How many codes have 1 to 16 bits, [16].</param>
    /// <param name="values">The codes' values, shortest code first.</param>
    /// <exception cref="InvalidDataException">The counts describe no prefix code.</exception>
    public HuffmanTable(ReadOnlySpan<byte> counts, ReadOnlySpan<byte> values)
    {
        _values = values.ToArray();
        int code = 0, index = 0;
        for (var length = 1; length <= 16; length++)
        {
            // More codes than the tree has room for.
            if (code + counts[length - 1] > 1 << length)
            {
                throw new InvalidDataException("is a damaged JPEG image (a Huffman table)");
            }

            _offset[length] = index - code;
            for (var i = 0; i < counts[length - 1]; i++, index++, code++)
            {
                if (length <= LookBits)
                {
                    _look.AsSpan(code << (LookBits - length), 1 << (LookBits - length)).Fill((ushort)((length << 8) | _values[index]));
                }
            }

            _lastCode[length] = counts[length - 1] > 0 ? code - 1 : -1;
            code <<= 1;
        }
    }

    /// <summary>Reads one symbol.</summary>
    public int Read(ref JpegBits bits)
    {
        var entry = _look[bits.Peek(LookBits)];
        if (entry != 0)
        {
            bits.Skip(entry >> 8);
            return entry & 0xFF;
        }

        var sixteen = bits.Peek(16);
        for (var length = LookBits + 1; length <= 16; length++)
        {
            var code = sixteen >> (16 - length);
            if (code <= _lastCode[length])
            {
                bits.Skip(length);
                return _values[code + _offset[length]];
            }
        }

        throw new InvalidDataException("is a damaged JPEG image (an impossible code)");
    }
}
