using LegoNet.Data;
using LegoNet.Data.Files;
using LegoNet.Records;

namespace LegoNet.Runs;

/// <summary>One part of a source, which has to be what it was when the run was planned.</summary>
/// <param name="source">The source.</param>
/// <param name="part">The part.</param>
/// <param name="number">Its number, for messages.</param>
/// <param name="key">The key of its digest.</param>
internal sealed class RangeSource(IRecordSource source, InputPart part, int number, TagKey key) : IRecordSource
{
    public string Name => source.Name;

    public IReadOnlyList<string> Files => source.Files;

    public long? Count => part.Records;

    public bool IdsArePositions => source.IdsArePositions;

    public IEnumerable<SourceRecord> Read(CancellationToken cancellationToken)
    {
        using var digest = new InputDigest(key);
        using var records = Open(digest, cancellationToken).GetEnumerator();
        long count = 0;
        while (MoveNext(records, cancellationToken))
        {
            if (source is not IRawSource)
            {
                digest.Add(records.Current);
            }

            count++;
            yield return records.Current;
        }

        if (count != part.Records || digest.Finish() != part.Digest)
        {
            throw Changed(null);
        }
    }

    private IEnumerable<SourceRecord> Open(InputDigest digest, CancellationToken cancellationToken)
        => source is IRawSource raw
            ? raw.Read(part.Start, part.Records, digest.Add, cancellationToken)
            : SourceParts.Read(source, part, cancellationToken);

    // What begins in the middle of a row, since bytes came or went before it, is most often no row at all. To call it malformed would mislead.
    private bool MoveNext(IEnumerator<SourceRecord> records, CancellationToken cancellationToken)
    {
        try
        {
            return records.MoveNext();
        }
        catch (LegoNetException e) when (source is IIndexedSource indexed && !IsUnreadable(e))
        {
            throw IsSame(indexed, cancellationToken) ? e : Changed(e);
        }
    }

    private bool IsSame(IIndexedSource indexed, CancellationToken cancellationToken)
    {
        try
        {
            return SourceParts.IsSame(indexed, part, key, cancellationToken);
        }
        catch (LegoNetException e) when (!IsUnreadable(e))
        {
            return false;
        }
    }

    private static bool IsUnreadable(LegoNetException e) => e.InnerException is { } inner && SourceFile.IsReadFailure(inner);

    private LegoNetException Changed(Exception? cause) => LegoNetException.BadInput(
        $"{source.Name}: its records {part.Start.Record + 1:N0} to {part.Start.Record + part.Records:N0} (part {number}) "
            + "are not those that the run was planned with; bring the data back, or purge the run and plan it again.",
        cause);
}
