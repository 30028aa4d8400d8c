using System.Collections.Concurrent;
using LegoNet.Data;
using LegoNet.Records;

namespace LegoNet.Runs;

/// <summary>Divides a source into parts of nearly equal length, and reads it once to digest them.</summary>
internal static class SourceParts
{
    /// <summary>The number of records of a source; where it does not know, they are counted.</summary>
    public static long Count(IRecordSource source, CancellationToken cancellationToken) => source.Count ?? source.Read(cancellationToken).LongCount();

    /// <summary>Divides a source.</summary>
    /// <param name="source">The source.</param>
    /// <param name="records">Its records, from 1.</param>
    /// <param name="parts">Parts, at most as many as records.</param>
    /// <param name="key">The key of the digests.</param>
    /// <param name="progress">Receives progress.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="LegoNetException">The source is malformed, or was changed while it was read.</exception>
    public static InputPart[] Divide(
        IRecordSource source, long records, int parts, TagKey key, IProgress<LegoNetProgress>? progress, CancellationToken cancellationToken)
    {
        if (source is IRawSource raw)
        {
            return DivideRaw(raw, records, parts, key, progress, cancellationToken);
        }

        const int Often = 65_536;
        var divided = new InputPart[parts];
        using var digest = new InputDigest(key);
        var (at, first, bytes) = (0, 0L, 0L);
        foreach (var record in ReadAhead(source, cancellationToken))
        {
            if (at == parts)
            {
                throw Changed(source);
            }

            digest.Add(record);
            if (digest.Records == End(at))
            {
                divided[at++] = new InputPart(first, digest.Records - first, digest.Bytes - bytes, digest.Finish());
                (first, bytes) = (digest.Records, digest.Bytes);
            }

            if (digest.Records % Often == 0)
            {
                progress?.Report(new LegoNetProgress("reading the input", digest.Records, records));
            }
        }

        return at == parts ? divided : throw Changed(source);

        long End(int part) => EndOf(part, records, parts);
    }

    /// <summary>Whether a part is what it was when it was digested: for sources that show their bytes.</summary>
    public static bool IsSame(IRawSource source, InputPart part, TagKey key, CancellationToken cancellationToken)
    {
        using var digest = new InputDigest(key);
        var records = source.ReadRaw(part.First, [part.Records], digest.Add, cancellationToken).First();
        return records == part.Records && digest.Finish() == part.Digest;
    }

    private static InputPart[] DivideRaw(
        IRawSource source, long records, int parts, TagKey key, IProgress<LegoNetProgress>? progress, CancellationToken cancellationToken)
    {
        using var digest = new InputDigest(key);
        var divided = new List<InputPart>();
        var (first, bytes) = (0L, 0L);
        long[] counts = [.. Enumerable.Range(0, parts).Select(p => EndOf(p, records, parts) - (p == 0 ? 0 : EndOf(p - 1, records, parts)))];
        foreach (var count in source.ReadRaw(0, counts, digest.Add, cancellationToken))
        {
            if (count != counts[divided.Count])
            {
                throw Changed(source);
            }

            divided.Add(new InputPart(first, count, digest.Bytes - bytes, digest.Finish()));
            (first, bytes) = (first + count, digest.Bytes);
            progress?.Report(new LegoNetProgress("reading the input", first, records));
        }

        return [.. divided];
    }

    private static long EndOf(int part, long records, int parts) => (long)((Int128)records * (part + 1) / parts);

    // Reading and digesting take about as long as each other.
    private static IEnumerable<SourceRecord> ReadAhead(IRecordSource source, CancellationToken cancellationToken)
    {
        const int BatchRecords = 512;
        const int BatchesAhead = 8;
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var batches = new BlockingCollection<SourceRecord[]>(BatchesAhead);
        var reading = Task.Run(
            () =>
            {
                try
                {
                    foreach (var batch in source.Read(stop.Token).Chunk(BatchRecords))
                    {
                        batches.Add(batch, stop.Token);
                    }
                }
                finally
                {
                    batches.CompleteAdding();
                }
            },
            CancellationToken.None);
        try
        {
            foreach (var record in batches.GetConsumingEnumerable(cancellationToken).SelectMany(batch => batch))
            {
                yield return record;
            }

            reading.GetAwaiter().GetResult();
        }
        finally
        {
            stop.Cancel();
            try
            {
                reading.Wait(CancellationToken.None);
            }
            catch (AggregateException)
            {
                // The failure that matters is on its way to the caller.
            }
        }
    }

    private static LegoNetException Changed(IRecordSource source)
        => LegoNetException.BadInput($"{source.Name}: was changed while the run was planned; plan it again.");
}
