namespace LegoNet.Data;

/// <summary>A source that can show the bytes that its records are made of, for a digest: cheaper than the records themselves.</summary>
internal interface IRawSource : IRecordSource
{
    /// <summary>Shows records that follow each other.</summary>
    /// <param name="first">The place of the first, from 0.</param>
    /// <param name="counts">Records of each of some parts, one after the other.</param>
    /// <param name="show">Receives bytes: the same for the same records, however many are asked for.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <returns>After each part, how many records it has; fewer than asked for where the source ends before.</returns>
    /// <exception cref="LegoNetException">The source is missing or malformed.</exception>
    IEnumerable<long> ReadRaw(long first, IReadOnlyList<long> counts, Show show, CancellationToken cancellationToken);

    /// <summary>Receives bytes.</summary>
    delegate void Show(ReadOnlySpan<byte> bytes);
}
