using LegoNet.Audit;
using LegoNet.Caching;
using LegoNet.Encoders;
using LegoNet.Records;
using LegoNet.Sessions;
using Microsoft.Extensions.Logging;

namespace LegoNet.Changes;

/// <summary>Adds records. One that is stored with the same content is passed over.</summary>
internal sealed class AddChange(IEnumerable<EncodedRecord> records, AddOptions options) : Change(Operations.Add)
{
    private readonly Dictionary<RecordKey, ForgetTarget> _names = [];
    private RowRef[] _incoming = [];

    public override void Read(ModelSession session, CancellationToken cancellationToken)
        => _incoming = Collect(
            session,
            options.Suppress ? Naming(session, records, _names) : records,
            options.AllowOtherEncoder,
            cancellationToken);

    public override PlannedChange Plan(ModelSession session)
    {
        var added = new List<RowRef>();
        foreach (var row in _incoming)
        {
            if (session.Store.Find(row.Key) is not { } stored)
            {
                added.Add(row);
            }
            else if (!stored.SameContent(row))
            {
                throw LegoNetException.BadInput(
                    $"{MemoryRows.OriginOf(row)}: a record with the same subject and id is stored with other content"
                        + $"{stored.Fingerprint.WhyCodesMayDiffer(row.Fingerprint)}; use correct to replace it.");
            }
        }

        if (added.Count < _incoming.Length)
        {
            session.Run.Logger.LogInformation(
                "{Stored} of the {Records} records to add are stored already with the same content and were passed over.",
                _incoming.Length - added.Count,
                _incoming.Length);
        }

        var forgotten = added.Count == 0 ? [] : session.FindForgotten(added);
        if (forgotten.Length > 0 && options.Suppress)
        {
            // They were encoded on their way here, perhaps through a cache, and what was forgotten is to stay so there too.
            CachePurge.Plan(session.Run, session.RequireHead(), isNeeded: true).Remove(PurgeTargets.Of([.. forgotten.Select(row => _names[row.Key])]));
            throw LegoNetException.BadInput($"{forgotten.Length} of the records to add were forgotten before, and re-adding is suppressed.");
        }

        if (forgotten.Length > 0)
        {
            session.Run.Logger.LogWarning(
                "{Records} had been forgotten before and {Are} back now.",
                Plural.Of(forgotten.Length, "record"),
                Plural.Form(forgotten.Length, "is", "are"));
        }

        return new PlannedChange([], added, []) { ForgottenBefore = forgotten.Length };
    }
}
