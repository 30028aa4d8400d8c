using LegoNet.Audit;
using LegoNet.Calibration;
using LegoNet.Changes;
using LegoNet.Data.Files;
using LegoNet.Files;
using LegoNet.Records;
using LegoNet.Routing;
using LegoNet.Specs;
using LegoNet.Store;

namespace LegoNet.Verification;

/// <summary>
/// Makes a damaged model whole from what is left of it. Everything but the records and the frozen parts is derived anew; what cannot
/// be derived is said and never made up. The caller holds the writer's lock.
/// </summary>
internal sealed class Repairer(ModelRun run, bool acceptLoss)
{
    private readonly ModelPaths _paths = run.Paths;
    private readonly IFileLayer _layer = run.Files;
    private readonly List<string> _lost = [];

    /// <summary>Repairs a model.</summary>
    /// <exception cref="LegoNetException">There is no model there, another process is writing, or a key is missing or another.</exception>
    public static RepairReport Repair(ModelRun run, bool acceptLoss, IProgress<LegoNetProgress>? progress, CancellationToken cancellationToken)
    {
        var (paths, files) = (run.Paths, run.Files);
        if (!files.FileExists(paths.Manifest) && !ModelState.LooksLikeModel(paths, files))
        {
            throw LegoNetException.BadInput(files.DirectoryExists(paths.Root) ? $"{paths.Root}: not a model." : $"{paths.Root}: no such model.");
        }

        using var held = WriterLock.Acquire(run);
        return new Repairer(run, acceptLoss).Run(progress, cancellationToken);
    }

    private RepairReport Run(IProgress<LegoNetProgress>? progress, CancellationToken cancellationToken)
    {
        var manifestBytes = TryRead(Manifest.FileName);
        var manifest = manifestBytes is null ? null : TryParse(() => Manifest.Parse(manifestBytes, Manifest.FileName));
        var rootBefore = manifest is null ? null : RootDigest.Of(manifest, Digests.Of(manifestBytes));
        var ledger = ReadLedger();
        if (ReadFrozen(manifest, ledger.Last) is not { } parts)
        {
            return NotPossible(rootBefore);
        }

        var tagKey = TagKey.Load(run.Paths.TagKey, _layer);
        var encoderCopy = FindEncoderCopy(manifest, parts.Spec, out var encoder);
        if (parts.WhyNotKnownTrainer is { } unknown)
        {
            _lost.Add($"The adapters cannot be derived here: {unknown.TrimEnd('.')}.");
        }
        else if (parts.Trainer.WhyNotRefittable is { } why)
        {
            _lost.Add($"The adapters cannot be derived here: {why.TrimEnd('.')}.");
        }

        if (_lost.Count > 0)
        {
            return NotPossible(rootBefore);
        }

        // A row that only its own file vouches for may be one that was forgotten or replaced, and whose file somebody put back.
        var gone = ledger.Broken is null ? ledger.Entries.Where(e => e.Entry.Operation is "forget" or "correct").SelectMany(e => e.Entry.Tags).ToHashSet(StringComparer.Ordinal) : null;
        bool MayTake(RowRef row) => gone is not null && !gone.Contains(row.Key.ToTag(withRecord: false)) && !gone.Contains(row.Key.ToTag(withRecord: true));

        progress?.Report(new LegoNetProgress("reading records", 0, null));
        using var salvage = new RecordSalvage(parts.Spec.Rows, tagKey, _paths, _layer);
        if (manifest is null)
        {
            salvage.TakeUnknown();
        }
        else
        {
            salvage.Take(manifest.Records);
        }

        // First with everything that fits. If that gives the root that the ledger ends with, it is the very model.
        salvage.Fill(_ => true);
        var derived = Derive(parts, tagKey, encoderCopy, salvage.Rows, progress, cancellationToken);
        var certain = ledger.Confirms(derived.Root);
        if (!certain && salvage.HasUncertain)
        {
            salvage.Fill(MayTake);
            derived = Derive(parts, tagKey, encoderCopy, salvage.Rows, progress, cancellationToken);
            certain = ledger.Confirms(derived.Root);
        }

        if (manifest is not null && manifest.TagKey != tagKey.Fingerprint && !certain && derived.Manifest.Records?.Digest != manifest.Records?.Digest)
        {
            throw LegoNetException.BadInput($"{run.Paths.TagKey}: not the tag key that {Manifest.FileName} names.");
        }

        long? recordsLost = certain ? 0 : manifest is null ? null : salvage.RecordsLost;
        if (!certain)
        {
            _lost.AddRange(salvage.Lost);
            if (manifest is null)
            {
                _lost.Add($"{Manifest.FileName}: is lost, and what is left does not give the root that the ledger ends with: records may be missing, and how many is not known.");
            }
        }

        var entry = PlanLedger(ledger, derived, rootBefore);
        if (encoder is not null)
        {
            derived.Put($"encoder/{encoderCopy}.onnx", encoder);
        }

        if (manifestBytes is null || !manifestBytes.AsSpan().SequenceEqual(derived.ManifestBytes))
        {
            derived.Changed.Add(Manifest.FileName, derived.ManifestBytes);
        }

        var removed = Strays(derived, entry);
        var rewritten = derived.Changed.Keys.ToArray();
        if (_lost.Count > 0 && !acceptLoss)
        {
            return new RepairReport(RepairOutcome.LossNotAccepted, rewritten, Names(removed), _lost, recordsLost, rootBefore, null, null);
        }

        if (rewritten.Length == 0 && removed.Count == 0 && !entry.IsNeeded && !entry.SetsAside && !_layer.FileExists(_paths.CommitMarker))
        {
            return new RepairReport(RepairOutcome.Whole, [], [], [], 0, rootBefore, derived.Root, Verify(tagKey, progress, cancellationToken));
        }

        cancellationToken.ThrowIfCancellationRequested();
        Write(derived, entry, removed, rootBefore);
        return new RepairReport(
            _lost.Count > 0 ? RepairOutcome.RepairedWithLoss : RepairOutcome.Repaired,
            rewritten,
            Names(removed),
            _lost,
            recordsLost,
            rootBefore,
            derived.Root,
            Verify(tagKey, progress, cancellationToken));
    }

