using LegoNet.Audit;
using LegoNet.Data.Files;
using LegoNet.Encoders;
using LegoNet.Records;
using LegoNet.Routing;
using LegoNet.Sessions;
using LegoNet.Store;
using Microsoft.Extensions.Logging;

namespace LegoNet.Changes;

/// <summary>
/// Makes a model from all its records: under another name until it is complete, then under its own. A model that has the name stays
/// as it is until then.
/// </summary>
internal sealed class Training
{
    private readonly ModelRun _run;
    private FrozenParts _parts;
    private readonly EncoderLocation _encoder;
    private readonly bool _replace;
    private readonly string? _replaced;

    /// <summary>Says before records are read what cannot be done, and finishes a replacement that a crash interrupted.</summary>
    /// <param name="run">The model to be made.</param>
    /// <param name="parts">Everything frozen.</param>
    /// <param name="encoder">The encoder's file.</param>
    /// <param name="replace">Whether a model of this name may be there, to be replaced.</param>
    /// <exception cref="LegoNetException">The name is taken, or the trainer cannot fit here.</exception>
    public Training(ModelRun run, FrozenParts parts, EncoderLocation encoder, bool replace)
    {
        _run = run;
        _parts = parts;
        _encoder = encoder;
        _replace = replace;
        if (run.Files.DirectoryExists(run.Paths.Replaced))
        {
            using var held = WriterLock.Acquire(run);
            Replacement.Finish(run);
        }

        Replacement.RequireFree(run, replace);
        _ = RunSettings.Read(run.Paths, run.Files); // What cannot be kept is said now and not after the records have been read.
        _replaced = PresentManifest();
        Refitter.RequireRefittable(parts.Trainer);
    }

    /// <summary>Trains from records, in any order; the model does not depend on it.</summary>
    /// <param name="records">The records.</param>
    /// <param name="caches">Caches that the records are read through. They are registered before the first is read, so that no forget misses them.</param>
    /// <param name="columns">The columns that the records are read from; null where they come from no view.</param>
    /// <param name="sized">What is frozen once the number of records is known, other than before in adapters and keys alone; null to stay with that.</param>
    /// <param name="progress">Receives progress.</param>
    /// <param name="cancellationToken">Cancels; nothing is left behind but the list of caches and key files that were named.</param>
    public ModelSession Train(
        IEnumerable<EncodedRecord> records,
        IReadOnlyList<string> caches,
        ViewColumns? columns,
        Func<long, FrozenParts>? sized,
        IProgress<LegoNetProgress>? progress,
        CancellationToken cancellationToken)
    {
        RegisteredCaches.Register(_run, caches);

        // Key files that are named may be shared with trainings that run now. The model's own come with the model.
        var key = TagKeyFile.Prepare(_run.Paths.TagKey, _run.Files, TagKey.CreateRandom, atOnce: _run.Paths.TagKeyIsNamed);
        KeyFiles.WarnIfOpen(_run, key.Path);
        CheckSigningKey(key.Key);
        var rows = new IncomingRows(_parts.Spec, key.Key, _run.Logger, allowOtherEncoder: false);
        foreach (var record in records)
        {
            cancellationToken.ThrowIfCancellationRequested();
            rows.Add(record);
        }

        if (rows.Count == 0)
        {
            throw LegoNetException.BadInput("The source has no records, so there is nothing to train on.");
        }

        _parts = sized?.Invoke(rows.Count) ?? _parts;
        return Create(key, [], columns, () => Build(key, rows, progress, cancellationToken));
    }

