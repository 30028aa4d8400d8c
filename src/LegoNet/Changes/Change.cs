using LegoNet.Encoders;
using LegoNet.Records;
using LegoNet.Sessions;

namespace LegoNet.Changes;

/// <summary>A change of a model's records: what it brings along is read first, then it decides, as the writer, which rows go and come.</summary>
/// <param name="operation">Its name in the ledger.</param>
internal abstract class Change(string operation)
{
    public string Operation => operation;

    /// <summary>Reads the records that come; before the writer's lock is taken, since encoding may take hours.</summary>
    public virtual void Read(ModelSession session, CancellationToken cancellationToken)
    {
    }

    /// <summary>Decides, as the writer, which rows go and come.</summary>
    /// <exception cref="LegoNetException">The change does not fit what is stored.</exception>
    public abstract PlannedChange Plan(ModelSession session);

    /// <summary>Checks, keys and routes records.</summary>
    protected static RowRef[] Collect(ModelSession session, IEnumerable<EncodedRecord> records, bool allowOtherEncoder, CancellationToken cancellationToken)
    {
        var state = session.State;
        var rows = new IncomingRows(state.Spec, session.TagKey, session.Run.Logger, allowOtherEncoder);
        foreach (var record in records)
        {
            cancellationToken.ThrowIfCancellationRequested();
            rows.Add(record);
        }

        rows.Route(state.Parts.Router, session.Run.Threads, cancellationToken);
        return rows.Rows();
    }

    /// <summary>Notes the names of records that pass: rows know no names, and a cache has tags under a key of its own.</summary>
    protected static IEnumerable<EncodedRecord> Naming(ModelSession session, IEnumerable<EncodedRecord> records, Dictionary<RecordKey, ForgetTarget> names)
    {
        foreach (var record in records)
        {
            names[session.TagKey.KeyOf(record.Subject, record.Id, record.Origin)] = new ForgetTarget(record.Subject, record.Id);
            yield return record;
        }
    }
}
