using LegoNet.Data;
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
        if (source is IRawSource raw)
        {
            foreach (var record in source.Read(part.First, part.Records, cancellationToken))
            {
                yield return record;
            }

            Require(SourceParts.IsSame(raw, part, key, cancellationToken));
            yield break;
        }

        using var digest = new InputDigest(key);
        foreach (var record in source.Read(part.First, part.Records, cancellationToken))
        {
            digest.Add(record);
            yield return record;
        }

        Require(digest.Records == part.Records && digest.Finish() == part.Digest);
    }

    private void Require(bool isSame)
    {
        if (!isSame)
        {
            throw LegoNetException.BadInput(
                $"{source.Name}: its records {part.First + 1:N0} to {part.First + part.Records:N0} (part {number}) "
                    + "are not those that the run was planned with; bring the data back, or purge the run and plan it again.");
        }
    }
}
