using LegoNet.Audit;
using LegoNet.Records;
using LegoNet.Sessions;

namespace LegoNet.Changes;

/// <summary>Replaces the label of one stored record.</summary>
internal sealed class LabelChange(string subject, string id, string label) : Change(Operations.Correct)
{
    public override PlannedChange Plan(ModelSession session)
    {
        var spec = session.State.Spec;
        var key = session.TagKey.KeyOf(subject, id);
        var stored = session.Store.Find(key)
            ?? throw LegoNetException.BadInput("No record with this subject and id is stored, so it cannot be corrected.");
        var words = new int[spec.Labels.Width];
        spec.Labels.Parse(label, "correct", words);
        var rows = new MemoryRows(spec.Rows, 1);
        var corrected = rows.Add(key, words, stored.Code, stored.Fingerprint, "correct");
        stored.Route.CopyTo(rows.Routes);
        return stored.SameContent(corrected)
            ? new PlannedChange([], [], [])
            : new PlannedChange([stored], [corrected], [key.ToTag(withRecord: true)]);
    }
}
