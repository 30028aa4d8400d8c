using LegoNet.Audit;
using LegoNet.Calibration;
using LegoNet.Changes;
using LegoNet.Data.Files;
using LegoNet.Files;
using LegoNet.Records;
using LegoNet.Routing;
using LegoNet.Sessions;
using LegoNet.Specs;
using LegoNet.Store;

namespace LegoNet.Verification;

/// <summary>
/// Makes a damaged model whole from what is left of it. Everything but the records and the frozen parts is derived anew; what cannot
/// be derived is said and never made up. The caller holds the writer's lock.
/// </summary>
internal sealed class Repairer
{
    private readonly ModelRun _run;
    private readonly bool _acceptLoss;
    private readonly ModelPaths _paths;
    private readonly IFileLayer _layer;
    private readonly List<string> _lost = [];
    private readonly byte[]? _manifestBytes;
    private readonly Manifest? _manifest;
    private readonly string? _rootBefore;
    private int _backAgain;

    private Repairer(ModelRun run, bool acceptLoss)
    {
        _run = run;
        _acceptLoss = acceptLoss;
        _paths = run.Paths;
        _layer = run.Files;
        _manifestBytes = TryRead(Manifest.FileName);
        _manifest = _manifestBytes is null ? null : TryParse(() => Manifest.Parse(_manifestBytes, Manifest.FileName));
        _rootBefore = _manifest is null ? null : RootDigests.Of(_manifest, Digests.Of(_manifestBytes));
    }

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
        var ledger = LedgerHistory.Read(_run);
        if (ReadFrozen(ledger.Last?.Entry) is not { } parts)
        {
            return NotPossible();
        }

        KeyFiles.WarnIfOpen(_run, _paths.TagKey);
        var tagKey = TagKey.Load(_paths.TagKey, _layer);
        var encoderCopy = FindEncoderCopy(parts.Spec, out var encoder);
        if ((parts.WhyNotKnownTrainer ?? parts.Trainer.WhyNotRefittable) is { } why)
        {
            _lost.Add($"The adapters cannot be derived here: {why.TrimEnd('.')}.");
        }

        if (_lost.Count > 0)
        {
            return NotPossible();
        }

        progress?.Report(new LegoNetProgress("reading records", 0, null));
        var (derived, recordsLost) = DeriveFromRecords(parts, tagKey, encoderCopy, ledger, progress, cancellationToken);
        var plan = LedgerPlan.Of(_run, ledger, derived.Root, _rootBefore, _lost);
        if (_backAgain > 0)
        {
            _lost.Add($"records: {_backAgain} of those that are here were forgotten once, as the ledger says. "
                + "Forget them again after the repair, unless they were added again since.");
        }

        if (encoder is not null)
        {
            derived.Put($"encoder/{encoderCopy}.onnx", encoder);
        }

        if (_manifestBytes is null || !_manifestBytes.AsSpan().SequenceEqual(derived.ManifestBytes))
        {
            derived.Changed.Add(Manifest.FileName, derived.ManifestBytes);
        }

