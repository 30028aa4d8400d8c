using LegoNet.Data.Files;

namespace LegoNet.Data.Archives;

/// <summary>
/// Notes whether a reader ran into the end of a stream. A tar reader takes the end of the file for the end of the archive; an
/// archive that was cut between two entries is told apart by its missing end mark alone.
/// </summary>
internal sealed class EndWatchingStream(Stream inner) : ReadOnlyStream
{
    /// <summary>True once a read found no more bytes.</summary>
    public bool EndReached { get; private set; }

    public override int Read(Span<byte> buffer)
    {
        var read = inner.Read(buffer);
        EndReached |= read == 0 && !buffer.IsEmpty;
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
}
