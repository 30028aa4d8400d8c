using LegoNet.Common;
using LegoNet.Encoders;
using LegoNet.Routing;
using LegoNet.Specs;
using Microsoft.Extensions.Logging;

namespace LegoNet.Records;

/// <summary>Records on their way into a store: checked against the spec, keyed, routed; no identity is kept in plain text.</summary>
internal sealed class IncomingRows(ModelSpec spec, TagKey tagKey, ILogger logger, bool allowOtherEncoder)
{
    private const int BlockRows = 4096;

    // The smallest block that fits a single correction, growing to a size that keeps allocation rare.
    private readonly List<MemoryRows> _blocks = [];
    private readonly int[] _words = new int[spec.Labels.Width];

    public long Count { get; private set; }

    /// <summary>Checks and keeps a record.</summary>
    /// <exception cref="LegoNetException">The record does not fit the spec.</exception>
    public void Add(EncodedRecord record)
    {
        if (record.Code.Length != spec.Dimension)
        {
            throw LegoNetException.BadInput($"{record.Origin}: the code has {record.Code.Length} dimensions where the spec has {spec.Dimension}.");
        }

        if (record.Code.AsSpan().Contains(sbyte.MinValue))
        {
            throw LegoNetException.BadInput($"{record.Origin}: the code holds −128, which is outside −127…127.");
        }

        if (!allowOtherEncoder && !record.Fingerprint.Agrees(spec.Fingerprint))
        {
            throw LegoNetException.BadInput(
                $"{record.Origin}: {Difference(record.Fingerprint)}; other encoders must be allowed for it to be stored all the same.",
                reason: LegoNetReason.OtherEncoder);
        }

        record.ReadLabel(spec.Labels, _words);
        Add(tagKey.KeyOf(record.Subject, record.Id, record.Origin), _words, record.Code, record.Fingerprint, record.Origin);
    }

    /// <summary>Keeps a row whose parts were checked before.</summary>
    public void Add(in RecordKey key, ReadOnlySpan<int> label, ReadOnlySpan<sbyte> code, EncoderFingerprint fingerprint, string origin)
    {
        if (_blocks.Count == 0 || _blocks[^1].IsFull)
        {
            _blocks.Add(new MemoryRows(spec.Rows, (int)Math.Clamp(Count, 16, BlockRows)));
        }

        _blocks[^1].Add(key, label, code, fingerprint, origin);
        Count++;
    }

    /// <summary>Finds every row's route.</summary>
    public void Route(Router router, int threads, CancellationToken cancellationToken)
        => InParallel.ForEach(_blocks, threads, block => block.Route(router), cancellationToken);

    /// <summary>The rows in key order. Repetitions of one and the same record count once, and are logged.</summary>
    /// <exception cref="LegoNetException">Two records have the same identity but not the same content.</exception>
    public RowRef[] Rows()
    {
        var rows = new RowRef[Count];
        var next = 0;
        foreach (var block in _blocks)
        {
            for (var row = 0; row < block.Count; row++)
            {
                rows[next++] = new RowRef(block, row);
            }
        }

        KeyOrder.Sort(rows);
        var kept = KeyOrder.Distinct(rows, Conflict);
        if (kept < rows.Length)
        {
            logger.LogWarning("{Passed}", PassedOver(rows.Length - kept, rows.Length));
        }

        return kept == rows.Length ? rows : rows[..kept];
    }

    /// <summary>What to say of repetitions.</summary>
    /// <param name="repeated">Records that were passed over.</param>
    /// <param name="records">Records with them.</param>
    public static string PassedOver(long repeated, long records)
        => $"{repeated} of {records} records repeat another one, subject, id and content, and were passed over; {records - repeated} are left.";

    /// <summary>The failure of a source that has two records of one identity.</summary>
    /// <param name="first">The place of the one.</param>
    /// <param name="second">The place of the other.</param>
    /// <param name="one">What made the code of the one.</param>
    /// <param name="other">What made the code of the other.</param>
    public static LegoNetException OtherContent(string first, string second, EncoderFingerprint one, EncoderFingerprint other)
        => LegoNetException.BadInput($"{second}: has the same subject and id as {first}, but other content{one.WhyCodesMayDiffer(other)}.");

    /// <summary>The rows in key order, as <see cref="Rows"/> gives them; they are not kept here.</summary>
    /// <inheritdoc cref="Rows" path="/exception"/>
    public RowRef[] Take()
    {
        var rows = Rows();
        _blocks.Clear();
        Count = 0;
        return rows;
    }

    private LegoNetException Conflict(RowRef one, RowRef other)
    {
        var (first, second) = Arrival(other).CompareTo(Arrival(one)) < 0 ? (other, one) : (one, other);
        return OtherContent(MemoryRows.OriginOf(first), MemoryRows.OriginOf(second), first.Fingerprint, second.Fingerprint);
    }

    private (int Block, int Row) Arrival(RowRef row) => (_blocks.IndexOf((MemoryRows)row.Block), row.Row);

    private string Difference(EncoderFingerprint actual)
    {
        var expected = spec.Fingerprint;
        return actual.Encoder != expected.Encoder ? "its code was made by another encoder, calibration or input treatment than the model's"
            : actual.IsSameEncoder(expected)
                ? $"its code was made on another kind of processor ({actual.Processor}) than the model's ({expected.Processor}), and the two can round "
                    + "differently, so encode it on a machine of the model's kind"
            : $"its code was made by {actual.Maker} and the model's by {expected.Maker}";
    }
}
