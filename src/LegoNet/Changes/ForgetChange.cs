using LegoNet.Audit;
using LegoNet.Caching;
using LegoNet.Records;
using LegoNet.Sessions;

namespace LegoNet.Changes;

/// <summary>Forgets subjects or records.</summary>
/// <param name="targets">Subjects or records; one may be named twice.</param>
/// <param name="ignoreUnknown">Whether targets of which nothing is stored are passed over.</param>
internal sealed class ForgetChange(IReadOnlyCollection<ForgetTarget> targets, bool ignoreUnknown) : Change(Operations.Forget)
{
    public override PlannedChange Plan(ModelSession session)
    {
        if (targets.All(target => Find(session, session.Store, target).Length == 0) && FindDoneBefore(session) is { } done)
        {
            return new PlannedChange([], [], []) { CacheTargets = PurgeTargets.Of(targets), DoneBefore = done };
        }

        var (removed, tags) = Find(session, session.Store, targets, ignoreUnknown);
        var shards = new StoredShards(session.State.Manifest.Adapters, session.Files);
        return new PlannedChange(removed, [], tags)
        {
            Shards = shards,
            SameCodeElsewhere = SameCodes.CountElsewhere(session.Store, shards, removed),
            CacheTargets = PurgeTargets.Of(targets),
        };
    }

    /// <summary>The stored rows of some targets, each once, and the tags of the targets.</summary>
    /// <exception cref="LegoNetException">Nothing is stored of a target.</exception>
    public static (List<RowRef> Rows, List<string> Tags) Find(
        ModelSession session,
        RecordStore store,
        IReadOnlyCollection<ForgetTarget> targets,
        bool ignoreUnknown)
    {
        var found = new Dictionary<RecordKey, RowRef>();
        var tags = new HashSet<string>(StringComparer.Ordinal);
        foreach (var target in targets)
        {
            var rows = Find(session, store, target);
            if (rows.Length > 0)
            {
                tags.Add(rows[0].Key.ToTag(withRecord: target.Id is not null));
            }
            else if (!ignoreUnknown)
            {
                throw NothingStored(session, target);
            }

            foreach (var row in rows)
            {
                found.TryAdd(row.Key, row);
            }
        }

        return ([.. found.Values.OrderBy(r => r.Key)], [.. tags.Order(StringComparer.Ordinal)]);
    }

    private static RowRef[] Find(ModelSession session, RecordStore store, ForgetTarget target) => TagTarget.Of(target, session.TagKey).FindIn(store);

    // Who lost the receipt asks again for what is done. What the ledger has of it must be one forget: a receipt of a part would mislead.
    private LedgerHead? FindDoneBefore(ModelSession session)
    {
        var asked = targets.Select(target => TagTarget.Of(target, session.TagKey).ToTag()).ToHashSet(StringComparer.Ordinal);
        var known = new HashSet<string>(StringComparer.Ordinal);
        var candidates = new List<LedgerHead>();
        foreach (var entry in new Ledger(session.Run.Paths, session.Run.Files).Back(session.RequireHead()))
        {
            if (entry.Entry.Operation == Operations.Forget && entry.Entry.Tags.Count > 0 && entry.Entry.Tags.All(asked.Contains))
            {
                candidates.Add(entry);
                known.UnionWith(entry.Entry.Tags);
            }
        }

        return ignoreUnknown || known.Count == asked.Count ? candidates.Find(entry => entry.Entry.Tags.Count == known.Count) : null;
    }

    private static LegoNetException NothingStored(ModelSession session, ForgetTarget target)
    {
        var place = target.Origin is null ? "" : target.Origin + ": ";
        var hasCaches = RegisteredCaches.Of(session.Run, session.RequireHead()).Count > 0;
        var caches = hasCaches ? "; ignoring what is unknown purges the registered caches all the same" : "";
        return LegoNetException.BadInput(
            $"{place}nothing is stored of {(target.Id is null ? "this subject" : "this record")}, so nothing was forgotten{caches}.");
    }
}