    private VerificationReport Verify(TagKey tagKey, IProgress<LegoNetProgress>? progress, CancellationToken cancellationToken)
        => new Verifier(run, tagKey).Run(progress, cancellationToken);

    private RepairReport NotPossible(string? rootBefore) => new(RepairOutcome.NotPossible, [], [], _lost, null, rootBefore, null, null);

    /// <summary>Spec, keys and calibration: what learning depends on apart from the records, so nothing of it can follow from them.</summary>
    private FrozenParts? ReadFrozen(Manifest? manifest, LedgerEntry? last)
    {
        var bytes = TryRead(Manifest.SpecFile);
        string[] expected = [.. new[] { manifest?.Spec, last?.Spec }.OfType<string>().Distinct(StringComparer.Ordinal)];
        if (expected.Length == 0)
        {
            _lost.Add($"{Manifest.FileName}: is lost, and so is the ledger's last entry: nothing says any more which files are the model's. Restore one of them from a backup.");
            return null;
        }

        if (bytes is null || !expected.Contains(Digests.Of(bytes)) || TryParse(() => ModelSpec.Parse(bytes, Manifest.SpecFile)) is not { } spec)
        {
            _lost.Add($"{Manifest.SpecFile}: is missing or altered, and nothing else gives it. Put back a copy with the SHA-256 {string.Join(" or ", expected)}: from a backup, or from a model trained by the same spec.");
            return null;
        }

        var keys = TryRead(Manifest.KeysFile) is { } stored && Digests.Of(stored) == spec.KeysDigest ? stored
            : spec.Keys == KeySource.Gaussian ? KeyFile.Write(GaussianKeys.Create(spec.Seed, spec.Adapters, spec.Dimension))
            : null;
        if (keys is null || Digests.Of(keys) != spec.KeysDigest)
        {
            _lost.Add($"{Manifest.KeysFile}: is missing or altered, and public keys follow from nothing in the model. Put back a copy with the SHA-256 {spec.KeysDigest}: from a backup, or from a model trained by the same spec and card.");
        }

        var calibration = spec.Calibration is null ? null : TryRead(Manifest.CalibrationFile);
        if (spec.Calibration is not null && (calibration is null || Digests.Of(calibration) != spec.Calibration))
        {
            _lost.Add($"{Manifest.CalibrationFile}: is missing or altered, and follows from nothing in the model. Put back a copy with the SHA-256 {spec.Calibration}: from a backup, or from a model trained by the same spec and card.");
        }

        return _lost.Count > 0 ? null : TryParse(() => new FrozenParts(
            spec,
            KeyFile.Parse(keys, Manifest.KeysFile, spec.Adapters, spec.Dimension),
            calibration is null ? null : CalibrationFile.Parse(calibration, Manifest.CalibrationFile, spec.Dimension)));
    }

