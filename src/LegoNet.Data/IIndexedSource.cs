namespace LegoNet.Data;

/// <summary>A source that can tell where its records begin, and be read from there on.</summary>
internal interface IIndexedSource : IRecordSource
{
    /// <summary>Looks through the source once, which costs less than to read it.</summary>
    /// <param name="progress">Receives progress.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="LegoNetException">The source is missing or malformed.</exception>
    SourceIndex ReadIndex(IProgress<LegoNetProgress>? progress, CancellationToken cancellationToken);

    /// <summary>Finds where a record begins.</summary>
    /// <param name="before">A known position before it.</param>
    /// <param name="record">The record, from 0.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="LegoNetException">The source is missing, malformed, or ends before.</exception>
    SourcePosition Find(SourcePosition before, long record, CancellationToken cancellationToken);

    /// <summary>Reads records that follow each other.</summary>
    /// <param name="start">Where the first of them begins.</param>
    /// <param name="count">Records; fewer come where the source ends before.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="LegoNetException">As <see cref="IRecordSource.Read(CancellationToken)"/>, of what is read.</exception>
    IEnumerable<SourceRecord> Read(SourcePosition start, long count, CancellationToken cancellationToken);
}
