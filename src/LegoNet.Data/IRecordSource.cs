namespace LegoNet.Data;

/// <summary>
/// One record as it stands in a source, before it is encoded. Subject and id may be spelled in any way that
/// <see cref="RecordName.Normalize"/> makes one: whoever stores, looks up or leaves out a record goes by that.
/// </summary>
/// <param name="Subject">Whose data it is; equals <paramref name="Id"/> where the source names no subject.</param>
/// <param name="Id">The record's name, unique within its subject.</param>
/// <param name="Label">The label as text (class name, number, or class names joined by '|'); null where the source has none.</param>
/// <param name="Input">What the encoder reads.</param>
/// <param name="Origin">Where it came from, for error messages: file and line, or archive and entry.</param>
public sealed record SourceRecord(string Subject, string Id, string? Label, RecordInput Input, string Origin);

/// <summary>A stream of records. Reading is lazy and holds one record at a time, so any size passes.</summary>
public interface IRecordSource
{
    /// <summary>The source's name for messages, usually its path.</summary>
    string Name { get; }

    /// <summary>The files and folders that it reads, so that none of them is written over; where a source does not say, its name.</summary>
    IReadOnlyList<string> Files => [Name];

    /// <summary>The number of records where it is known without reading them all; otherwise null.</summary>
    long? Count { get; }

    /// <summary>
    /// True where ids are positions in the source ("row 17") and not names the data itself carries. Such ids are scoped to the
    /// source's name and mean another record once rows are inserted, so the tool warns.
    /// </summary>
    bool IdsArePositions { get; }

    /// <summary>Reads the records in the source's own order; as long as the data stays as it is, every reading gives the same ones.</summary>
    /// <exception cref="LegoNetException">The source is missing, malformed or empty of required columns; the message names file and line.</exception>
    IEnumerable<SourceRecord> Read(CancellationToken cancellationToken);

    /// <summary>Reads records that follow each other; where a source can go to the first of them, those before cost nothing.</summary>
    /// <param name="first">The place of the first in the source's own order, from 0.</param>
    /// <param name="count">Records; fewer come where the source ends before.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="LegoNetException">As <see cref="Read(CancellationToken)"/>, of what is read.</exception>
    IEnumerable<SourceRecord> Read(long first, long count, CancellationToken cancellationToken)
    {
        long place = 0;
        foreach (var record in Read(cancellationToken))
        {
            if (place == first + count)
            {
                yield break;
            }

            if (place++ >= first)
            {
                yield return record;
            }
        }
    }
}