    /// <summary>The digest of the encoder's copy, if the model has one, and its bytes where it has to be written again.</summary>
    private string? FindEncoderCopy(Manifest? manifest, ModelSpec spec, out byte[]? bytes)
    {
        bytes = null;
        var folder = _paths.File("encoder");
        var digest = manifest is not null ? manifest.EncoderCopy
            : _layer.DirectoryExists(folder) ? _layer.EnumerateFiles(folder).Where(f => f.EndsWith(".onnx", StringComparison.Ordinal)).Select(Path.GetFileNameWithoutExtension).FirstOrDefault(d => d is not null && spec.Encoder.Contains($"\"{d}\"", StringComparison.Ordinal))
            : null;
        if (digest is null || (TryRead($"encoder/{digest}.onnx") is { } stored && Digests.Of(stored) == digest))
        {
            return digest;
        }

        try
        {
            bytes = RunSettings.Load(_paths, _layer).Encoder is { } path ? _layer.ReadAllBytes(path) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            bytes = null;
        }

        if (bytes is null || Digests.Of(bytes) != digest)
        {
            bytes = null;
            _lost.Add($"encoder/{digest}.onnx: is missing or altered, and the file it was copied from is not there either. Put back a copy with that SHA-256.");
        }

        return digest;
    }

    private Derived Derive(FrozenParts parts, TagKey tagKey, string? encoderCopy, RowRef[] rows, IProgress<LegoNetProgress>? progress, CancellationToken cancellationToken)
    {
        var derived = new Derived(_paths, _layer);
        using var store = new RecordStore(parts.Spec.Rows, null, run.OpenFiles(), tagKey);
        var root = store.Build(rows, derived, run.Threads).Root;
        var entries = new Refitter(parts.Spec, parts.Trainer, derived, run.Threads, progress).FitAll(rows, cancellationToken);
        var (manifest, files) = parts.Assemble(parts.Trainer.FileExtension, tagKey, encoderCopy, root, entries);
        foreach (var (name, bytes) in files)
        {
            derived.Put(name, bytes);
        }

        derived.Complete(manifest);
        return derived;
    }

    private LedgerState ReadLedger()
    {
        var keys = Signing.PublicKeys(run);
        try
        {
            var entries = ReadEntries();
            var broken = entries.Count == 0 ? "ledger: has no entry"
                : Ledger.Check(entries, entries[^1].Entry.RootAfter, keys, run.Threads) is [var first, ..] ? first : null;
            return new LedgerState(entries, broken, _layer.FileExists(_paths.CommitMarker), Commit.StartedFrom(_paths, _layer));
        }
        catch (Exception e) when (e is LegoNetException or IOException or UnauthorizedAccessException)
        {
            return new LedgerState([], e.Message.TrimEnd('.'), false, null);
        }
    }

    private List<(LedgerEntry Entry, string Digest)> ReadEntries()
    {
        var entries = new List<(LedgerEntry Entry, string Digest)>();
        try
        {
            foreach (var entry in new Ledger(_paths, _layer).Entries())
            {
                entries.Add(entry);
            }
        }
        catch (LegoNetException) when (_layer.FileExists(_paths.CommitMarker) && entries.Count == new Ledger(_paths, _layer).Files().Count() - 1)
        {
            // The last entry is cut by the crash that left the marker, so it is of a change that did not happen.
        }

        return entries;
    }

