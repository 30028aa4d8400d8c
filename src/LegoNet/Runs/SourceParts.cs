using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;
using LegoNet.Common;
using LegoNet.Data;
using LegoNet.Data.Files;
using LegoNet.Records;

namespace LegoNet.Runs;

/// <summary>Divides a source into parts of nearly equal length, and digests them.</summary>
internal static class SourceParts
{
    // Readers hold blocks of some megabytes each, and a few of them read faster than any disk gives.
    private const int MostThreads = 16;

    // Records after which it is said how far the reading is.
    private const int Often = 1 << 16;

    /// <summary>Counts a source's records and, where it can be read from any of them on, notes where they begin.</summary>
    /// <exception cref="LegoNetException">The source is missing or malformed.</exception>
    public static SourceIndex Index(IRecordSource source, IProgress<LegoNetProgress>? progress, CancellationToken cancellationToken)
    {
        var looks = LooksOf(source); // Before anything is read.
        var index = source is IIndexedSource indexed
            ? indexed.ReadIndex(progress, cancellationToken)
            : SourceIndex.FromStart(source.Count ?? source.Read(cancellationToken).LongCount());
        index.Looks = looks;
        return index;
    }

    /// <summary>Divides a source.</summary>
    /// <param name="source">The source.</param>
    /// <param name="index">Its index, of one record at least.</param>
    /// <param name="parts">Parts, at most as many as records.</param>
    /// <param name="key">The key of the digests.</param>
    /// <param name="threads">Parts that are digested at a time, where the source can be read from any record on. They change no byte of the plan.</param>
    /// <param name="progress">Receives progress.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="LegoNetException">The source is malformed, or was changed while it was read.</exception>
    public static InputPart[] Divide(
        IRecordSource source,
        SourceIndex index,
        int parts,
        TagKey key,
        int threads,
        IProgress<LegoNetProgress>? progress,
        CancellationToken cancellationToken)
    {
        var report = new Report(index.Records, progress);
        var divided = new InputPart[parts];
        long[] firsts = [.. Enumerable.Range(0, parts + 1).Select(part => (long)((Int128)index.Records * part / parts))];
        if (index.CanSeek)
        {
            DivideAnywhere((IIndexedSource)source, index, firsts, divided, key, threads, report, cancellationToken);
        }
        else if (source is IRawSource raw)
        {
            DivideRaw(raw, firsts, divided, key, report, cancellationToken);
        }
        else
        {
            DivideInOrder(source, firsts, divided, key, report, cancellationToken);
        }

        // Where parts begin was noted before they were digested: of a table that was written in between they might begin in the middle of a row.
        return LooksOf(source).SequenceEqual(index.Looks) ? divided : throw Changed(source);
    }

    /// <summary>Reads a part, where the source can without what stands before it. Whether it is what it was is not looked at.</summary>
    /// <exception cref="LegoNetException">The source is missing or malformed.</exception>
    public static IEnumerable<SourceRecord> Read(IRecordSource source, InputPart part, CancellationToken cancellationToken)
        => source is IIndexedSource indexed
            ? indexed.Read(part.Start, part.Records, cancellationToken)
            : source.Read(part.Start.Record, part.Records, cancellationToken);

    /// <summary>Whether a part is what it was when it was digested.</summary>
    public static bool IsSame(IIndexedSource source, InputPart part, TagKey key, CancellationToken cancellationToken)
    {
        using var digest = new InputDigest(key);
        return Append(source, part.Start, part.Records, digest, new Report(part.Records, null), cancellationToken) == part.Records
            && digest.Finish() == part.Digest;
    }

