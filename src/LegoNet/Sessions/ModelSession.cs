using LegoNet.Audit;
using LegoNet.Data.Files;
using LegoNet.Records;
using LegoNet.Store;
using Microsoft.Extensions.Logging;

namespace LegoNet.Sessions;

/// <summary>
/// An open model: the state that was read last, the keys, and the way to the records. Whoever changes or verifies the model enters
/// it as its writer; whoever only reads sees one committed state, whatever is committed meanwhile. Thread-safe.
/// </summary>
internal sealed class ModelSession : IDisposable
{
    // One thread of this process at a time; other processes are kept out by the writer's lock.
    private readonly Lock _gate = new();
    private readonly ModelFiles _files;
    private volatile ModelState _state;
    private RecordStore? _store;
    private string _mark = "";
    private TagKey? _tagKey;
    private SigningKey? _signingKey;
    private ForgottenTags? _forgotten;
    private bool _disposed;

    /// <summary>Opens a model that was just written, or read.</summary>
    /// <param name="run">The model and the settings of this run.</param>
    /// <param name="state">Its newest state.</param>
    /// <param name="tagKey">Its tag key, if it was read already.</param>
    public ModelSession(ModelRun run, ModelState state, TagKey? tagKey = null)
    {
        Run = run;
        Sums = new SumsCache(run.SumsMemory);
        _files = run.OpenFiles();
        _state = state;
        _tagKey = tagKey;
    }

    public ModelRun Run { get; }

    /// <summary>The state that was read last. Immutable.</summary>
    public ModelState State => _state;

    /// <summary>The files of every state, with their digests checked.</summary>
    public ModelFiles Files => _files;

    /// <summary>Sums over shards, kept from one change to the next.</summary>
    public SumsCache Sums { get; }

    /// <summary>
    /// What must not be collected while the model is being written: whoever removes a model's files with the model would do so under
    /// its writer.
    /// </summary>
    public object? Owner { get; set; }

    /// <summary>The records of <see cref="State"/>, mapped. For who has entered the session.</summary>
    public RecordStore Store
    {
        get
        {
            if (_store is null)
            {
                _mark = ReadersLock.Mark(Run);
                _store = new RecordStore(_state.Spec.Rows, _state.Manifest.Records, _files, TagKey);
            }

            return _store;
        }
    }

    /// <summary>The key that makes identities tags.</summary>
    /// <exception cref="LegoNetException">Its file is missing, or holds another key than the model's.</exception>
    public TagKey TagKey => _tagKey ??= LoadTagKey(Run, _state.Manifest);

    /// <summary>Why nothing vouches for <see cref="State"/>; null where the ledger's newest entry does, under a key that is at hand.</summary>
    public string? WhyNotVouchedFor { get; private set; }

    /// <summary>Opens a model. A change that a crash interrupted is finished or undone first.</summary>
    /// <exception cref="LegoNetException">There is no model there, a file of it is damaged, or the ledger speaks of another state.</exception>
    public static ModelSession Open(ModelRun run)
    {
        Recovery.BeforeReading(run);
        var state = LoadVouchedFor(run, out var whyNot);
        return new ModelSession(run, state) { WhyNotVouchedFor = whyNot };
    }

    /// <summary>The ledger's newest entry, which says that the state is what it should be. Nothing is changed, signed or proven without it.</summary>
    /// <exception cref="LegoNetException">The ledger speaks of another state, or its newest signature does not hold.</exception>
    public LedgerHead RequireHead() => new Ledger(Run.Paths, Run.Files).HeadOf(_state.Root, Signing.PublicKeys(Run));

    /// <summary>The ledger's newest entry, for who only reads.</summary>
    /// <exception cref="LegoNetException">The ledger speaks of another state than the newest, or its newest signature does not hold.</exception>
    public LedgerHead ReadHead()
    {
        lock (_gate)
        {
            return ReadNewest(RequireHead);
        }
    }

