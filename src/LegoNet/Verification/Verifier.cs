using System.Collections.Concurrent;
using LegoNet.Adapters;
using LegoNet.Audit;
using LegoNet.Changes;
using LegoNet.Common;
using LegoNet.Data.Files;
using LegoNet.Data.Formats;
using LegoNet.Files;
using LegoNet.Records;
using LegoNet.Routing;
using LegoNet.Sessions;
using LegoNet.Specs;
using LegoNet.Store;

namespace LegoNet.Verification;

/// <summary>
/// Derives a model anew from its stored records and its spec, and compares every byte. Digests are not trusted: a weight that was
/// changed together with every digest above it is found all the same.
/// </summary>
internal sealed class Verifier
{
    private readonly ModelRun _run;
    private readonly TagKey _tagKey;
    private readonly IReadOnlyList<VerificationKey> _keys;
    private readonly ModelFiles _files;
    private readonly byte[] _manifestBytes;
    private readonly Manifest _manifest;
    private readonly string _root;
    private readonly List<string> _damage = [];
    private readonly List<string> _differences = [];
    private string? _whyNotComparable;
    private int _ledgerEntries;

    /// <summary>Reads what the model says of itself. The caller holds the writer's lock.</summary>
    /// <exception cref="LegoNetException">The manifest is malformed, or the public keys' file is.</exception>
    public Verifier(ModelRun run, TagKey tagKey)
    {
        _run = run;
        _tagKey = tagKey;
        _keys = Signing.PublicKeys(run);
        _files = run.OpenFiles();
        _manifestBytes = run.Files.ReadAllBytes(run.Paths.Manifest);
        _manifest = Manifest.Parse(_manifestBytes, Manifest.FileName);
        _root = RootDigests.Of(_manifest, Digests.Of(_manifestBytes));
    }

    /// <summary>Verifies a model that was not opened, so that one too damaged to be opened is reported file by file.</summary>
    /// <exception cref="LegoNetException">There is no model there, its manifest cannot be read, or the tag key is missing or another.</exception>
    public static VerificationReport Verify(ModelRun run, IProgress<LegoNetProgress>? progress, CancellationToken cancellationToken)
    {
        _ = ModelState.ReadManifest(run.Paths, run.Files); // No lock is made beside what is no model.
        using var held = Recovery.Settle(run);
        var manifest = Manifest.Parse(ModelState.ReadManifest(run.Paths, run.Files), Manifest.FileName);
        return new Verifier(run, ModelSession.LoadTagKey(run, manifest)).Run(progress, cancellationToken);
    }

    public VerificationReport Run(IProgress<LegoNetProgress>? progress, CancellationToken cancellationToken)
    {
        // First what the digests say: each damaged file is named, and nothing is derived from damaged records.
        List<string> named = [.. _manifest.Files().Select(f => f.File)];
        foreach (var (file, digest) in _manifest.Files())
        {
            Try(() => _files.Read(file, digest));
        }

        // Before anything is given up: where a digest in the manifest is wrong, this alone tells that not the file is to blame.
        var ledger = new Ledger(_run.Paths, _run.Files);
        Try(() => CheckLedger(ledger));
        if (ReadParts() is not { } parts)
        {
            return Report(0, 0, named.Count);
        }

        using var store = new RecordStore(parts.Spec.Rows, _manifest.Records, _files, _tagKey);
        var nodes = CheckNodes(store);
        named.AddRange(nodes.Select(n => n.File));
        if (_damage.Count > 0)
        {
            return Report(0, 0, named.Count);
        }

        ReportUnnamed([.. named.Select(_run.Paths.File), .. ledger.Files(), _run.Paths.Manifest]);
        CheckKeys(parts);
        CheckEncoderCopy(parts);
        var rows = store.Rows().ToArray();
        progress?.Report(new LegoNetProgress("checking records", 0, rows.Length));
        CheckRows(parts, rows, cancellationToken);
        var derived = new DerivedFiles();
        var records = CompareNodes(store, rows, nodes, derived);
        return _differences.Count > 0
            ? Report(rows.Length, 0, named.Count) // Adapters derived from altered records would say nothing.
            : CompareAdapters(parts, rows, records, derived, named.Count, progress, cancellationToken);
    }

    private FrozenParts? ReadParts()
    {
        FrozenParts? parts = null;
        Try(() => parts = FrozenParts.Read(_manifest, _files));
        if (parts is not null)
        {
            Try(() => _whyNotComparable = parts.WhyNotKnownTrainer ?? parts.Trainer.WhyNotRefittable);
            if (_manifest.Adapters.Count != parts.Spec.Adapters)
            {
                _damage.Add($"{Manifest.FileName}: its adapters are not those that {Manifest.SpecFile} declares.");
            }
        }

        return parts;
    }

