using System.Buffers.Text;
using LegoNet.Data.Files;

namespace LegoNet.Data.Archives;

/// <summary>
/// Passes a tar archive on and refuses names and extended attributes that claim more than a megabyte. The tar reader takes the memory
/// that such an entry's header states, up to 2 GiB, before it has seen a byte of it.
/// </summary>
internal sealed class TarNamesStream(Stream inner) : ReadOnlyStream
{
    private const int BlockBytes = 512;
    private const long MaxNameBytes = 1 << 20;

    private readonly byte[] _header = new byte[BlockBytes];
    private readonly List<byte> _attributes = [];
    private int _filled;
    private long _data;
    private long _padded;
    private bool _isAttributes;
    private bool _ended;
    private long? _nextSize;

    public override int Read(Span<byte> buffer)
    {
        var read = inner.Read(buffer);
        Follow(buffer[..read]);
        return read;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            inner.Dispose();
        }

        base.Dispose(disposing);
    }

    private void Follow(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty && !_ended)
        {
            if (_padded > 0)
            {
                var count = (int)Math.Min(bytes.Length, _padded);
                if (_isAttributes)
                {
                    _attributes.AddRange(bytes[..(int)Math.Min(count, _data)]);
                    _data -= Math.Min(count, _data);
                }

                bytes = bytes[count..];
                _padded -= count;
                if (_padded == 0 && _isAttributes)
                {
                    _nextSize = SizeIn([.. _attributes]);
                    _attributes.Clear();
                    _isAttributes = false;
                }

                continue;
            }

            var taken = Math.Min(bytes.Length, BlockBytes - _filled);
            bytes[..taken].CopyTo(_header.AsSpan(_filled));
            _filled += taken;
            bytes = bytes[taken..];
            if (_filled == BlockBytes)
            {
                _filled = 0;
                Header();
            }
        }
    }

    private void Header()
    {
        if (!_header.AsSpan().ContainsAnyExcept((byte)0))
        {
            _ended = true;
            return;
        }

        var type = (char)_header[156];
        var isName = type is 'L' or 'K' or 'x' or 'X' or 'g';
        var size = isName ? Number(_header.AsSpan(124, 12)) : _nextSize ?? Number(_header.AsSpan(124, 12));
        if (!isName)
        {
            _nextSize = null;
        }

        if (size < 0 || size > long.MaxValue - BlockBytes || (isName && size > MaxNameBytes))
        {
            throw new InvalidDataException(isName ? $"an entry's name or attributes claim {size} bytes" : "an entry's size is out of range");
        }

        _data = size;
        _padded = (size + BlockBytes - 1) / BlockBytes * BlockBytes;
        _isAttributes = type is 'x' or 'X' && size > 0;
    }

    // Octal text, or where the first bit is set a big-endian number.
    private static long Number(ReadOnlySpan<byte> field)
    {
        long value = 0;
        if ((field[0] & 0x80) != 0)
        {
            foreach (var b in field[^8..])
            {
                value = (value << 8) | b;
            }

            return value;
        }

        foreach (var b in field.Trim(" \0"u8))
        {
            if (b is < (byte)'0' or > (byte)'7')
            {
                break;
            }

            value = (value << 3) | (uint)(b - '0');
        }

        return value;
    }

    // Records "LENGTH KEY=VALUE\n"; a size replaces the one of the next header. Read record by record: what only looks like a size, in
    // another attribute's value, would lead past a header that the tar reader then meets unseen.
    private static long? SizeIn(ReadOnlySpan<byte> attributes)
    {
        while (Utf8Parser.TryParse(attributes, out int length, out var digits) && length > digits && length <= attributes.Length)
        {
            var record = attributes[digits..length];
            if (record.StartsWith(" size="u8))
            {
                return Utf8Parser.TryParse(record[6..], out long size, out _) ? size : null;
            }

            attributes = attributes[length..];
        }

        return null;
    }
}