    /// <summary>Trains from another model's stored records, under its tag key.</summary>
    /// <param name="source">The other model.</param>
    /// <param name="progress">Receives progress.</param>
    /// <param name="cancellationToken">Cancels; nothing is left behind.</param>
    public ModelSession Rebuild(ModelSession source, IProgress<LegoNetProgress>? progress, CancellationToken cancellationToken)
    {
        using var reading = source.EnterAsWriter();
        var key = TagKeyFile.Prepare(_run.Paths.TagKey, _run.Files, () => source.TagKey, atOnce: false);
        if (key.Key.Fingerprint != source.TagKey.Fingerprint)
        {
            throw LegoNetException.BadInput($"{key.Path}: holds another tag key than the model's; a rebuild keeps the model's tags and so its key.");
        }

        var rows = new IncomingRows(_parts.Spec, source.TagKey, _run.Logger, allowOtherEncoder: true);
        var (from, to) = (source.State.Spec.Labels, _parts.Spec.Labels);
        var words = new int[to.Width];
        foreach (var row in source.Store.Rows())
        {
            cancellationToken.ThrowIfCancellationRequested();
            to.Parse(from.Format(row.Label), "a stored record", words);
            rows.Add(row.Key, words, row.Code, row.Fingerprint, "a stored record");
        }

        // The caches that hold this model's records hold the other's too.
        var columns = RunSettings.Read(source.Run.Paths, source.Run.Files).Columns;
        return Create(key, RegisteredCaches.Of(source.Run, source.RequireHead()), columns, () => Build(key, rows, progress, cancellationToken));
    }

    /// <summary>Makes the model of what the tasks of a run have made of it.</summary>
    /// <param name="key">The tag key.</param>
    /// <param name="made">The directory where it lies; it becomes the model's.</param>
    /// <param name="complete">Completes the records' trie and gives its root, and the adapters.</param>
    /// <param name="committing">Called with the finished model's root before it takes its name; what it changes of the model belongs to it.</param>
    /// <param name="progress">Receives progress.</param>
    /// <param name="cancellationToken">Cancels; what was made stays where it lies.</param>
    public ModelSession Commit(
        TagKeyFile key,
        ModelPaths made,
        Func<DirectorySink, (NodeRef? Records, AdapterEntry?[] Adapters)> complete,
        Action<string> committing,
        IProgress<LegoNetProgress>? progress,
        CancellationToken cancellationToken)
        => Create(
            key,
            [],
            null,
            () =>
            {
                var sink = new DirectorySink(made, _run.Files);
                CreateFolders(made);
                var (records, adapters) = complete(sink);
                var (manifest, bytes) = Assemble(made, sink, key, records, adapters);
                var warned = adapters.Select(a => a?.Rows ?? 0).ToArray();
                WarnOfUnequalShards(records?.Count ?? 0, warned);
                sink.Flush(); // Not after it: a forget that was noted unlinks some of these files.
                cancellationToken.ThrowIfCancellationRequested();
                committing(RootDigests.Of(manifest, Digests.Of(bytes)));
                Name(made, sink, key, progress, CancellationToken.None); // What a forget has unlinked by then would have to be made again.
                return ModelState.Load(_run.Paths, _run.Files);
            });

    private ModelSession Create(TagKeyFile key, IReadOnlyList<CacheName> caches, ViewColumns? columns, Func<ModelState> build)
    {
        using var held = WriterLock.Acquire(_run);
        Replacement.Finish(_run);
        Replacement.RequireFree(_run, _replace);
        if (PresentManifest() != _replaced)
        {
            // Perhaps by a forget, which must not be undone by records that were read before it.
            throw LegoNetException.BadInput($"{_run.Paths.Root}: was changed while the records to replace it with were read, so it stays; train again.");
        }

        if (_replaced is not null && Recovery.IsInterrupted(_run))
        {
            Recovery.Recover(_run); // The ledger goes over into the new model.
        }

        // Before the model has its name: a forget from then on purges them. Caches registered under this name before stay registered,
        // since they may hold the same people's records.
        RegisteredCaches.Add(_run, caches);
        var settings = RunSettings.Read(_run.Paths, _run.Files);
        var state = build();
        var used = settings with { Encoder = _encoder.Path is { } encoder ? Path.GetFullPath(encoder) : settings.Encoder, Columns = columns, Steps = null };
        if (used != settings)
        {
            used.Save(_run.Paths, _run.Files);
        }

        if (settings.Steps is not null)
        {
            _run.Files.Delete(_run.Paths.Steps); // They stood around the model that was here before.
        }

        return new ModelSession(_run, state, key.Key);
    }

