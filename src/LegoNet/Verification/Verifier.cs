using LegoNet.Adapters;
using LegoNet.Audit;
using LegoNet.Changes;
using LegoNet.Data.Files;
using LegoNet.Records;
using LegoNet.Routing;
using LegoNet.Sessions;
using LegoNet.Specs;
using LegoNet.Store;
using Microsoft.Extensions.Logging;

namespace LegoNet.Verification;

/// <summary>
/// Derives a model anew from its stored records and its spec, and compares every byte. Digests are not trusted: a weight that was
/// changed together with every digest above it is found all the same. No finding keeps anything else from being compared; what a
/// finding makes impossible to derive is listed as not compared.
/// </summary>
internal sealed class Verifier
{
    private const int AttemptsWithoutLock = 3;

    private readonly ModelRun _run;
    private readonly TagKey? _tagKey;
    private readonly IReadOnlyList<VerificationKey> _keys;
    private readonly ModelFiles _files;
    private readonly byte[] _manifestBytes;
    private readonly Manifest _manifest;
    private readonly string _root;
    private readonly List<string> _damage = [];
    private readonly List<string> _differences = [];
    private readonly List<string> _notCompared = [];
    private string? _whyNotComparable;
    private int _ledgerEntries;
    private string? _ledgerLacks;

    /// <summary>Reads what the model says of itself.</summary>
    /// <param name="run">The model. The caller holds the writer's lock, or sees afterwards that nothing was changed meanwhile.</param>
    /// <param name="tagKey">The key of the records' tags; null for the one whose file is named or lies beside the model, if it can be read there.</param>
    /// <exception cref="LegoNetException">
    /// The manifest is malformed, the public keys' file is, or the tag key is another, or was named and cannot be read.
    /// </exception>
    public Verifier(ModelRun run, TagKey? tagKey = null)
    {
        _run = run;
        _keys = Signing.PublicKeys(run);
        _files = run.OpenFiles();
        _manifestBytes = ModelState.ReadManifest(run.Paths, run.Files);
        _manifest = Manifest.Parse(_manifestBytes, Manifest.FileName);
        _root = RootDigests.Of(_manifest, Digests.Of(_manifestBytes));
        _tagKey = tagKey ?? FindTagKey();
    }

    /// <summary>
    /// Verifies a model that was not opened, so that one too damaged to be opened is reported file by file. Where the writer's lock
    /// cannot be made, as on a read-only copy, it goes on without, and starts over when the model was changed meanwhile.
    /// </summary>
    /// <param name="run">The model.</param>
    /// <param name="enter">Takes the writer's lock and settles what a crash interrupted.</param>
    /// <param name="progress">Receives progress.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="LegoNetException">
    /// There is no model there, its manifest cannot be read, the tag key is another, or another process is writing.
    /// </exception>
    public static VerificationReport Verify(ModelRun run, Func<IDisposable> enter, IProgress<LegoNetProgress>? progress, CancellationToken cancellationToken)
    {
        _ = ModelState.ReadManifest(run.Paths, run.Files); // No lock is made beside what is no model.
        using var alone = TryEnter(run, enter);
        for (var attempt = 1; ; attempt++)
        {
            var before = alone is null ? Stamp(run) : "";
            var report = new Verifier(run).Run(progress, cancellationToken);
            if (alone is not null || Stamp(run) == before)
            {
                return report;
            }

            if (attempt == AttemptsWithoutLock)
            {
                throw LegoNetException.BadInput(
                    $"{run.Paths.Root}: another process changes this model while it is verified, and cannot be kept out because the lock cannot be taken here; "
                        + "verify again when it is done, or a copy.",
                    reason: LegoNetReason.Busy);
            }
        }
    }