    /// <summary>What the ledger needs so that it leads to the repaired model.</summary>
    private LedgerPlan PlanLedger(LedgerState ledger, Derived derived, string? rootBefore)
    {
        var files = new Ledger(_paths, _layer).Files().ToList();
        if (ledger.Broken is { } why)
        {
            _lost.Add($"{why}; the ledger's history cannot be derived. A repair that accepts the loss sets what is left of it aside, beside the model, and begins a new one.");
            return new LedgerPlan([], IsNeeded: true, SetsAside: files.Count > 0, rootBefore);
        }

        files = files[..ledger.Entries.Count];
        if (ledger.Last!.RootAfter == derived.Root)
        {
            return new LedgerPlan(files, IsNeeded: false, SetsAside: false, null) { LeadsTo = derived.Root };
        }

        if (ledger.Confirms(derived.Root))
        {
            // The entry of a change that a crash undid.
            return new LedgerPlan(files[..^1], IsNeeded: false, SetsAside: false, null) { LeadsTo = derived.Root };
        }

        if (_lost.Count == 0)
        {
            _lost.Add("ledger: its last entry leads to another state than the one that is here: the model was replaced by an older one, or the ledger by another.");
        }

        return new LedgerPlan(files, IsNeeded: true, SetsAside: false, ledger.Last!.RootAfter) { Signer = ledger.Last.Signer, LeadsTo = ledger.Last.RootAfter };
    }

    // Files that are no part of the repaired model.
    private List<string> Strays(Derived derived, LedgerPlan plan)
    {
        var named = derived.Named.Select(_paths.File).Concat(plan.Kept).Append(_paths.Manifest).ToHashSet(StringComparer.Ordinal);
        return [.. ModelTree.Files(_paths.Root, _layer).Where(f => !named.Contains(f) && f != _paths.CommitMarker && !(plan.SetsAside && Path.GetDirectoryName(f) == _paths.Ledger))];
    }

    private string[] Names(IEnumerable<string> files) => [.. files.Select(f => ModelTree.NameOf(_paths.Root, f))];

    // Files that are named by their content are put in place one by one: a crash between leaves fewer that are damaged. The manifest
    // comes last, and what only the state before needs goes after it.
    private void Write(Derived derived, LedgerPlan plan, IReadOnlyCollection<string> removed, string? rootBefore)
    {
        // What can be refused is refused before anything is changed.
        using var signer = plan.IsNeeded ? Signing.Open(run, plan.Signer) : null;
        var shred = run.Shred || Commit.MustShred(_paths, _layer);
        using var alone = shred ? ReadersLock.Alone(run) : null;
        foreach (var directory in ModelPaths.ChangedDirectories)
        {
            _layer.CreateDirectory(Path.Combine(_paths.Root, directory));
        }

        Commit.WriteMarker(_paths, _layer, shred, plan.LeadsTo);
        foreach (var (name, bytes) in derived.Changed)
        {
            if (name != Manifest.FileName)
            {
                Replace(name, bytes);
            }
        }

        FlushFolders(derived.Changed.Keys.Select(_paths.File));
        WriteLedger(derived, plan, rootBefore, signer);
        if (derived.Changed.TryGetValue(Manifest.FileName, out var manifest))
        {
            Replace(Manifest.FileName, manifest);
            _layer.FlushDirectory(_paths.Root);
        }

        // The ledger's were removed with its next entry, which may have taken their name.
        string[] others = [.. removed.Where(f => Path.GetDirectoryName(f) != _paths.Ledger)];
        foreach (var file in others)
        {
            if (shred)
            {
                _layer.Overwrite(file);
            }

            _layer.Delete(file);
        }

        FlushFolders(others);
        _layer.Delete(_paths.CommitMarker);
        _layer.FlushDirectory(_paths.Root);
    }

    private void Replace(string name, byte[] bytes)
    {
        var path = _paths.File(name);
        _layer.CreateDirectory(Path.GetDirectoryName(path)!);
        var draft = path + ".new";
        _layer.WriteAllBytes(draft, bytes, flush: true);
        _layer.Rename(draft, path);
    }

    private void WriteLedger(Derived derived, LedgerPlan plan, string? rootBefore, SigningKey? signer)
    {
        var ledger = new Ledger(_paths, _layer);
        if (plan.SetsAside)
        {
            SetAside([.. _layer.EnumerateFiles(_paths.Ledger)]);
        }
        else
        {
            // Before the next entry, which takes the number after the last one's.
            foreach (var file in _layer.EnumerateFiles(_paths.Ledger).Where(f => !plan.Kept.Contains(f)).ToArray())
            {
                _layer.Delete(file);
            }
        }

        if (signer is not null)
        {
            var (_, path, bytes) = ledger.Next(run.Now(), "repair", plan.RootBefore ?? rootBefore, derived.Root, derived.Manifest.Spec, [], signer);
            _layer.WriteAllBytes(path, bytes, flush: true);
        }

        _layer.FlushDirectory(_paths.Ledger);
    }

