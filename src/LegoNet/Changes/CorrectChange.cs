using LegoNet.Audit;
using LegoNet.Caching;
using LegoNet.Encoders;
using LegoNet.Records;
using LegoNet.Sessions;

namespace LegoNet.Changes;

/// <summary>Replaces labels or contents of stored records.</summary>
/// <param name="records">The records as they should be.</param>
/// <param name="options">What to allow.</param>
internal sealed class CorrectChange(IEnumerable<EncodedRecord> records, AddOptions options) : Change(Operations.Correct)
{
    private readonly Dictionary<RecordKey, ForgetTarget> _names = [];
    private RowRef[] _incoming = [];

    public override void Read(ModelSession session, CancellationToken cancellationToken)
        => _incoming = Collect(session, Naming(session, records, _names), options.AllowOtherEncoder, cancellationToken);

    public override PlannedChange Plan(ModelSession session)
    {
        List<RowRef> removed = [], added = [];
        foreach (var row in _incoming)
        {
            var stored = session.Store.Find(row.Key)
                ?? throw LegoNetException.BadInput($"{MemoryRows.OriginOf(row)}: no record with this subject and id is stored, so it cannot be corrected.");
            if (!stored.SameContent(row))
            {
                removed.Add(stored);
                added.Add(row);
            }
        }

        return new PlannedChange(removed, added, [.. removed.Select(r => r.Key.ToTag(withRecord: true))])
        {
            CacheTargets = PurgeTargets.Of([.. removed.Select(r => _names[r.Key])]),
        };
    }
}