    public VerificationReport Run(IProgress<LegoNetProgress>? progress, CancellationToken cancellationToken)
    {
        if (Recovery.IsInterrupted(_run))
        {
            _differences.Add($"{ModelTree.NameOf(_run.Paths.Root, _run.Paths.CommitMarker)}: a change was interrupted here and is neither finished nor undone; "
                + "open the model where it can be written to, which does that");
        }

        // Each damaged file is named first, whatever it is needed for.
        foreach (var (file, digest) in _manifest.Files())
        {
            Try(() => _files.Read(file, digest));
        }

        // Where a digest in the manifest is wrong, this alone tells that not the file is to blame.
        var ledger = new Ledger(_run.Paths, _run.Files);
        CheckLedger(ledger);
        HashSet<string> known = [.. _manifest.Files().Select(f => _run.Paths.File(f.File)), .. ledger.Files(), _run.Paths.Manifest, _run.Paths.CommitMarker];
        ModelSpec? spec = null;
        Try(() => spec = FrozenParts.ReadSpec(_manifest, _files));
        if (spec is null)
        {
            _notCompared.Add($"records, routes and adapters: {Manifest.SpecFile} cannot be read, and nothing else says what they are to be");
            ReportUnnamed(known, recordsToo: false);
            return Report(0, 0, _manifest.Files().Count());
        }

        FrozenParts? parts = null;
        Try(() => parts = FrozenParts.Read(_manifest, _files));
        var router = FindRouter(spec);
        CheckEncoderCopy(spec);
        using var store = new RecordStore(spec.Rows, _manifest.Records, _files, _tagKey);
        var records = new RecordComparison(store, AddDamage);
        records.Read();
        known.UnionWith(records.Nodes.Select(n => _run.Paths.File(n.File)));
        ReportUnnamed(known, records.InnerNodesWhole);
        var before = _differences.Count;
        progress?.Report(new LegoNetProgress("checking records", 0, records.Rows.Length));
        records.CheckRows(router, _run.Threads, _differences, cancellationToken);
        var root = _tagKey is null ? null : records.CompareFiles(_run.Threads, _differences, _notCompared);
        var (fitted, derived) = CompareAdapters(spec, records, progress, cancellationToken, out var extension);

        // Last, what the manifest says besides: its bytes must be those that all of this gives. A difference in a part is one here too.
        var complete = parts is not null && _tagKey is not null && _damage.Count == 0 && _differences.Count == before;
        if (complete && !parts!.Assemble(extension, _tagKey!, _manifest.EncoderCopy, root, derived).Manifest.ToJson().AsSpan().SequenceEqual(_manifestBytes))
        {
            _differences.Add($"{Manifest.FileName}: is not the manifest that the spec and the stored records give");
        }

        var adapters = _manifest.Adapters.Count(a => a is not null);
        return Report(records.Rows.Length, fitted, _manifest.Files().Count() + records.Nodes.Count + 1 - (adapters - fitted));
    }

    // A process that is writing now is waited for and then named; whatever else keeps the lock from being taken must not keep a model
    // from being verified: a folder that must not be written to, say, or a change that was interrupted by damage.
    private static IDisposable? TryEnter(ModelRun run, Func<IDisposable> enter)
    {
        try
        {
            return enter();
        }
        catch (Exception e) when (e is LegoNetException { Reason: not LegoNetReason.Busy } or IOException or UnauthorizedAccessException)
        {
            run.Logger.LogInformation("{Model} is verified without its lock, which cannot be taken: {Why}", run.Paths.Root, e.Message);
            return null;
        }
    }

    // Every commit leaves another manifest or one more entry, even if the model comes back to the same state.
    private static string Stamp(ModelRun run)
    {
        var manifest = Digests.Of(ModelState.ReadManifest(run.Paths, run.Files));
        return $"{manifest} {new Ledger(run.Paths, run.Files).Files().LastOrDefault()} {Recovery.IsInterrupted(run)}";
    }

    private TagKey? FindTagKey()
    {
        try
        {
            return ModelSession.LoadTagKey(_run, _manifest);
        }
        catch (LegoNetException e) when (e.Reason == LegoNetReason.TagKeyUnreadable && !_run.Paths.TagKeyIsNamed)
        {
            _notCompared.Add($"the record files with those that the records give, and {Manifest.FileName} as a whole: "
                + $"they are made with the tag key, and {_run.Paths.TagKey} cannot be read");
            return null;
        }
    }

    /// <summary>What gives routes; null where the keys are lost. Gaussian keys can be drawn again; public ones are what their digest says.</summary>
    private Router? FindRouter(ModelSpec spec)
    {
        KeySet? stored = null;
        Try(() => stored = FrozenParts.ReadKeys(_manifest, _files, spec));
        var drawn = spec.Keys == KeySource.Gaussian ? GaussianKeys.Create(spec.Seed, spec.Adapters, spec.Dimension) : null;
        if (stored is not null && drawn is not null && !drawn.Values.SequenceEqual(stored.Values))
        {
            _differences.Add($"{Manifest.KeysFile}: is not what the spec's seed gives");
        }

        if ((stored ?? drawn) is { } keys)
        {
            return new Router(keys, spec.Active);
        }

        _notCompared.Add($"routes: {Manifest.KeysFile} cannot be read, and public keys follow from nothing else");
        return null;
    }