    // Copied and then removed: of a rename from one folder to another, the removal alone may be what reaches the device.
    private void SetAside(string[] files)
    {
        var name = $"{_paths.Root}.ledger-{run.Clock.GetUtcNow():yyyyMMddHHmmss}";
        var aside = name;
        for (var i = 2; _layer.DirectoryExists(aside); i++)
        {
            aside = $"{name}-{i}"; // A repair that was interrupted may have begun to fill the first.
        }

        _layer.CreateDirectory(aside);
        _layer.FlushDirectory(Path.GetDirectoryName(aside)!);
        foreach (var file in files)
        {
            var target = Path.Combine(aside, Path.GetFileName(file));
            if (TryRead(ModelTree.NameOf(_paths.Root, file)) is { } bytes)
            {
                _layer.WriteAllBytes(target, bytes, flush: true);
            }
            else
            {
                _layer.Rename(file, target); // It cannot be read: what can be done for it is to keep it.
            }
        }

        _layer.FlushDirectory(aside);
        foreach (var file in files)
        {
            _layer.Delete(file);
        }
    }

    private void FlushFolders(IEnumerable<string> files)
    {
        foreach (var folder in files.Select(f => Path.GetDirectoryName(f)!).Distinct(StringComparer.Ordinal))
        {
            _layer.FlushDirectory(folder);
        }
    }

    private byte[]? TryRead(string name)
    {
        try
        {
            return _layer.ReadAllBytes(_paths.File(name));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static T? TryParse<T>(Func<T> parse)
        where T : class
    {
        try
        {
            return parse();
        }
        catch (LegoNetException)
        {
            return null;
        }
    }

    private sealed record LedgerPlan(IReadOnlyList<string> Kept, bool IsNeeded, bool SetsAside, string? RootBefore)
    {
        /// <summary>The key that signed the entry before.</summary>
        public string? Signer { get; init; }

        /// <summary>The root that the entries kept lead to; null where none are.</summary>
        public string? LeadsTo { get; init; }
    }

    /// <param name="Entries">All entries.</param>
    /// <param name="Broken">Why they are no history; null where they are.</param>
    /// <param name="IsInterrupted">Whether the last entry may be of a change that did not happen.</param>
    /// <param name="StartedFrom">Where the interrupted change started, as far as that is known: an entry that started elsewhere was acknowledged.</param>
    private sealed record LedgerState(IReadOnlyList<(LedgerEntry Entry, string Digest)> Entries, string? Broken, bool IsInterrupted, string? StartedFrom)
    {
        public LedgerEntry? Last => Entries.Count == 0 ? null : Entries[^1].Entry;

        /// <summary>Whether the ledger says that this is the model.</summary>
        public bool Confirms(string root)
            => Broken is null && (Last!.RootAfter == root || (IsInterrupted && Entries.Count > 1 && Entries[^2].Entry.RootAfter == root && (StartedFrom ?? root) == root));
    }

    /// <summary>The files that the records give; only those that are not on disk as they should be are kept in memory.</summary>
    private sealed class Derived(ModelPaths paths, IFileLayer layer) : IFileSink
    {
        public HashSet<string> Named { get; } = new(StringComparer.Ordinal);

        public SortedDictionary<string, byte[]> Changed { get; } = new(StringComparer.Ordinal);

        public Manifest Manifest { get; private set; } = null!;

        public byte[] ManifestBytes { get; private set; } = [];

        public string Root { get; private set; } = "";

        public void Put(string name, byte[] bytes)
        {
            var whole = IsOnDisk(name, bytes);
            lock (Named)
            {
                Named.Add(name);
                if (!whole)
                {
                    Changed[name] = bytes;
                }
            }
        }

        public void Complete(Manifest manifest)
        {
            Manifest = manifest;
            ManifestBytes = manifest.ToJson();
            Root = RootDigest.Of(manifest, Digests.Of(ManifestBytes));
            if (manifest.EncoderFile is { } encoder)
            {
                Named.Add(encoder);
            }
        }

        private bool IsOnDisk(string name, byte[] bytes)
        {
            try
            {
                return layer.ReadAllBytes(paths.File(name)).AsSpan().SequenceEqual(bytes);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                return false;
            }
        }
    }
}
