using LegoNet.Data;

namespace LegoNet.Encoders;

/// <summary>Runs records through an encoder: reading, decoding and inference overlap, batches run in parallel, the order stays.</summary>
public static class RecordEncoder
{
    /// <summary>Encodes a source lazily.</summary>
    /// <param name="source">The records.</param>
    /// <param name="encoder">The encoder.</param>
    /// <param name="threads">Batches encoded at a time. A record's code does not depend on it.</param>
    /// <param name="include">Which records to encode; null for all.</param>
    /// <param name="progress">Receives progress.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="LegoNetException">The source or a record of it is malformed; the message names the place.</exception>
    public static IEnumerable<EncodedRecord> Encode(
        IRecordSource source,
        ICodeEncoder encoder,
        int threads,
        Predicate<SourceRecord>? include = null,
        IProgress<LegoNetProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(encoder);
        long done = 0;
        progress?.Report(new LegoNetProgress("encoding", 0, source.Count));
        foreach (var (records, codes) in Batches(source, encoder, threads, include, cancellationToken))
        {
            for (var i = 0; i < records.Length; i++)
            {
                var record = records[i];
                var code = codes.AsSpan(i * encoder.Dimension, encoder.Dimension).ToArray();
                yield return new EncodedRecord(record.Subject, record.Id, record.Label, code, encoder.Fingerprint, record.Origin);
            }

            done += records.Length;
            progress?.Report(new LegoNetProgress("encoding", done, source.Count));
        }
    }

    /// <summary>Encodes a source lazily, batch by batch.</summary>
    /// <param name="source">The records.</param>
    /// <param name="encoder">The encoder.</param>
    /// <param name="threads">Batches encoded at a time.</param>
    /// <param name="include">Which records to encode; null for all.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <returns>Batches in the source's order.</returns>
    public static IEnumerable<EncodedBatch> Batches(
        IRecordSource source,
        ICodeEncoder encoder,
        int threads,
        Predicate<SourceRecord>? include = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(encoder);
        return Map(
            source,
            encoder.BatchSize,
            batch =>
            {
                var codes = new sbyte[batch.Length * encoder.Dimension];
                encoder.Encode(batch, codes);
                return codes;
            },
            threads,
            include,
            cancellationToken).Select(batch => new EncodedBatch(batch.Records, batch.Result));
    }

    /// <summary>Applies a thread-safe function to a source's records, batch by batch, in parallel and in order.</summary>
    /// <typeparam name="T">What the function makes of a batch.</typeparam>
    /// <param name="source">The records.</param>
    /// <param name="batchSize">Records in a batch; the last may have fewer.</param>
    /// <param name="encode">The function.</param>
    /// <param name="threads">Batches at a time.</param>
    /// <param name="include">Which records to take; null for all.</param>
    /// <param name="cancellationToken">Cancels.</param>
    internal static IEnumerable<(SourceRecord[] Records, T Result)> Map<T>(
        IRecordSource source,
        int batchSize,
        Func<SourceRecord[], T> encode,
        int threads,
        Predicate<SourceRecord>? include = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(encode);
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);

        // Twice as many batches under way as threads keeps every thread busy while the consumer works; the bound keeps memory flat.
        var underWay = new Queue<Task<(SourceRecord[], T)>>();
        using var gate = new SemaphoreSlim(threads);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        try
        {
            foreach (var batch in source.Read(cancellationToken).Where(r => include is null || include(r)).Chunk(batchSize))
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (underWay.Count >= 2 * threads)
                {
                    yield return underWay.Dequeue().GetAwaiter().GetResult();
                }

                underWay.Enqueue(Task.Run(
                    async () =>
                    {
                        await gate.WaitAsync(stop.Token).ConfigureAwait(false);
                        try
                        {
                            return (batch, encode(batch));
                        }
                        finally
                        {
                            gate.Release();
                        }
                    },
                    stop.Token));
            }

            while (underWay.TryDequeue(out var next))
            {
                yield return next.GetAwaiter().GetResult();
            }
        }
        finally
        {
            // The consumer may stop early; what is under way uses the gate and the encoder, so it is waited for.
            stop.Cancel();
            try
            {
                Task.WaitAll([.. underWay]);
            }
            catch (AggregateException)
            {
                // The failure that matters is the one already on its way to the caller.
            }
        }
    }
}