    /// <summary>The key that signs changes, receipts and proofs from a state on.</summary>
    /// <param name="head">The ledger's newest entry.</param>
    /// <exception cref="LegoNetException">Its file is missing, or is not the model's; or it did not sign that entry, though the entry says so.</exception>
    public SigningKey SigningKeyAfter(LedgerHead head)
    {
        if (_signingKey?.PublicKey.Fingerprint != head.Entry.Signer)
        {
            ForgetSigningKey();
        }

        // Where the public keys' file is missing, this is the first to see whether the signature holds.
        _signingKey ??= Signing.Open(Run, head);
        return head.Entry.Refuse([_signingKey.PublicKey], head.Model) is { } why
            ? throw LegoNetException.Damaged($"{Ledger.NameOf(head.Sequence)}: {why}.", reason: LegoNetReason.Inconsistent)
            : _signingKey;
    }

    /// <summary>Drops the signing key from memory: another takes its place.</summary>
    public void ForgetSigningKey()
    {
        _signingKey?.Dispose();
        _signingKey = null;
    }

    /// <summary>Reads a model's tag key.</summary>
    /// <exception cref="LegoNetException">Its file is missing, or holds another key than the model's.</exception>
    public static TagKey LoadTagKey(ModelRun run, Manifest manifest)
    {
        KeyFiles.WarnIfOpen(run, run.Paths.TagKey);
        var key = TagKey.Load(run.Paths.TagKey, run.Files);
        return key.Fingerprint == manifest.TagKey
            ? key
            : throw LegoNetException.BadInput($"{run.Paths.TagKey}: not the tag key that this model was made with, according to {Manifest.FileName}.");
    }

    /// <summary>Refuses a session that was disposed, before anything is read for it.</summary>
    public void RequireOpen() => ObjectDisposedException.ThrowIf(_disposed, this);