    private (int Fitted, AdapterEntry?[] Entries) CompareAdapters(
        ModelSpec spec,
        RecordComparison records,
        IProgress<LegoNetProgress>? progress,
        CancellationToken cancellationToken,
        out string extension)
    {
        IAdapterTrainer? trainer = null;
        Try(() =>
        {
            _whyNotComparable = FrozenParts.WhyNotKnown(spec);
            trainer = _whyNotComparable is null ? FrozenParts.CreateTrainer(spec) : null;
            _whyNotComparable ??= trainer!.WhyNotRefittable;
        });
        var named = _manifest.Adapters;
        if (named.Count != spec.Adapters)
        {
            _damage.Add($"{Manifest.FileName}: its adapters are not those that {Manifest.SpecFile} declares.");
        }

        // Where records cannot be read, an adapter still follows from them if it has lost none of its rows.
        var shards = new ShardAssignment(records.Rows, spec.Adapters);
        int[] all = [.. Enumerable.Range(0, Math.Min(spec.Adapters, named.Count))];
        int[] known = records.Whole ? all : [.. all.Where(a => shards.Count(a) == (named[a]?.Rows ?? 0))];
        if (known.Length < all.Length)
        {
            _notCompared.Add(known.Length == 0
                ? "adapters: each has rows in records that cannot be read"
                : $"{all.Length - known.Length} of {all.Length} adapters ({string.Join(", ", all.Except(known))}): rows of theirs cannot be read");
        }

        var comparison = new AdapterComparison(_manifest, _files, spec, trainer, _differences, AddDamage);
        extension = comparison.Extension;
        if (trainer is null || _whyNotComparable is not null)
        {
            return (0, comparison.CompareShards(shards, known, cancellationToken));
        }

        var entries = comparison.Fit(shards, known, _run.Threads, progress, cancellationToken);
        return (entries.Count(e => e is not null), entries);
    }

    private void CheckEncoderCopy(ModelSpec spec)
    {
        if (_manifest.EncoderCopy is { } copy && !spec.Encoder.Contains($"\"{copy}\"", StringComparison.Ordinal))
        {
            _differences.Add($"{_manifest.EncoderFile}: is not the encoder that {Manifest.SpecFile} names");
        }
    }

    private void CheckLedger(Ledger ledger)
    {
        try
        {
            var entries = ledger.Entries().ToArray();
            _ledgerEntries = entries.Length;
            _ledgerLacks = entries is not [var first, ..] ? null
                : first.Sequence > 1 ? $"the entries before {first.Sequence} were pruned"
                : first.Entry.Operation == Operations.Repair ? $"a repair began it anew at {Ledger.Show(first.Entry.Time)}, and what was before is lost"
                : null;
            _differences.AddRange(LedgerChain.Check(entries, _root, _keys, _run.Threads));
            if (_tagKey is not null && !ForgottenTags.Agrees(_run, _tagKey, entries))
            {
                _differences.Add($"{_run.Paths.ForgottenTagsFile}: does not list what the ledger lists; remove it, and it is made anew");
            }
        }
        catch (LegoNetException e)
        {
            AddDamage(e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            _damage.Add($"ledger: cannot be read ({LegoNetException.Cause(e)}).");
        }
    }

    private void ReportUnnamed(HashSet<string> known, bool recordsToo)
    {
        // What an inner node that cannot be read names is not known.
        var records = _run.Paths.File("records") + Path.DirectorySeparatorChar;
        foreach (var path in ModelTree.Files(_run.Paths.Root, _run.Files))
        {
            if (!known.Contains(path) && (recordsToo || !path.StartsWith(records, StringComparison.Ordinal)))
            {
                _differences.Add($"{ModelTree.NameOf(_run.Paths.Root, path)}: is not named by the manifest");
            }
        }
    }

    private void Try(Action action)
    {
        try
        {
            action();
        }
        catch (LegoNetException e)
        {
            AddDamage(e);
        }
    }

    private void AddDamage(LegoNetException e)
    {
        if (!_damage.Contains(e.Message))
        {
            _damage.Add(e.Message);
        }
    }

    private VerificationReport Report(long records, int adapters, int files)
        => new(records, adapters, files, _root, [.. _damage], [.. _differences], _whyNotComparable)
        {
            LedgerEntries = _ledgerEntries,
            LedgerLacks = _ledgerLacks,
            SignaturesChecked = _keys.Count > 0,
            NotCompared = [.. _notCompared],
        };
}