    private ModelState Build(TagKeyFile key, IncomingRows incoming, IProgress<LegoNetProgress>? progress, CancellationToken cancellationToken)
    {
        _parts.Validate();
        var partial = new ModelPaths(_run.Paths.Partial) { Shared = _run.Paths.Shared };
        Replacement.DeletePartial(_run);
        try
        {
            var sink = new DirectorySink(partial, _run.Files);
            CreateFolders(partial);
            var spec = _parts.Spec;
            var bytes = incoming.Count * spec.Dimension;
            using var store = WriteRecords(partial, sink, key.Key, incoming, progress, cancellationToken);
            FreeRows(bytes);
            var refitter = new Refitter(spec, _parts.Trainer, sink, _run.Threads, progress);
            var assignment = new ShardAssignment([.. store.Rows()], spec.Adapters);
            int[] adapters = [.. Enumerable.Range(0, spec.Adapters)];
            WarnOfUnequalShards(store.Count, [.. adapters.Select(adapter => (long)assignment.Count(adapter))]);
            var entries = refitter.Fit(assignment, adapters, cancellationToken);
            var (manifest, manifestBytes) = Assemble(partial, sink, key, store.Root, entries);
            Name(partial, sink, key, progress, cancellationToken);
            FreeRows(bytes);
            return ModelState.Of(manifest, manifestBytes, _parts, refitter.Fitted);
        }
        catch
        {
            Replacement.DeletePartial(_run);
            throw;
        }
    }

    private (Manifest Manifest, byte[] Bytes) Assemble(ModelPaths made, DirectorySink sink, TagKeyFile key, NodeRef? records, AdapterEntry?[] adapters)
    {
        var (manifest, files) = _parts.Assemble(_parts.Trainer.FileExtension, key.Key, CopyEncoder(sink), records, adapters);
        foreach (var (name, content) in files)
        {
            // What the plan of a run wrote durably stays untouched: were it cut short now, the run would be lost.
            if (!_run.Files.FileExists(made.File(name)) || !_run.Files.ReadAllBytes(made.File(name)).AsSpan().SequenceEqual(content))
            {
                sink.Put(name, content);
            }
        }

        var bytes = manifest.ToJson();
        sink.Put(Manifest.FileName, bytes);
        WriteLedger(made, sink, key.Key, manifest, bytes);
        return (manifest, bytes);
    }

    private void Name(ModelPaths made, DirectorySink sink, TagKeyFile key, IProgress<LegoNetProgress>? progress, CancellationToken cancellationToken)
    {
        progress?.Report(new LegoNetProgress("flushing", 0, null));
        sink.Flush();
        cancellationToken.ThrowIfCancellationRequested();

        // Before the model takes its name: without its key no record of it could ever be forgotten. Not earlier: a training that
        // fails leaves no key behind.
        key.Keep();
        Replacement.TakeName(_run, made.Root, _replace);
    }

    // Before the fits, which take longest just then.
    private void WarnOfUnequalShards(long records, long[] shards)
    {
        if (ShardBalance.WhyUnequal(records, shards, _parts.Spec.Active) is { } why)
        {
            _run.Logger.LogWarning("{Model}: {Why}.", _run.Paths.Root, why);
        }
    }

    private void CreateFolders(ModelPaths partial)
    {
        _run.Files.CreateDirectory(partial.Root, partial.Look);
        foreach (var directory in ModelPaths.DataDirectories.Where(d => d != "encoder" || EncoderToCopy is not null))
        {
            _run.Files.CreateDirectory(Path.Combine(partial.Root, directory), partial.Look);
        }

        _run.Files.CreateDirectory(partial.LedgerFolder, partial.Look);
    }

