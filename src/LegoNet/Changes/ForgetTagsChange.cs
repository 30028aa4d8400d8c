using LegoNet.Audit;
using LegoNet.Records;
using LegoNet.Sessions;

namespace LegoNet.Changes;

/// <summary>Forgets what is known by keyed tags; what nothing is stored of is passed over. Caches were purged by whoever knew the names.</summary>
/// <param name="targets">Subjects or records.</param>
internal sealed class ForgetTagsChange(IReadOnlyCollection<TagTarget> targets) : Change(Operations.Forget)
{
    public override PlannedChange Plan(ModelSession session)
    {
        var found = new SortedDictionary<RecordKey, RowRef>();
        var tags = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var target in targets)
        {
            foreach (var row in target.FindIn(session.Store))
            {
                found.TryAdd(row.Key, row);
                tags.Add(target.ToTag());
            }
        }

        RowRef[] removed = [.. found.Values];
        var shards = new StoredShards(session.State.Manifest.Adapters, session.Files);
        return new PlannedChange(removed, [], [.. tags])
        {
            Shards = shards,
            SameCodeElsewhere = SameCodes.CountElsewhere(session.Store, shards, removed),
        };
    }
}
