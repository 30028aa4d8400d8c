using LegoNet.Adapters;
using LegoNet.Audit;
using LegoNet.Changes;
using LegoNet.Common;
using LegoNet.Data.Files;
using LegoNet.Data.Formats;
using LegoNet.Encoders;
using LegoNet.Files;
using LegoNet.Records;
using LegoNet.Routing;
using LegoNet.Specs;
using LegoNet.Store;

namespace LegoNet.Verification;

/// <summary>
/// Derives a model anew from its stored records and its spec, and compares every byte. Digests are not trusted: a weight that was
/// changed together with every digest above it is found all the same.
/// </summary>
internal sealed class Verifier(ModelPaths paths, ModelOptions options, TagKey tagKey)
{
    private readonly List<string> _damage = [];
    private readonly List<string> _differences = [];
    private readonly IFileLayer _layer = options.Files;
    private string? _whyNotComparable;
    private int _ledgerEntries;
    private bool _signaturesChecked;

    public VerificationReport Run(IProgress<LegoNetProgress>? progress, CancellationToken cancellationToken)
    {
        var keys = Signing.PublicKeys(paths, options);
        var manifestBytes = _layer.ReadAllBytes(paths.Manifest);
        var manifest = Manifest.Parse(manifestBytes, Manifest.FileName);
        var root = RootDigest.Of(manifest, Digests.Of(manifestBytes));
        var files = new ModelFiles(paths, _layer);

        // First what the digests say: each damaged file is named, and nothing is derived from damaged records.
        var named = manifest.Files().ToList();
        foreach (var (file, digest) in named)
        {
            Try(() => files.Read(file, digest));
        }

        // Before anything is given up: where a digest in the manifest is wrong, this alone tells that not the file is to blame.
        var ledger = new Ledger(paths, _layer);
        Try(() => CheckLedger(ledger, root, keys));

        FrozenParts? parts = null;
        Try(() => parts = FrozenParts.Read(manifest, files));
        if (parts is null)
        {
            return Report(0, 0, named.Count, root);
        }

        Try(() => _whyNotComparable = parts.WhyNotKnownTrainer ?? parts.Trainer.WhyNotRefittable);
        if (manifest.Adapters.Count != parts.Spec.Adapters)
        {
            _damage.Add($"{Manifest.FileName}: its adapters are not those that {Manifest.SpecFile} declares.");
        }

        using var store = new RecordStore(parts.Spec.Rows, manifest.Records, files, tagKey);
        var nodes = new List<NodeRef>();
        Try(() => nodes.AddRange(store.Nodes()));
        foreach (var segment in nodes.Where(n => n.IsSegment))
        {
            Try(() => store.OpenSegment(segment));
        }

        named.AddRange(nodes.Select(n => (n.File, n.Digest)));
        if (_damage.Count > 0)
        {
            return Report(0, 0, named.Count, root);
        }

        ReportUnnamed([.. named.Select(n => paths.File(n.Item1)), .. ledger.Files(), paths.Manifest]);
        CheckKeys(parts);
        if (manifest.EncoderCopy is { } copy && !parts.Spec.Encoder.Contains($"\"{copy}\"", StringComparison.Ordinal))
        {
            _differences.Add($"{manifest.EncoderFile}: is not the encoder that {Manifest.SpecFile} names");
        }

        var rows = store.Rows().ToArray();
        progress?.Report(new LegoNetProgress("checking records", 0, rows.Length));
        CheckRows(parts, rows, cancellationToken);

        var derived = new DerivedFiles();
        var derivedRoot = store.Build(rows, derived, options.Threads).Root;
        if (derivedRoot != manifest.Records)
        {
            foreach (var node in nodes.Where(n => !derived.Contains(n.File)))
            {
                _differences.Add($"{node.File}: is not part of the trie that the stored records give");
            }
        }

        if (_differences.Count > 0)
        {
            return Report(rows.Length, 0, named.Count, root); // Adapters derived from altered records would say nothing.
        }

        // Where the trainer is not even known, what it would name its files is taken from the manifest.
        var extension = parts.WhyNotKnownTrainer is null ? parts.Trainer.FileExtension : manifest.AdapterExtension;
        var entries = _whyNotComparable is null
            ? new Refitter(parts.Spec, parts.Trainer, derived, options.Threads, progress).FitAll(rows, cancellationToken)
            : DeriveShards(parts, manifest, files, rows, cancellationToken);
        for (var a = 0; a < entries.Length; a++)
        {
            CompareAdapter(manifest, entries[a], manifest.Adapters[a], derived, files, extension);
        }

        var definition = new ModelDefinition { Spec = parts.Spec, Keys = parts.Keys, Calibration = parts.Calibration };
        var (expected, _) = ModelBuilder.Assemble(definition, extension, tagKey, manifest.EncoderCopy, derivedRoot, entries);
        if (_damage.Count == 0 && _differences.Count == 0 && !expected.ToJson().AsSpan().SequenceEqual(manifestBytes))
        {
            _differences.Add($"{Manifest.FileName}: is not the manifest that the spec and the stored records give");
        }

        var fitted = entries.Count(e => e is not null);
        return _whyNotComparable is null
            ? Report(rows.Length, fitted, named.Count + 1, root)
            : Report(rows.Length, 0, named.Count + 1 - fitted, root);
    }

