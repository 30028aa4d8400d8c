using LegoNet.Specs;

namespace LegoNet.Records;

/// <summary>What a model holds of one subject.</summary>
/// <param name="Tag">The subject's keyed tag, in hex.</param>
/// <param name="Records">Its records.</param>
public sealed record SubjectReport(string Tag, IReadOnlyList<SubjectRecord> Records)
{
    internal static SubjectReport Of(RecordStore store, byte[] tag, LabelLayout labels) => new(
        Convert.ToHexStringLower(tag),
        [.. store.FindSubject(tag).Select(row => new SubjectRecord(
            row.Key.ToTag(withRecord: true)[((2 * RecordKey.TagBytes) + 1)..],
            labels.Format(row.Label),
            [.. row.Route.ToArray().Select(adapter => (int)adapter)]))]);
}
