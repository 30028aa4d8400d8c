namespace LegoNet.Data;

/// <summary>A source that can show the bytes that its records are made of, for a digest: cheaper than the records themselves.</summary>
internal interface IRawSource : IIndexedSource
{
    /// <summary>Shows records that follow each other.</summary>
    /// <param name="start">Where the first of them begins.</param>
    /// <param name="counts">Records of each of some pieces, one after the other.</param>
    /// <param name="show">Receives bytes: the same for the same records, however many are asked for.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <returns>After each piece, how many records it has; fewer than asked for where the source ends before.</returns>
    /// <exception cref="LegoNetException">The source is missing or malformed.</exception>
    IEnumerable<long> ReadRaw(SourcePosition start, IEnumerable<long> counts, Show show, CancellationToken cancellationToken);

    /// <summary>Reads records that follow each other, and shows their bytes on the way.</summary>
    /// <param name="start">Where the first of them begins.</param>
    /// <param name="count">Records; fewer come where the source ends before.</param>
    /// <param name="show">Receives what <see cref="ReadRaw"/> shows, of each record before it is given; null for nothing.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="LegoNetException">As <see cref="IRecordSource.Read(CancellationToken)"/>, of what is read.</exception>
    IEnumerable<SourceRecord> Read(SourcePosition start, long count, Show? show, CancellationToken cancellationToken);

    /// <summary>Receives bytes.</summary>
    delegate void Show(ReadOnlySpan<byte> bytes);
}