    private List<NodeRef> CheckNodes(RecordStore store)
    {
        var nodes = new List<NodeRef>();
        Try(() => nodes.AddRange(store.Nodes()));
        foreach (var segment in nodes.Where(n => n.IsSegment))
        {
            Try(() => store.OpenSegment(segment));
        }

        return nodes;
    }

    private NodeRef? CompareNodes(RecordStore store, RowRef[] rows, List<NodeRef> nodes, DerivedFiles derived)
    {
        var root = store.Build(rows, derived, _run.Threads).Root;
        if (root != _manifest.Records)
        {
            foreach (var node in nodes.Where(n => !derived.Contains(n.File)))
            {
                _differences.Add($"{node.File}: is not part of the trie that the stored records give");
            }
        }

        return root;
    }

    private VerificationReport CompareAdapters(
        FrozenParts parts,
        RowRef[] rows,
        NodeRef? records,
        DerivedFiles derived,
        int files,
        IProgress<LegoNetProgress>? progress,
        CancellationToken cancellationToken)
    {
        // Where the trainer is not even known, what it would name its files is taken from the manifest.
        var extension = parts.WhyNotKnownTrainer is null ? parts.Trainer.FileExtension : _manifest.AdapterExtension;
        var entries = _whyNotComparable is null
            ? new Refitter(parts.Spec, parts.Trainer, derived, _run.Threads, progress).FitAll(rows, cancellationToken)
            : DeriveShards(parts, rows, cancellationToken);
        for (var a = 0; a < entries.Length; a++)
        {
            CompareAdapter(entries[a], _manifest.Adapters[a], derived, extension);
        }

        var (expected, _) = parts.Assemble(extension, _tagKey, _manifest.EncoderCopy, records, entries);
        if (_damage.Count == 0 && _differences.Count == 0 && !expected.ToJson().AsSpan().SequenceEqual(_manifestBytes))
        {
            _differences.Add($"{Manifest.FileName}: is not the manifest that the spec and the stored records give");
        }

        var fitted = entries.Count(e => e is not null);
        return _whyNotComparable is null
            ? Report(rows.Length, fitted, files + 1)
            : Report(rows.Length, 0, files + 1 - fitted);
    }

    private void CheckEncoderCopy(FrozenParts parts)
    {
        if (_manifest.EncoderCopy is { } copy && !parts.Spec.Encoder.Contains($"\"{copy}\"", StringComparison.Ordinal))
        {
            _differences.Add($"{_manifest.EncoderFile}: is not the encoder that {Manifest.SpecFile} names");
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
            if (!_damage.Contains(e.Message))
            {
                _damage.Add(e.Message);
            }
        }
    }

    private void CheckLedger(Ledger ledger)
    {
        var entries = ledger.Entries().ToArray();
        _ledgerEntries = entries.Length;
        _differences.AddRange(LedgerChain.Check(entries, _root, _keys, _run.Threads));
        if (!ForgottenTags.Agrees(_run, _tagKey, entries))
        {
            _differences.Add($"{_run.Paths.ForgottenTagsFile}: does not list what the ledger lists; remove it, and it is made anew");
        }
    }

    private VerificationReport Report(long records, int adapters, int files)
        => new(records, adapters, files, _root, [.. _damage], [.. _differences], _whyNotComparable)
        {
            LedgerEntries = _ledgerEntries,
            SignaturesChecked = _keys.Count > 0,
        };

    private void ReportUnnamed(HashSet<string> known)
    {
        foreach (var path in ModelTree.Files(_run.Paths.Root, _run.Files))
        {
            if (!known.Contains(path))
            {
                _differences.Add($"{ModelTree.NameOf(_run.Paths.Root, path)}: is not named by the manifest");
            }
        }
    }

    private void CheckKeys(FrozenParts parts)
    {
        // Public keys are what their digest in the spec says; Gaussian keys can be drawn again.
        if (parts.Spec.Keys == KeySource.Gaussian
            && !GaussianKeys.Create(parts.Spec.Seed, parts.Spec.Adapters, parts.Spec.Dimension).Values.SequenceEqual(parts.Keys.Values))
        {
            _differences.Add($"{Manifest.KeysFile}: is not what the spec's seed gives");
        }
    }