        return Apply(derived, plan, recordsLost, () => new Verifier(_run, tagKey).Run(progress, cancellationToken), cancellationToken);
    }

    private RepairReport Apply(DerivedModel derived, LedgerPlan plan, long? recordsLost, Func<VerificationReport> verify, CancellationToken cancellationToken)
    {
        var removed = Strays(derived, plan);
        string[] rewritten = [.. derived.Changed.Keys];
        if (_lost.Count > 0 && !_acceptLoss)
        {
            return new RepairReport(RepairOutcome.LossNotAccepted, rewritten, Names(removed), _lost, recordsLost, _rootBefore, null, null);
        }

        if (rewritten.Length == 0 && removed.Count == 0 && !plan.IsNeeded && !plan.SetsAside && !Recovery.IsInterrupted(_run))
        {
            return new RepairReport(RepairOutcome.Whole, [], [], [], 0, _rootBefore, derived.Root, verify());
        }

        cancellationToken.ThrowIfCancellationRequested();
        Write(derived, plan, removed);
        var outcome = _lost.Count > 0 ? RepairOutcome.RepairedWithLoss : RepairOutcome.Repaired;
        return new RepairReport(outcome, rewritten, Names(removed), _lost, recordsLost, _rootBefore, derived.Root, verify());
    }

    /// <summary>Derives the model from the records that are left.</summary>
    /// <returns>The model, and how many records are lost; null where that is not known.</returns>
    private (DerivedModel Derived, long? RecordsLost) DeriveFromRecords(
        FrozenParts parts,
        TagKey tagKey,
        string? encoderCopy,
        LedgerHistory ledger,
        IProgress<LegoNetProgress>? progress,
        CancellationToken cancellationToken)
    {
        using var salvage = new RecordSalvage(parts.Spec.Rows, tagKey, _paths, _layer);
        if (_manifest is null)
        {
            salvage.TakeUnknown();
        }
        else
        {
            salvage.Take(_manifest.Records);
        }

        // First with everything that fits. If that gives the root that the ledger ends with, it is the very model.
        salvage.Fill(_ => true);
        var derived = Derive(parts, tagKey, encoderCopy, salvage.Rows, progress, cancellationToken);
        if (!ledger.Confirms(derived.Root) && salvage.HasUncertain)
        {
            salvage.Fill(ledger.MayTake);
            derived = Derive(parts, tagKey, encoderCopy, salvage.Rows, progress, cancellationToken);
        }

        if (ledger.Confirms(derived.Root))
        {
            return (derived, 0);
        }

        if (_manifest is not null && _manifest.TagKey != tagKey.Fingerprint && derived.Manifest.Records?.Digest != _manifest.Records?.Digest)
        {
            throw LegoNetException.BadInput($"{_paths.TagKey}: not the tag key that {Manifest.FileName} names.");
        }

        _lost.AddRange(salvage.Lost);
        _backAgain = salvage.Rows.Count(ledger.WasForgotten);
        if (_manifest is null)
        {
            _lost.Add($"{Manifest.FileName}: is lost, and what is left does not give the root that the ledger ends with: "
                + "records may be missing, and how many is not known.");
        }

        return (derived, _manifest is null ? null : salvage.RecordsLost);
    }

    private RepairReport NotPossible() => new(RepairOutcome.NotPossible, [], [], _lost, null, _rootBefore, null, null);

    /// <summary>Spec, keys and calibration: what learning depends on apart from the records, so nothing of it can follow from them.</summary>
    private FrozenParts? ReadFrozen(LedgerEntry? last)
    {
        var bytes = TryRead(Manifest.SpecFile);
        string[] expected = [.. new[] { _manifest?.Spec, last?.Spec }.OfType<string>().Distinct(StringComparer.Ordinal)];
        if (expected.Length == 0)
        {
            _lost.Add($"{Manifest.FileName}: is lost, and so is the ledger's last entry: "
                + "nothing says any more which files are the model's. Restore one of them from a backup.");
            return null;
        }

        if (bytes is null || !expected.Contains(Digests.Of(bytes)) || TryParse(() => ModelSpec.Parse(bytes, Manifest.SpecFile)) is not { } spec)
        {
            _lost.Add($"{Manifest.SpecFile}: is missing or altered, and nothing else gives it. "
                + $"Put back a copy with the SHA-256 {string.Join(" or ", expected)}: from a backup, or from a model trained by the same spec.");
            return null;
        }

        var keys = TryRead(Manifest.KeysFile) is { } stored && Digests.Of(stored) == spec.KeysDigest ? stored
            : spec.Keys == KeySource.Gaussian ? KeyFile.Write(GaussianKeys.Create(spec.Seed, spec.Adapters, spec.Dimension))
            : null;
        if (keys is null || Digests.Of(keys) != spec.KeysDigest)
        {
            _lost.Add($"{Manifest.KeysFile}: is missing or altered, and public keys follow from nothing in the model. "
                + $"Put back a copy with the SHA-256 {spec.KeysDigest}: from a backup, or from a model trained by the same spec and card.");
        }

        var calibration = spec.Calibration is null ? null : TryRead(Manifest.CalibrationFile);
        if (spec.Calibration is not null && (calibration is null || Digests.Of(calibration) != spec.Calibration))
        {
            _lost.Add($"{Manifest.CalibrationFile}: is missing or altered, and follows from nothing in the model. "
                + $"Put back a copy with the SHA-256 {spec.Calibration}: from a backup, or from a model trained by the same spec and card.");
        }

        return _lost.Count > 0 ? null : TryParse(() => new FrozenParts(
            spec,
            KeyFile.Parse(keys, Manifest.KeysFile, spec.Adapters, spec.Dimension),
            calibration is null ? null : CalibrationFile.Parse(calibration, Manifest.CalibrationFile, spec.Dimension)));
    }

    /// <summary>The digest of the encoder's copy, if the model has one, and its bytes where it has to be written again.</summary>
    private string? FindEncoderCopy(ModelSpec spec, out byte[]? bytes)
    {
        bytes = null;
        var folder = _paths.File("encoder");
        var digest = _manifest is not null ? _manifest.EncoderCopy
            : !_layer.DirectoryExists(folder) ? null
            : _layer.EnumerateFiles(folder)
                .Where(file => file.EndsWith(".onnx", StringComparison.Ordinal))
                .Select(file => Path.GetFileNameWithoutExtension(file))
                .FirstOrDefault(name => spec.Encoder.Contains($"\"{name}\"", StringComparison.Ordinal));
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

    private DerivedModel Derive(
        FrozenParts parts,
        TagKey tagKey,
        string? encoderCopy,
        RowRef[] rows,
        IProgress<LegoNetProgress>? progress,
        CancellationToken cancellationToken)
    {
        var derived = new DerivedModel(_paths, _layer);
        using var store = new RecordStore(parts.Spec.Rows, null, _run.OpenFiles(), tagKey);
        var root = store.Build(rows, derived, _run.Threads).Root;
        var entries = new Refitter(parts.Spec, parts.Trainer, derived, _run.Threads, progress).FitAll(rows, cancellationToken);
        var (manifest, files) = parts.Assemble(parts.Trainer.FileExtension, tagKey, encoderCopy, root, entries);
        foreach (var (name, bytes) in files)
        {
            derived.Put(name, bytes);
        }

        derived.Complete(manifest);
        return derived;
    }

    // Files that are no part of the repaired model.
    private List<string> Strays(DerivedModel derived, LedgerPlan plan)
    {
        var named = derived.Named.Select(_paths.File).Concat(plan.Kept).Append(_paths.Manifest).ToHashSet(StringComparer.Ordinal);
        return
        [
            .. ModelTree.Files(_paths.Root, _layer).Where(f => !named.Contains(f) && f != _paths.CommitMarker
                && !(plan.SetsAside && Path.GetDirectoryName(f) == _paths.LedgerFolder)),
        ];
    }

    private string[] Names(IEnumerable<string> files) => [.. files.Select(f => ModelTree.NameOf(_paths.Root, f))];

    // Files that are named by their content are put in place one by one: a crash between leaves fewer that are damaged. The manifest
    // comes last, and what only the state before needs goes after it.
    private void Write(DerivedModel derived, LedgerPlan plan, IReadOnlyCollection<string> removed)
    {
        // What can be refused is refused before anything is changed.
        using var signer = plan.IsNeeded ? Signing.Open(_run, plan.Head) : null;
        var shred = _run.Shred || Commit.MustShred(_paths, _layer);
        using var alone = shred ? ReadersLock.Alone(_run) : null;
        foreach (var directory in ModelPaths.ChangedDirectories)
        {
            _layer.CreateDirectory(Path.Combine(_paths.Root, directory), _paths.Look);
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
        plan.Write(_run, derived, _rootBefore, signer);
        if (derived.Changed.TryGetValue(Manifest.FileName, out var manifest))
        {
            Replace(Manifest.FileName, manifest);
            _layer.FlushDirectory(_paths.Root);
        }

        // The ledger's were removed with its next entry, which may have taken their name.
        string[] others = [.. removed.Where(f => Path.GetDirectoryName(f) != _paths.LedgerFolder)];
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
        _layer.CreateDirectory(Path.GetDirectoryName(path)!, _paths.Look);
        var draft = path + ".new";
        _layer.WriteAllBytes(draft, bytes, flush: true, _paths.LookOf(name));
        _layer.Rename(draft, path);
    }

    private void FlushFolders(IEnumerable<string> files)
    {
        foreach (var folder in files.Select(f => Path.GetDirectoryName(f)!).Distinct(StringComparer.Ordinal))
        {
            _layer.FlushDirectory(folder);
        }
    }

    private byte[]? TryRead(string name) => _layer.TryReadAllBytes(_paths.File(name));

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
}
