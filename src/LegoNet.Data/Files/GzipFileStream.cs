using System.IO.Compression;
using System.Security.Cryptography;

namespace LegoNet.Data.Files;

/// <summary>
/// Decompresses a gzip file and fails where the file is cut off. <see cref="GZipStream"/> alone takes the end of its input for
/// the end of the data, so a file cut in the middle would read as a shorter one.
/// </summary>
/// <remarks>
/// The check needs nothing of the decompressor's insides: one more gzip member, holding random bytes, is appended to the
/// compressed input. Only when the file's own members were complete does the decompressor reach that member and hand out its
/// bytes, which are held back here; in any other case they are missing from the end.
/// </remarks>
internal sealed class GzipFileStream : ReadOnlyStream
{
    private const int MarkLength = 16;

    private readonly AppendingStream _compressed;
    private readonly GZipStream _gzip;
    private readonly byte[] _mark = RandomNumberGenerator.GetBytes(MarkLength);
    private readonly byte[] _buffer = new byte[(128 << 10) + MarkLength];
    private int _start;
    private int _end;
    private bool _ended;

    public GzipFileStream(Stream file)
    {
        _compressed = new AppendingStream(file, Compress(_mark));
        _gzip = new GZipStream(_compressed, CompressionMode.Decompress);
    }

    /// <inheritdoc/>
    /// <exception cref="IOException">The file is damaged, cut off, or followed by bytes that are no gzip data.</exception>
    public override int Read(Span<byte> buffer)
    {
        while (!_ended && _end - _start <= MarkLength)
        {
            Fill();
        }

        var count = Math.Min(buffer.Length, _end - _start - (_ended ? 0 : MarkLength));
        _buffer.AsSpan(_start, count).CopyTo(buffer);
        _start += count;
        return count;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _gzip.Dispose();
            _compressed.Dispose();
        }

        base.Dispose(disposing);
    }

    private static byte[] Compress(byte[] bytes)
    {
        var member = new MemoryStream();
        using (var gzip = new GZipStream(member, CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write(bytes);
        }

        return member.ToArray();
    }

    private void Fill()
    {
        var held = _end - _start;
        _buffer.AsSpan(_start, held).CopyTo(_buffer);
        (_start, _end) = (0, held);
        int read;
        try
        {
            read = _gzip.Read(_buffer.AsSpan(held));
        }
        catch (InvalidDataException e)
        {
            throw new IOException("its gzip data is damaged or cut off", e);
        }

        _end += read;
        if (read == 0)
        {
            _ended = true;
            if (!_buffer.AsSpan(0, _end).SequenceEqual(_mark))
            {
                throw new IOException("its gzip data is cut off or followed by other bytes");
            }

            _end = 0;
        }
    }

    /// <summary>A stream followed by some bytes.</summary>
    private sealed class AppendingStream(Stream first, byte[] rest) : ReadOnlyStream
    {
        private bool _firstEnded;
        private int _position;

        public override int Read(Span<byte> buffer)
        {
            if (!_firstEnded)
            {
                var read = first.Read(buffer);
                if (read > 0 || buffer.IsEmpty)
                {
                    return read;
                }

                _firstEnded = true;
            }

            var count = Math.Min(buffer.Length, rest.Length - _position);
            rest.AsSpan(_position, count).CopyTo(buffer);
            _position += count;
            return count;
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                first.Dispose();
            }

            base.Dispose(disposing);
        }
    }
}