    private RecordStore WriteRecords(
        ModelPaths partial,
        DirectorySink sink,
        TagKey tagKey,
        IncomingRows incoming,
        IProgress<LegoNetProgress>? progress,
        CancellationToken cancellationToken)
    {
        progress?.Report(new LegoNetProgress("routing records", 0, incoming.Count));
        incoming.Route(_parts.Router, _run.Threads, cancellationToken);
        progress?.Report(new LegoNetProgress("writing records", 0, incoming.Count));
        var rows = incoming.Take();
        var store = new RecordStore(_parts.Spec.Rows, null, new ModelFiles(partial, _run.Files), tagKey).Build(rows, sink, _run.Threads);
        cancellationToken.ThrowIfCancellationRequested();

        // From here on by the files just written: what came in need not stay in memory beside them, whoever still knows the array.
        Array.Clear(rows);
        return store;
    }

    private string? EncoderToCopy => _encoder.Copy ? _encoder.Path : null;

    /// <summary>Copies the encoder's file, if it is to be copied.</summary>
    /// <returns>The SHA-256 that names the copy; null where there is none.</returns>
    private string? CopyEncoder(DirectorySink sink)
    {
        if (EncoderToCopy is not { } encoder)
        {
            return null;
        }

        var bytes = _run.Files.ReadAllBytes(encoder);
        var digest = Digests.Of(bytes);
        sink.Put($"encoder/{digest}.onnx", bytes);
        return digest;
    }

    /// <summary>Writes the entry of this training, after the history of the model that is replaced, which knows who was forgotten.</summary>
    private void WriteLedger(ModelPaths partial, DirectorySink sink, TagKey tagKey, Manifest manifest, byte[] manifestBytes)
    {
        var head = HeadToGoOnFrom(tagKey);
        using var signingKey = Signing.Open(_run, head);
        foreach (var file in head is null ? [] : new Ledger(_run.Paths, _run.Files).Files())
        {
            sink.Put($"ledger/{Path.GetFileName(file)}", _run.Files.ReadAllBytes(file));
        }

        var root = RootDigests.Of(manifest, Digests.Of(manifestBytes));
        var draft = LedgerEntry.Of(Operations.Train, _run.Now(), head?.Entry.RootAfter, root, manifest.Spec) with { Caches = RegisteredCaches.Of(_run, head) };
        var entry = new Ledger(partial, _run.Files).Next(head, draft, signingKey);
        sink.Put($"ledger/{Path.GetFileName(entry.Path)}", entry.Bytes);
    }

    // Said before the records are read, not after.
    private void CheckSigningKey(TagKey tagKey)
    {
        var (paths, files) = (_run.Paths, _run.Files);
        var head = HeadToGoOnFrom(tagKey);
        if (head is not null || paths.SigningKeyIsNamed || files.FileExists(paths.SigningKeyFile) || files.FileExists(paths.PublicKey))
        {
            Signing.Open(_run, head).Dispose();
        }
    }

    /// <summary>The newest entry of the ledger that this training goes on with; null where it starts one.</summary>
    private LedgerHead? HeadToGoOnFrom(TagKey tagKey)
        => RootToGoOnFrom(tagKey) is { } root ? new Ledger(_run.Paths, _run.Files).HeadOf(root, Signing.PublicKeys(_run)) : null;

    // Under another tag key the history's tags would name nobody.
    private string? RootToGoOnFrom(TagKey tagKey)
    {
        if (!_replace || !_run.Files.FileExists(_run.Paths.Manifest))
        {
            return null;
        }

        var bytes = _run.Files.ReadAllBytes(_run.Paths.Manifest);
        var manifest = Manifest.Parse(bytes, _run.Paths.Manifest);
        return manifest.TagKey == tagKey.Fingerprint ? RootDigests.Of(manifest, Digests.Of(bytes)) : null;
    }

    private string? PresentManifest()
        => _run.Files.FileExists(_run.Paths.Manifest) ? Digests.Of(_run.Files.ReadAllBytes(_run.Paths.Manifest)) : null;

    // Rows of many records have become old and large, so that nobody would look for a long time, and a process would go on at their size.
    private static void FreeRows(long bytes)
    {
        const long Many = 64L << 20;
        if (bytes >= Many)
        {
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        }
    }
}