    private void CheckRows(FrozenParts parts, RowRef[] rows, CancellationToken cancellationToken)
    {
        var bad = new ConcurrentBag<string>();
        for (var i = 1; i < rows.Length; i++)
        {
            if (rows[i - 1].Key.CompareTo(rows[i].Key) >= 0)
            {
                bad.Add($"{((Segment)rows[i].Block).File}: a row is not in key order");
            }
        }

        InParallel.ForEach(rows.Select(row => (Segment)row.Block).Distinct(), _run.Threads, segment =>
        {
            var routes = new ushort[segment.Routes.Length];
            parts.Router.Route(segment.Codes, routes);
            var k = segment.Layout.Active;
            for (var row = 0; row < segment.Count; row++)
            {
                if (!segment.Route(row).SequenceEqual(routes.AsSpan(row * k, k)))
                {
                    bad.Add($"{segment.File}: a row's route is not what its code and the keys give");
                }
            }
        }, cancellationToken);
        foreach (var group in bad.GroupBy(b => b).OrderBy(g => g.Key, StringComparer.Ordinal))
        {
            _differences.Add(group.Count() == 1 ? group.Key : $"{group.Key} ({group.Count()} times)");
        }
    }

    /// <summary>The adapters' entries where nothing can be fitted: rows and subjects follow from the records, the rest is as stored.</summary>
    private AdapterEntry?[] DeriveShards(FrozenParts parts, RowRef[] rows, CancellationToken cancellationToken)
    {
        var assignment = new ShardAssignment(rows, parts.Spec.Adapters);
        var entries = new AdapterEntry?[parts.Spec.Adapters];
        for (var a = 0; a < entries.Length; a++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var shard = assignment.Rows(a);
            if (shard.Count == 0)
            {
                continue;
            }

            var stored = _manifest.Adapters[a];
            var digest = "";
            if (stored is not null)
            {
                // A trainer's sums are its own; that they have no place in the file is known where it says so.
                var keepsSums = parts.WhyNotKnownTrainer is not null
                    || (parts.Trainer is ISummingTrainer trainer && trainer.KeepsSums(shard.Count, parts.Spec.Dimension));
                Try(() =>
                {
                    var file = ShardFile.Parse(_files.Read(stored.ShardFile, stored.Shard), stored.ShardFile);
                    digest = Digests.Of(new ShardFile(ShardFile.SubjectsOf(shard), keepsSums ? file.Sums : null).ToFile());
                });
            }

            entries[a] = new AdapterEntry(a, shard.Count, stored?.Adapter ?? "", digest);
        }

        return entries;
    }

    private void CompareAdapter(AdapterEntry? derived, AdapterEntry? stored, DerivedFiles files, string extension)
    {
        if (derived == stored)
        {
            return;
        }

        var number = (derived ?? stored)!.Number;
        if (derived is null || stored is null)
        {
            _differences.Add($"adapter {number}: is stored {(stored is null ? "as empty but has rows" : "but has no rows")}");
            return;
        }

        if (derived.Rows != stored.Rows)
        {
            _differences.Add($"{Manifest.FileName}: names {stored.Rows} rows for adapter {number}, which has {derived.Rows}");
        }

        if (derived.Shard != stored.Shard)
        {
            _differences.Add($"{stored.ShardFile}: is not what the stored records give");
        }

        if (derived.Adapter != stored.Adapter)
        {
            var file = stored.AdapterFile(_manifest.AdapterExtension);
            _differences.Add($"{file}: {Describe(_files.Read(file, stored.Adapter), files.Get(derived.AdapterFile(extension)))}");
        }
    }

    private static string Describe(byte[] stored, byte[] derived)
    {
        try
        {
            var (a, b) = (SafetensorsFile.Parse(stored, "stored"), SafetensorsFile.Parse(derived, "derived"));
            if (b.Header.TryGet("weights", out var info))
            {
                var shape = info.Shape.ToArray();
                var x = a.Get<float>("weights", shape);
                var y = b.Get<float>("weights", shape);
                var first = x.CommonPrefixLength(y);
                if (first < x.Length)
                {
                    var count = 0;
                    for (var i = 0; i < x.Length; i++)
                    {
                        count += BitConverter.SingleToInt32Bits(x[i]) == BitConverter.SingleToInt32Bits(y[i]) ? 0 : 1;
                    }

                    return FormattableString.Invariant(
                        $"weight [{first / shape[1]}, {first % shape[1]}] is {x[first]:R} where the records give {y[first]:R}")
                        + $" ({count} of {x.Length} weights differ)";
                }
            }
        }
        catch (LegoNetException)
        {
            // Not the arrays of a linear adapter: the bytes differ, and that is all there is to say.
        }

        return "is not what the stored records give";
    }

    /// <summary>Keeps derived adapters for comparison, and of records only which files there would be.</summary>
    private sealed class DerivedFiles : IFileSink
    {
        private readonly Dictionary<string, byte[]?> _files = new(StringComparer.Ordinal);

        public void Put(string name, byte[] bytes)
        {
            lock (_files)
            {
                _files[name] = name.StartsWith("adapters/", StringComparison.Ordinal) ? bytes : null;
            }
        }

        public bool Contains(string name) => _files.ContainsKey(name);

        public byte[] Get(string name) => _files[name]!;
    }
}