    /// <summary>Compares stored rows with records encoded again.</summary>
    public static VerificationReport CompareData(RecordStore store, TagKey tagKey, ModelSpec spec, IEnumerable<EncodedRecord> records, bool complete, CancellationToken cancellationToken)
    {
        const int Named = 20;
        var differences = new List<string>();
        var words = new int[spec.Labels.Width];
        long seen = 0, missing = 0, codes = 0, labels = 0;
        var keys = complete ? new HashSet<RecordKey>() : null;
        foreach (var record in records)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var key = tagKey.KeyOf(record.Subject, record.Id);
            if (store.Find(key) is not { } row)
            {
                missing++;
                Say($"{record.Origin}: is not stored");
                continue;
            }

            if (keys is null || keys.Add(key))
            {
                seen++;
            }

            // Equal codes under another fingerprint are no difference.
            if (!row.Code.SequenceEqual(record.Code))
            {
                codes++;
                Say($"{record.Origin}: encodes to another code than the stored one ({(row.Fingerprint == record.Fingerprint ? "under the same encoder fingerprint" : "the encoder's fingerprint differs too, so this may be the runtime and not the data")})");
            }

            record.ReadLabel(spec.Labels, words);
            if (!row.Label.SequenceEqual(words))
            {
                labels++;
                Say($"{record.Origin}: has another label than the stored one");
            }
        }

        if (missing + codes + labels > Named)
        {
            differences.Add($"in all: {missing} records not stored, {codes} codes and {labels} labels that differ");
        }

        if (complete && seen < store.Count)
        {
            differences.Add($"{store.Count - seen} stored records are not in the source");
        }

        return new VerificationReport(seen, 0, 0, "", [], differences);

        void Say(string difference)
        {
            if (differences.Count < Named)
            {
                differences.Add(difference);
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
            if (!_damage.Contains(e.Message))
            {
                _damage.Add(e.Message);
            }
        }
    }

    private void CheckLedger(Ledger ledger, string root, IReadOnlyList<VerificationKey> keys)
    {
        var entries = ledger.Entries().ToArray();
        _ledgerEntries = entries.Length;
        _signaturesChecked = keys.Count > 0;
        _differences.AddRange(Ledger.Check(entries, root, keys, options.Threads));
        if (!ForgottenTags.Agrees(paths, _layer, entries))
        {
            _differences.Add($"{paths.ForgottenTags}: does not list what the ledger lists; remove it, and it is made anew");
        }
    }

    private VerificationReport Report(long records, int adapters, int files, string root)
        => new(records, adapters, files, root, [.. _damage], [.. _differences], _whyNotComparable) { LedgerEntries = _ledgerEntries, SignaturesChecked = _signaturesChecked };

    private void ReportUnnamed(HashSet<string> known)
    {
        foreach (var path in ModelTree.Files(paths.Root))
        {
            if (!known.Contains(path))
            {
                _differences.Add($"{ModelTree.NameOf(paths.Root, path)}: is not named by the manifest");
            }
        }
    }

    private void CheckKeys(FrozenParts parts)
    {
        // Public keys are what their digest in the spec says; Gaussian keys can be drawn again.
        if (parts.Spec.Keys == KeySource.Gaussian && !GaussianKeys.Create(parts.Spec.Seed, parts.Spec.Adapters, parts.Spec.Dimension).Values.SequenceEqual(parts.Keys.Values))
        {
            _differences.Add($"{Manifest.KeysFile}: is not what the spec's seed gives");
        }
    }

    private void CheckRows(FrozenParts parts, RowRef[] rows, CancellationToken cancellationToken)
    {
        const int Batch = 1024;
        var layout = parts.Spec.Rows;
        var bad = new System.Collections.Concurrent.ConcurrentBag<string>();
        InParallel.ForEach(Enumerable.Range(0, (rows.Length + Batch - 1) / Batch), options.Threads, batch =>
        {
            var start = batch * Batch;
            var count = Math.Min(Batch, rows.Length - start);
            var codes = new sbyte[count * layout.Dimension];
            var routes = new ushort[count * layout.Active];
            for (var i = 0; i < count; i++)
            {
                rows[start + i].Code.CopyTo(codes.AsSpan(i * layout.Dimension));
            }

            parts.Router.Route(codes, routes);
            for (var i = 0; i < count; i++)
            {
                var row = rows[start + i];
                var file = ((Segment)row.Block).File;
                if (start + i > 0 && rows[start + i - 1].Key.CompareTo(row.Key) >= 0)
                {
                    bad.Add($"{file}: a row is not in key order");
                }

                if (!row.Route.SequenceEqual(routes.AsSpan(i * layout.Active, layout.Active)))
                {
                    bad.Add($"{file}: a row's route is not what its code and the keys give");
                }
            }
        }, cancellationToken);
        foreach (var group in bad.GroupBy(b => b).OrderBy(g => g.Key, StringComparer.Ordinal))
        {
            _differences.Add(group.Count() == 1 ? group.Key : $"{group.Key} ({group.Count()} times)");
        }
    }

    /// <summary>The adapters' entries where nothing can be fitted: rows and subjects follow from the records, the rest is as stored.</summary>
    private AdapterEntry?[] DeriveShards(FrozenParts parts, Manifest manifest, ModelFiles files, RowRef[] rows, CancellationToken cancellationToken)
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

            var stored = manifest.Adapters[a];
            var digest = "";
            if (stored is not null)
            {
                // A trainer's sums are its own; that they have no place in the file is known where it says so.
                var keepsSums = parts.WhyNotKnownTrainer is not null
                    || (parts.Trainer is ISummingTrainer trainer && trainer.KeepsSums(shard.Count, parts.Spec.Dimension));
                Try(() =>
                {
                    var file = ShardFile.Parse(files.Read(stored.ShardFile, stored.Shard), stored.ShardFile);
                    digest = Digests.Of(new ShardFile(ShardFile.SubjectsOf(shard), keepsSums ? file.Sums : null).ToFile());
                });
            }

            entries[a] = new AdapterEntry(a, shard.Count, stored?.Adapter ?? "", digest);
        }

        return entries;
    }

    private void CompareAdapter(Manifest manifest, AdapterEntry? derived, AdapterEntry? stored, DerivedFiles files, ModelFiles disk, string extension)
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
            var file = stored.AdapterFile(manifest.AdapterExtension);
            _differences.Add($"{file}: {Describe(disk.Read(file, stored.Adapter), files.Get(derived.AdapterFile(extension)))}");
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

                    return FormattableString.Invariant($"weight [{first / shape[1]}, {first % shape[1]}] is {x[first]:R} where the records give {y[first]:R} ({count} of {x.Length} weights differ)");
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