    /// <summary>Enters as the model's one writer, in this process and across processes, after whatever a crash interrupted is settled.</summary>
    /// <param name="refresh">Whether the newest state is read; not where the model may be too damaged for it.</param>
    /// <exception cref="LegoNetException">Another process is writing, or a file is damaged.</exception>
    public WriterScope EnterAsWriter(bool refresh = true)
    {
        _gate.Enter();
        try
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            var held = Recovery.Settle(Run);
            held.Owner = Owner;
            try
            {
                if (refresh)
                {
                    Refresh();
                }

                return new WriterScope(this, held);
            }
            catch
            {
                held.Dispose();
                throw;
            }
        }
        catch
        {
            _gate.Exit();
            throw;
        }
    }

    /// <summary>Reads without the lock: when a commit of another process unlinks files meanwhile, the state after it is read.</summary>
    public T Read<T>(Func<ModelState, RecordStore, T> read)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            using var reading = ReadersLock.TryShare(Run);
            return ReadNewest(() =>
            {
                if (reading is not null)
                {
                    return read(_state, Store);
                }

                using var copies = new RecordStore(_state.Spec.Rows, _state.Manifest.Records, new CopiedFiles(_files), TagKey);
                return read(_state, copies);
            });
        }
    }

    /// <summary>Reads with writers kept out, for long; where the lock cannot be taken, as on a read-only copy, as <see cref="Read"/> does.</summary>
    /// <exception cref="LegoNetException">Another process is writing, or a file is damaged.</exception>
    public T ReadAlone<T>(Func<ModelState, RecordStore, T> read)
    {
        WriterScope writing;
        try
        {
            writing = EnterAsWriter();
        }
        catch (Exception e) when (e is LegoNetException { Error: LegoNetError.BadInput, Reason: not LegoNetReason.Busy }
            or IOException or UnauthorizedAccessException)
        {
            return Read(read);
        }

        using (writing)
        {
            return read(_state, Store);
        }
    }

    /// <summary>Reads the records of one state one by one, without holding anything between them.</summary>
    /// <param name="rootDigest">The state that is expected; null for whichever is current.</param>
    /// <exception cref="RecordsChangedException">A change removed what was still to be read, or the model is not in the expected state.</exception>
    public IEnumerable<StoredRecord> ReadRecords(string? rootDigest)
    {
        Reload();
        var state = _state;
        if (rootDigest is not null && rootDigest != state.Root)
        {
            throw new RecordsChangedException(rootDigest);
        }

        var files = new SnapshotFiles(Run.Paths, Run.Files, state.ManifestDigest, state.Root);
        using var store = new RecordStore(state.Spec.Rows, state.Manifest.Records, files, null);
        foreach (var segment in store.Segments())
        {
            for (var row = 0; row < segment.Count; row++)
            {
                yield return new StoredRecord(new RowRef(segment, row), state.Spec.Labels);
            }
        }
    }

    /// <summary>Reads the model's newest committed state, in case another process changed it.</summary>
    /// <returns>True when the state is another one than before.</returns>
    public bool Reload()
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            return Refresh();
        }
    }

    /// <summary>Of some rows, those that were forgotten before. For the writer.</summary>
    public RowRef[] FindForgotten(IEnumerable<RowRef> rows)
    {
        var head = RequireHead();
        new Ledger(Run.Paths, Run.Files).RequireLast(head);
        _forgotten = ForgottenTags.Read(_forgotten, Run, TagKey, head);
        return [.. rows.Where(row => _forgotten.Contains(row.Key))];
    }

    /// <summary>Drops mapped files before they are overwritten, and knows its own mark. For the writer.</summary>
    /// <param name="store">The records after the change.</param>
    /// <param name="obsolete">Files that are about to be overwritten.</param>
    public void ReleaseForShredding(RecordStore store, IReadOnlyCollection<string> obsolete)
    {
        store.Release(obsolete);
        _mark = ReadersLock.Mark(Run);
    }

    /// <summary>Goes on to the state that a commit just made durable. For the writer.</summary>
    public void MoveTo(ModelState state, RecordStore store)
    {
        _store = store;
        _state = state;
        Sums.Complete(state.Root);
    }

    /// <summary>Drops what a change that failed left in memory: segments and sums that belong to no state of the model. For the writer.</summary>
    public void Abandon()
    {
        CloseStore();
        Sums.Clear();
    }

    /// <summary>Releases mapped files, when a change under way is done.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _disposed = true;
            CloseStore();
            ForgetSigningKey();
        }
    }

    private T ReadNewest<T>(Func<T> read)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        Refresh();
        for (var unchanged = 0; ;)
        {
            try
            {
                return read();
            }
            catch (LegoNetException e) when (e.Error == LegoNetError.Damaged && (Refresh() || ++unchanged < 3))
            {
                // Files of a state that is no more, or was no more for a moment: writers can come back to a state.
            }
        }
    }

    private bool Refresh()
    {
        // Views may outlive their state, and even see it come back: but not when their files were overwritten meanwhile.
        if (_store is not null && ReadersLock.Mark(Run) != _mark)
        {
            CloseStore();
        }

        if (Digests.Of(ModelState.ReadManifest(Run.Paths, Run.Files)) == _state.ManifestDigest)
        {
            return false;
        }

        _state = LoadVouchedFor(Run, out var whyNot);
        WhyNotVouchedFor = whyNot;
        CloseStore();
        return true;
    }

    // A manifest that was altered together with every digest is a whole model, too; only the ledger's newest signature tells.
    private static ModelState LoadVouchedFor(ModelRun run, out string? whyNot)
    {
        const int Attempts = 20;
        for (var attempt = 1; ; attempt++)
        {
            var keys = Signing.PublicKeys(run); // Each time, since a change of keys may be what a writer went on with.
            var state = ModelState.Load(run.Paths, run.Files);
            if (keys.Count == 0)
            {
                whyNot = $"{run.Paths.PublicKey}: is missing, so nothing says whether this is the state that was signed";
                run.Logger.LogWarning("{Why}.", whyNot);
                return state;
            }

            try
            {
                _ = new Ledger(run.Paths, run.Files).HeadOf(state.Root, keys);
                whyNot = null;
                return state;
            }
            catch (LegoNetException e) when (e.Error == LegoNetError.Damaged && attempt < Attempts && IsPast(run, state, attempt))
            {
                // A writer went on meanwhile: read the state after.
            }
        }
    }

    // The same manifest is no proof of damage at first, because a writer may have come back to this very state meanwhile.
    private static bool IsPast(ModelRun run, ModelState state, int attempt)
        => attempt < 3 || Digests.Of(ModelState.ReadManifest(run.Paths, run.Files)) != state.ManifestDigest;

    private void CloseStore()
    {
        _store?.Dispose();
        _store = null;
    }

    /// <summary>The time of one writer.</summary>
    internal sealed class WriterScope(ModelSession session, WriterLock held) : IDisposable
    {
        public void Dispose()
        {
            held.Dispose();
            session._gate.Exit();
        }
    }
}