    private static void DivideAnywhere(
        IIndexedSource source,
        SourceIndex index,
        long[] firsts,
        InputPart[] divided,
        TagKey key,
        int threads,
        Report report,
        CancellationToken cancellationToken)
    {
        // Whichever fails at first, the failure that is told is the one that somebody who reads from the start comes upon.
        var failures = new ConcurrentDictionary<int, LegoNetException>();
        InParallel.ForEach(
            Enumerable.Range(0, divided.Length),
            Math.Min(threads, MostThreads),
            part =>
            {
                if (!failures.Keys.Any(failed => failed < part))
                {
                    try
                    {
                        var (first, records) = (firsts[part], firsts[part + 1] - firsts[part]);
                        var start = source.Find(index.Before(first), first, cancellationToken);
                        using var digest = new InputDigest(key);
                        divided[part] = Append(source, start, records, digest, report, cancellationToken) == records
                            ? new InputPart(start, records, digest.Bytes, digest.Finish())
                            : throw Changed(source);
                    }
                    catch (LegoNetException e)
                    {
                        failures[part] = e;
                    }
                }
            },
            cancellationToken);
        if (!failures.IsEmpty)
        {
            ExceptionDispatchInfo.Throw(failures.MinBy(failure => failure.Key).Value);
        }
    }

    private static long Append(
        IIndexedSource source, SourcePosition start, long records, InputDigest digest, Report report, CancellationToken cancellationToken)
    {
        if (source is IRawSource raw)
        {
            var pieces = Enumerable.Repeat((long)Often, (int)(records / Often)).Append(records % Often);
            return raw.ReadRaw(start, pieces, digest.Add, cancellationToken).Sum(shown => report.Add(shown));
        }

        foreach (var record in source.Read(start, records, cancellationToken))
        {
            digest.Add(record);
            if (digest.Records % Often == 0)
            {
                report.Add(Often);
            }
        }

        report.Add(digest.Records % Often);
        return digest.Records;
    }

    private static void DivideRaw(
        IRawSource source, long[] firsts, InputPart[] divided, TagKey key, Report report, CancellationToken cancellationToken)
    {
        using var digest = new InputDigest(key);
        var (at, bytes) = (0, 0L);
        var counts = firsts.Skip(1).Zip(firsts, (end, first) => end - first);
        foreach (var count in source.ReadRaw(default, counts, digest.Add, cancellationToken))
        {
            divided[at] = firsts[at] + count == firsts[at + 1]
                ? new InputPart(new SourcePosition(firsts[at], 0, 0), count, digest.Bytes - bytes, digest.Finish())
                : throw Changed(source);
            bytes = digest.Bytes;
            at++;
            report.Add(count);
        }
    }

    private static void DivideInOrder(
        IRecordSource source, long[] firsts, InputPart[] divided, TagKey key, Report report, CancellationToken cancellationToken)
    {
        using var digest = new InputDigest(key);
        var (at, bytes) = (0, 0L);
        foreach (var record in ReadAhead(source, cancellationToken))
        {
            if (at == divided.Length)
            {
                throw Changed(source);
            }

            digest.Add(record);
            if (digest.Records == firsts[at + 1])
            {
                divided[at] = new InputPart(new SourcePosition(firsts[at], 0, 0), digest.Records - firsts[at], digest.Bytes - bytes, digest.Finish());
                bytes = digest.Bytes;
                at++;
            }

            if (digest.Records % Often == 0)
            {
                report.Add(Often);
            }
        }

        if (at < divided.Length)
        {
            throw Changed(source);
        }
    }

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

    private static (long Bytes, DateTime Written)[] LooksOf(IRecordSource source) => [.. source.Files.Select(SourceFile.Look)];

    private static LegoNetException Changed(IRecordSource source)
        => LegoNetException.BadInput($"{source.Name}: was changed while the run was planned; plan it again.");

    /// <summary>How far the reading is, of all threads.</summary>
    private sealed class Report(long records, IProgress<LegoNetProgress>? progress)
    {
        private readonly Lock _lock = new();
        private long _done;

        public long Add(long done)
        {
            lock (_lock)
            {
                _done += done;
                progress?.Report(new LegoNetProgress("reading the input", _done, records));
            }

            return done;
        }
    }
}
