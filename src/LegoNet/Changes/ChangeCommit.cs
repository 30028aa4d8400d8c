using System.Diagnostics;
using LegoNet.Audit;
using LegoNet.Common;
using LegoNet.Data.Files;
using LegoNet.Sessions;
using LegoNet.Store;
using Microsoft.Extensions.Logging;

namespace LegoNet.Changes;

/// <summary>
/// Makes a change the model, in one commit: records, touched adapters, manifest, ledger and caches. Exactly: the directory is then the
/// one that training on the remaining records would have built.
/// </summary>
internal sealed class ChangeCommit
{
    private readonly ModelSession _session;
    private readonly Change _change;
    private readonly IProgress<LegoNetProgress>? _progress;
    private readonly CancellationToken _cancellationToken;
    private readonly ModelState _before;
    private readonly LedgerHead _head;
    private readonly SigningKey _signingKey;
    private readonly PlannedChange _plan;
    private readonly CachePurge _caches;

    // Made as the writer.
    private ChangeCommit(ModelSession session, Change change, IProgress<LegoNetProgress>? progress, CancellationToken cancellationToken)
    {
        _session = session;
        _change = change;
        _progress = progress;
        _cancellationToken = cancellationToken;
        _before = session.State;
        _head = session.RequireHead();
        _signingKey = session.SigningKeyAfter(_head);
        _plan = change.Plan(session);
        _caches = CachePurge.Plan(session.Run, _head, _plan.CacheTargets.Count > 0);
        if (_plan.CacheTargets.Count > 0)
        {
            RegisteredRuns.RequireReachable(session.Run);
        }
    }

    private ModelRun Run => _session.Run;

    /// <summary>Reads what the change brings along, then plans and commits it as the model's one writer.</summary>
    /// <returns>The signed receipt of a change that is durable; of nothing, where there is nothing to do.</returns>
    /// <exception cref="LegoNetException">
    /// The change does not fit the model, or the touched adapters cannot be refitted here; the model is as before.
    /// </exception>
    public static Receipt Make(ModelSession session, Change change, IProgress<LegoNetProgress>? progress, CancellationToken cancellationToken)
    {
        using var activity = Telemetry.Start(change.Operation);
        try
        {
            session.RequireOpen();
            var spec = session.State.Manifest.Spec;
            change.Read(session, cancellationToken);
            var started = Stopwatch.GetTimestamp();
            using var writing = session.EnterAsWriter();
            if (session.State.Manifest.Spec != spec)
            {
                throw LegoNetException.BadInput($"{session.Run.Paths.Root}: was replaced by a model with another spec meanwhile; nothing was changed.");
            }

            var commit = new ChangeCommit(session, change, progress, cancellationToken);
            var receipt = (commit._plan.IsEmpty ? commit.Nothing() : commit.Apply(started)).Sign(commit._signingKey);
            Telemetry.Describe(activity, receipt.Guarantee.ToString(), receipt.Adapters.Count);
            return receipt;
        }
        catch (Exception e)
        {
            Telemetry.Fail(activity, e);
            throw;
        }
    }

    private Receipt Nothing()
    {
        var purged = _caches.Remove(_plan.CacheTargets);
        if (_plan.CacheTargets.Count > 0)
        {
            RegisteredRuns.BeginAnew(Run, null).Dispose(); // They may hold what the model holds no more.
        }

        var head = _head;
        if (_caches.Dropped.Count > 0)
        {
            head = LedgerCommit.Append(
                _session,
                _head,
                Operations.Caches,
                entry => entry with { Caches = _caches.Registered, DroppedCaches = _caches.Dropped },
                _signingKey);
            RegisteredCaches.Remove(Run, _caches.Dropped);
        }

        var receipt = _plan.DoneBefore is { } done ? Audit.Receipt.Of(done, head) : Receipt(_before, [], 0, Run.Now(), head);
        return receipt with { CachesPurged = purged, DroppedCaches = [.. receipt.DroppedCaches, .. _caches.Dropped.Select(c => c.Path)] };
    }

    private Receipt Apply(long started)
    {
        // Here and not earlier: a change that touches nothing needs no fit. Not later: caches are purged and files written from here on.
        Refitter.RequireRefittable(_before.Parts.Trainer);
        try
        {
            var receipt = Commit();
            Telemetry.Changed(_change.Operation, Stopwatch.GetElapsedTime(started), receipt.Adapters.Count);
            Run.Logger.LogInformation("{Operation}: {Adapters} adapters refitted, root {Root}.", _change.Operation, receipt.Adapters.Count, receipt.RootAfter);
            return receipt;
        }
        catch
        {
            _session.Abandon();
            throw;
        }
    }

    private Receipt Commit()
    {
        var obsolete = new HashSet<string>(StringComparer.Ordinal);
        var made = _plan.Made is { } run ? new RunPaths(run.Directory).Model : null;
        using var commit = Store.Commit.Begin(Run.Paths, Run.Files, ModelPaths.ChangedDirectories, Run.Shred, _before.Root, made: made);

        // Records, then the adapters they touch, then the manifest that names both.
        _session.Sums.Begin(_before.Root);
        if (_plan.Made is not null)
        {
            _session.Sums.Clear(); // Nobody took out what the change alters.
        }

        var (records, adapters, touched, fitted) = _plan.Made?.Adopt(commit, _before.Manifest.Adapters, obsolete) ?? MakeNow(commit, obsolete);
        var manifest = _before.Manifest.With(records.Root, adapters);
        obsolete.UnionWith(touched.SelectMany(_before.Manifest.FilesOf).Except(touched.SelectMany(manifest.FilesOf)));
        var bytes = manifest.ToJson();
        var after = _before.With(manifest, bytes, fitted);
        var draft = LedgerEntry.Of(_change.Operation, Run.Now(), _before.Root, after.Root, _before.Manifest.Spec) with
        {
            Tags = _plan.Tags,
            Caches = _caches.Registered,
            DroppedCaches = _caches.Dropped,
        };
        var ledger = new Ledger(Run.Paths, Run.Files).Next(_head, draft, _signingKey);
        _cancellationToken.ThrowIfCancellationRequested();

        // Last before the commit: a purge that fails fails the change, and one that a failed change leaves behind only costs encodings.
        var purged = _caches.Remove(_plan.CacheTargets);
        using var runs = RegisteredRuns.BeginAnew(Run, _plan.Made?.Directory);
        using var alone = Run.Shred ? ReadersLock.Alone(Run) : null;
        if (alone is not null)
        {
            _session.ReleaseForShredding(records, obsolete);
        }

        commit.Complete(bytes, (ledger.Path, ledger.Bytes), obsolete);

        // From here on the change is durable. Segments that the update kept in memory are mapped from disk when next needed.
        records.Release(obsolete.Concat(commit.Created));
        _session.MoveTo(after, records);
        RegisteredCaches.Remove(Run, _caches.Dropped);
        return Receipt(after, touched, purged, ledger.Entry.Time, ledger.Head) with
        {
            LedgerSequence = ledger.Entry.Sequence,
            LedgerEntry = ledger.Head.Digest,
            LedgerPrevious = ledger.Entry.Previous,
            DroppedCaches = [.. _caches.Dropped.Select(c => c.Path)],
        };
    }

    private MadeParts MakeNow(Store.Commit commit, HashSet<string> obsolete)
    {
        var records = _session.Store.Update(_plan.InKeyOrder(), commit, obsolete);
        var refitter = new Refitter(_before.Spec, _before.Parts.Trainer, commit, Run.Threads, _progress, _session.Sums);
        var shards = _plan.Shards ?? new StoredShards(_before.Manifest.Adapters, _session.Files);
        var (adapters, touched) = refitter.Refit(_before.Manifest.Adapters, shards, records, _plan.Removed, _plan.Added, _cancellationToken);
        return new MadeParts(records, adapters, touched, refitter.Fitted);
    }

    private Receipt Receipt(ModelState after, int[] touched, long purged, DateTimeOffset time, LedgerHead head) => new()
    {
        Operation = _change.Operation,
        Time = time,
        Guarantee = Guarantee.Exact,
        RootBefore = _before.Root,
        RootAfter = after.Root,
        SpecDigest = after.Manifest.Spec,
        Head = head.Position,
        LedgerSequence = null,
        Tags = _plan.Tags,
        Records = Math.Max(_plan.Removed.Count, _plan.Added.Count),
        Adapters = [.. touched.Select(a => new RefittedAdapter(a, after.Manifest.Adapters[a]?.Adapter))],
        SameCodeElsewhere = _plan.SameCodeElsewhere,
        ForgottenBefore = _plan.ForgottenBefore,
        CachesPurged = purged,
    };
}
