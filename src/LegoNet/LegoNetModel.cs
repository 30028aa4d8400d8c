using System.Diagnostics;
using LegoNet.Audit;
using LegoNet.Caching;
using LegoNet.Calibration;
using LegoNet.Changes;
using LegoNet.Common;
using LegoNet.Data;
using LegoNet.Data.Files;
using LegoNet.Encoders;
using LegoNet.Ensembles;
using LegoNet.Pipelines;
using LegoNet.Records;
using LegoNet.Routing;
using LegoNet.Specs;
using LegoNet.Store;
using LegoNet.Verification;
using Microsoft.Extensions.Logging;

namespace LegoNet;

/// <summary>
/// A model on disk whose records can be added, corrected and forgotten. After every change the directory is byte for byte the one
/// that training on the remaining records would have built, the ledger aside.
/// </summary>
/// <remarks>
/// Thread-safe. Scoring works on an immutable snapshot (<see cref="Scorer"/>) and never waits for a change; changes run one at a
/// time, across processes too.
/// </remarks>
public sealed class LegoNetModel : IDisposable
{
    private readonly ModelPaths _paths;
    private readonly ModelOptions _options;
    private readonly ModelFiles _files;
    private readonly Lock _writing = new();
    private readonly SumsCache _sums;
    private volatile ModelState _state;
    private RecordStore? _store;
    private string _mark = "";
    private TagKey? _tagKey;
    private SigningKey? _signingKey;
    private ForgottenTags? _forgotten;
    private bool _disposed;

    private LegoNetModel(ModelPaths paths, ModelOptions options, ModelState state)
    {
        _paths = paths;
        _options = options;
        _files = new ModelFiles(paths, options.Files);
        _sums = new SumsCache(options.SumsMemory);
        _state = state;
    }

    /// <summary>The model directory's full path.</summary>
    public string Path => _paths.Root;

    /// <summary>The frozen spec.</summary>
    public ModelSpec Spec => _state.Spec;

    /// <summary>From encoding to code; null where the encoder gives codes directly.</summary>
    public CodeCalibration? Calibration => _state.Parts.Calibration;

    /// <summary>The adapters' keys.</summary>
    public KeySet Keys => _state.Parts.Keys;

    /// <summary>Scores with the state that was current when the property was read. It holds what later changes forget, so do not keep it.</summary>
    public Scorer Scorer => _state.Scorer;

    /// <summary>
    /// The name of this state of the model: SHA-256 of the canonical JSON {"manifest":…,"tags":…}, the digest of manifest.json and the
    /// hash of the Merkle tree over the records' keyed tags, so that it binds every file and membership can be proven under it.
    /// </summary>
    public string RootDigest => _state.Root;

    /// <summary>Records stored.</summary>
    public long RecordCount => _state.Manifest.Records?.Count ?? 0;

    /// <summary>Rows in each adapter's shard, [n].</summary>
    public IReadOnlyList<long> ShardRows => [.. _state.Manifest.Adapters.Select(a => a?.Rows ?? 0)];

    /// <summary>The copy of the encoder inside the model directory; null when it was left outside.</summary>
    public string? EncoderCopy => _state.Manifest.EncoderFile is { } file ? _paths.File(file) : null;

    /// <summary>Where the encoder's file was when the model was trained, or its copy inside the model; null for a built-in encoder.</summary>
    public string? EncoderPath => EncoderCopy ?? RunSettings.Load(_paths).Encoder;

    /// <summary>
    /// Full paths of the caches of encodings that <see cref="Forget(IReadOnlyCollection{ForgetTarget}, bool, IProgress{LegoNetProgress}?, CancellationToken)"/>
    /// purges. The list is kept beside the model and moves with it only if its file (the model's path with ".run.json" appended) does.
    /// </summary>
    /// <exception cref="LegoNetException">The list is there but cannot be read.</exception>
    public IReadOnlyList<string> RegisteredCaches => RunSettings.Read(_paths).Caches;

    /// <summary>Opens a model. A change that a crash interrupted is finished or undone first.</summary>
    /// <param name="path">The model directory.</param>
    /// <param name="options">Settings of this run.</param>
    /// <exception cref="LegoNetException">There is no model there, or a file of it is damaged.</exception>
    public static LegoNetModel Open(string path, ModelOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        options ??= new ModelOptions();
        var paths = new ModelPaths(path);
        RecoverIfNeeded(paths, options);
        return new LegoNetModel(paths, options, ModelState.Load(paths, options.Files));
    }

    /// <summary>Trains a model from records and writes its directory, which must not exist yet unless <see cref="ModelOptions.Replace"/> is set.</summary>
    /// <param name="path">The directory to create.</param>
    /// <param name="definition">Everything frozen.</param>
    /// <param name="records">The records, in any order; the model does not depend on it.</param>
    /// <param name="options">Settings of this run.</param>
    /// <param name="progress">Receives progress.</param>
    /// <param name="cancellationToken">Cancels; nothing is left behind but the list of caches and key files that were named.</param>
    /// <exception cref="LegoNetException">
    /// A record does not fit the spec, two records share an identity, there is no record, the trainer cannot fit here, a cache is none,
    /// or the model to be replaced was changed while the records were read.
    /// </exception>
    public static LegoNetModel Train(
        string path,
        ModelDefinition definition,
        IEnumerable<EncodedRecord> records,
        ModelOptions? options = null,
        IProgress<LegoNetProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(definition);
        ArgumentNullException.ThrowIfNull(records);
        options ??= new ModelOptions();
        var paths = new ModelPaths(path);
        var replaced = Prepare(paths, options.Replace, options);
        ModelBuilder.RequireRefittable(FrozenParts.CreateTrainer(definition.Spec));
        RegisterCaches(paths, options, options.Caches.Select(cache => CachePath(cache, options)));

        // Key files that are named may be shared with trainings that run now. The model's own come with the model.
        var key = TagKeyFile.Prepare(options.TagKeyPath ?? paths.TagKey, TagKey.CreateRandom, atOnce: options.TagKeyPath is not null);
        var lastSigner = ModelBuilder.LastSigner(paths, key.Key, options);
        if (lastSigner is not null || options.SigningKeyPath is not null || File.Exists(paths.SigningKey) || File.Exists(options.PublicKeyPath ?? paths.PublicKey))
        {
            Signing.Open(paths, options, lastSigner).Dispose(); // Said before the records are read, not after.
        }

        var rows = new IncomingRows(definition.Spec, key.Key, allowOtherEncoder: false);
        foreach (var record in records)
        {
            cancellationToken.ThrowIfCancellationRequested();
            rows.Add(record);
        }

        if (rows.Count == 0)
        {
            throw LegoNetException.BadInput("The source has no records, so there is nothing to train on.");
        }

        return Create(paths, definition, key, rows, replaced, [], options, progress, cancellationToken);
    }

    /// <summary>Predicts one record with the current state.</summary>
    /// <param name="code">The record's code, [d].</param>
    /// <exception cref="ArgumentException">The code has another length than the spec's.</exception>
    public Prediction Score(ReadOnlySpan<sbyte> code) => Scorer.Predict(code);

    /// <summary>Encodes and predicts a source's records lazily, in their order; memory does not grow with their number.</summary>
    /// <param name="source">The records; labels are not read.</param>
    /// <param name="encoder">The model's encoder (<see cref="EncoderRegistry.Open"/>).</param>
    /// <param name="threads">Batches encoded at a time.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <returns>Every record with its prediction, all by the state that was current when the enumeration began.</returns>
    /// <exception cref="LegoNetException">The source or a record of it is malformed; the message names the place.</exception>
    public IEnumerable<ScoredRecord> Score(IRecordSource source, ICodeEncoder encoder, int threads = 1, CancellationToken cancellationToken = default)
    {
        var scorer = Scorer;
        foreach (var (records, codes) in RecordEncoder.Batches(source, encoder, threads, null, cancellationToken))
        {
            var scores = new double[records.Length * scorer.Outputs];
            scorer.Score(codes, scores);
            for (var i = 0; i < records.Length; i++)
            {
                yield return new ScoredRecord(records[i], scorer.Interpret(scores.AsSpan(i * scorer.Outputs, scorer.Outputs)));
            }
        }
    }

    /// <summary>Forecasts what forgetting would do, and changes nothing.</summary>
    /// <param name="targets">Subjects or records.</param>
    /// <param name="ignoreUnknown">Pass over targets of which nothing is stored.</param>
    /// <exception cref="LegoNetException">Nothing is stored of a target.</exception>
    public ForgetForecast Forecast(IReadOnlyCollection<ForgetTarget> targets, bool ignoreUnknown = false)
    {
        ArgumentNullException.ThrowIfNull(targets);
        return Read((state, store) =>
        {
            var (removed, _) = Find(store, targets, ignoreUnknown);
            var adapters = removed.SelectMany(r => r.Route.ToArray()).Select(a => (int)a).Distinct().Order().ToArray();
            var rows = adapters.Sum(a => state.Manifest.Adapters[a]?.Rows ?? 0);
            var work = adapters.Sum(a => state.Parts.Trainer.RefitCost(state.Manifest.Adapters[a]?.Rows ?? 0, Spec.Dimension, Spec.Labels.Outputs));
            return new ForgetForecast(
                removed.Count,
                adapters,
                rows,
                RefitSpeed.Seconds(work, Math.Min(_options.Threads, Math.Max(1, adapters.Length))) + RefitSpeed.CommitSeconds(_paths.Root, adapters.Length, removed.Count),
                SameCodes.CountElsewhere(store, new StoredShards(state.Manifest.Adapters, _files), removed));
        });
    }

    /// <summary>
    /// Forgets subjects or records: exactly, durably, in one commit. On return no byte that came from them is left in the model
    /// directory or in a registered cache of encodings (<see cref="RegisterCache"/>); a cache that cannot be purged fails the change.
    /// </summary>
    /// <param name="targets">Subjects or records. Each touched adapter is refitted once, however many targets touch it.</param>
    /// <param name="ignoreUnknown">Pass over targets of which nothing is stored, so that a file of requests can be run again.</param>
    /// <param name="progress">Receives progress.</param>
    /// <param name="cancellationToken">Cancels up to the moment of the commit; the model is then as before.</param>
    /// <exception cref="LegoNetException">Nothing is stored of a target, another process is writing, or the touched adapters cannot be refitted here.</exception>
    public Receipt Forget(
        IReadOnlyCollection<ForgetTarget> targets,
        bool ignoreUnknown = false,
        IProgress<LegoNetProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(targets);
        return Change("forget", NoRecords, (_, state, store) =>
        {
            var (removed, tags) = Find(store, targets, ignoreUnknown);
            var shards = new StoredShards(state.Manifest.Adapters, _files);
            return new PlannedChange(removed, [], tags)
            {
                Shards = shards,
                SameCodeElsewhere = SameCodes.CountElsewhere(store, shards, removed),
                CacheTargets = targets,
            };
        }, progress, cancellationToken);
    }

    /// <summary>Forgets everything of one subject.</summary>
    /// <param name="subject">The subject.</param>
    public Receipt Forget(string subject) => Forget([new ForgetTarget(subject)]);

    /// <summary>Adds records. A record that is already stored with the same content is passed over, so a retry is safe.</summary>
    /// <param name="records">The records. They are read to the end before the writer's lock is taken, and their codes kept in memory.</param>
    /// <param name="options">What to allow.</param>
    /// <param name="progress">Receives progress.</param>
    /// <param name="cancellationToken">Cancels up to the moment of the commit; the model is then as before.</param>
    /// <exception cref="LegoNetException">
    /// A record does not fit the spec, its identity is stored with other content, its code comes from another encoder, it was
    /// forgotten before and <see cref="AddOptions.Suppress"/> is set, or the touched adapters cannot be refitted here.
    /// </exception>
    public Receipt Add(
        IEnumerable<EncodedRecord> records,
        AddOptions? options = null,
        IProgress<LegoNetProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(records);
        options ??= new AddOptions();
        var names = options.Suppress ? new Dictionary<RecordKey, ForgetTarget>() : null;
        return Change("add", () => Collect(names is null ? records : Naming(records, names), options.AllowOtherEncoder, cancellationToken), (incoming, state, store) =>
        {
            var added = new List<RowRef>();
            foreach (var row in incoming)
            {
                if (store.Find(row.Key) is not { } stored)
                {
                    added.Add(row);
                }
                else if (!stored.SameContent(row))
                {
                    throw LegoNetException.BadInput($"{MemoryRows.OriginOf(row)}: a record with the same subject and id is stored with other content; use correct to replace it.");
                }
            }

            var back = added.Count == 0 ? [] : FindForgotten(state, added);
            var before = back.Length;
            if (before > 0 && options.Suppress)
            {
                if (names is not null)
                {
                    // They were encoded on their way here, perhaps through a cache, and what was forgotten is to stay so there too.
                    PurgeCaches(new PlannedChange([], [], []) { CacheTargets = [.. back.Select(row => names[row.Key])] });
                }

                throw LegoNetException.BadInput($"{before} of the records to add were forgotten before, and re-adding is suppressed.");
            }

            if (before > 0)
            {
                _options.Logger.LogWarning("{Count} of the added records were forgotten before (the ledger has their tags).", before);
            }

            return new PlannedChange([], added, []) { ForgottenBefore = before };
        }, progress, cancellationToken);
    }

    /// <summary>Replaces labels or contents of stored records.</summary>
    /// <param name="records">The records as they should be; each must be stored. They are read to the end before the writer's lock is taken.</param>
    /// <param name="options">What to allow.</param>
    /// <param name="progress">Receives progress.</param>
    /// <param name="cancellationToken">Cancels up to the moment of the commit; the model is then as before.</param>
    /// <exception cref="LegoNetException">A record does not fit the spec, or is not stored, or the touched adapters cannot be refitted here.</exception>
    public Receipt Correct(
        IEnumerable<EncodedRecord> records,
        AddOptions? options = null,
        IProgress<LegoNetProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(records);
        options ??= new AddOptions();
        var names = new Dictionary<RecordKey, ForgetTarget>();
        return Change("correct", () => Collect(Naming(records, names), options.AllowOtherEncoder, cancellationToken), (incoming, state, store) =>
        {
            List<RowRef> removed = [], added = [];
            foreach (var row in incoming)
            {
                var stored = store.Find(row.Key) ?? throw LegoNetException.BadInput($"{MemoryRows.OriginOf(row)}: no record with this subject and id is stored, so it cannot be corrected.");
                if (!stored.SameContent(row))
                {
                    removed.Add(stored);
                    added.Add(row);
                }
            }

            return new PlannedChange(removed, added, [.. removed.Select(r => r.Key.ToTag(true))])
            {
                CacheTargets = [.. removed.Select(r => names[r.Key])],
            };
        }, progress, cancellationToken);
    }

    /// <summary>Replaces the label of one stored record.</summary>
    /// <param name="subject">The record's subject.</param>
    /// <param name="id">The record's id within the subject.</param>
    /// <param name="label">The new label, as sources spell it.</param>
    /// <exception cref="LegoNetException">The label does not fit the spec, the record is not stored, or the touched adapters cannot be refitted here.</exception>
    public Receipt Correct(string subject, string id, string label)
        => Change("correct", NoRecords, (_, _, store) =>
        {
            var key = OpenTagKey().KeyOf(subject, id);
            var stored = store.Find(key) ?? throw LegoNetException.BadInput("No record with this subject and id is stored, so it cannot be corrected.");
            var words = new int[Spec.Labels.Width];
            Spec.Labels.Parse(label, "correct", words);
            var rows = new MemoryRows(Spec.Rows, 1);
            var corrected = rows.Add(key, words, stored.Code, stored.Fingerprint, "correct");
            stored.Route.CopyTo(rows.Routes);
            return stored.SameContent(corrected)
                ? new PlannedChange([], [], [])
                : new PlannedChange([stored], [corrected], [key.ToTag(true)]);
        }, null, default);

    /// <summary>
    /// Registers a cache of encodings: from now on every forget removes its targets from the cache before it is acknowledged, and
    /// every correction the records it replaces. Registering again does nothing.
    /// </summary>
    /// <param name="path">The cache's directory (<see cref="EncodingCache"/>).</param>
    /// <exception cref="LegoNetException">There is no cache there, or another process is writing to the model.</exception>
    public void RegisterCache(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var cache = CachePath(path, _options);
        lock (_writing)
        {
            using var held = Settle();
            AddCaches(_paths, _options, [cache]);
        }
    }

    /// <summary>
    /// Derives every byte of the model anew from the stored records and compares. Adapters that cannot be fitted here are left out,
    /// and the report says so (<see cref="VerificationReport.WhyNotComparable"/>).
    /// </summary>
    /// <param name="progress">Receives progress.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public VerificationReport Verify(IProgress<LegoNetProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        lock (_writing)
        {
            using var held = Settle();
            return new Verifier(_paths, _options, OpenTagKey()).Run(progress, cancellationToken);
        }
    }

    /// <summary>
    /// Derives every byte of a model anew without opening it first, so that a model too damaged to be opened is reported file by file.
    /// </summary>
    /// <param name="path">The model directory.</param>
    /// <param name="options">Settings of this run.</param>
    /// <param name="progress">Receives progress.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="LegoNetException">There is no model there, its manifest cannot be read, or the tag key is missing or another.</exception>
    public static VerificationReport Verify(string path, ModelOptions? options = null, IProgress<LegoNetProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        options ??= new ModelOptions();
        var paths = new ModelPaths(path);
        _ = ModelState.ReadManifest(paths, options.Files); // No lock is made beside what is no model.
        using var held = Settle(paths, options);
        var manifest = Manifest.Parse(ModelState.ReadManifest(paths, options.Files), Manifest.FileName);
        return new Verifier(paths, options, LoadTagKey(paths, options, manifest)).Run(progress, cancellationToken);
    }

    /// <summary>
    /// Compares a receipt with the model: its signature, its entry in the ledger, the ledger's way from there to the present root, the
    /// adapters' digests where its change is the newest, and that nothing is stored under the tags it names as forgotten.
    /// </summary>
    /// <param name="receipt">The receipt.</param>
    /// <remarks>That the present root follows from the stored records is for <see cref="Verify(IProgress{LegoNetProgress}?, CancellationToken)"/> to say.</remarks>
    /// <exception cref="LegoNetException">A file that is needed is damaged, or the public key's file is malformed.</exception>
    public ReceiptReport VerifyReceipt(Receipt receipt)
    {
        ArgumentNullException.ThrowIfNull(receipt);
        lock (_writing)
        {
            using var held = Settle();
            RefreshState();
            return new ReceiptCheck(receipt, _paths, _options.Files, _state, OpenStore()).Run(Signing.PublicKeys(_paths, _options));
        }
    }

    /// <summary>
    /// Proves that a subject has records in the model's present state, or that it has none. The proof is signed, a few kilobytes
    /// long, and can be checked without the model (<see cref="MembershipProof.Check"/>). Needs the tag key and the signing key.
    /// </summary>
    /// <param name="subject">The subject.</param>
    /// <exception cref="LegoNetException">A key is missing or malformed, or a file of the records is damaged.</exception>
    public MembershipProof Prove(string subject)
    {
        ArgumentException.ThrowIfNullOrEmpty(subject);
        return Read((state, store) =>
        {
            var tag = OpenTagKey().SubjectTag(subject);
            var path = new List<TagStep>();
            var end = store.Descend(tag, path);
            return MembershipProof.Create(subject, tag, Now(), state.Root, state.ManifestDigest, path, end, OpenSigningKey());
        });
    }

    /// <summary>The public keys under which the model's ledger, receipts and proofs are checked; none before its signing key is first used.</summary>
    /// <exception cref="LegoNetException">Their file is malformed, or was named and is missing.</exception>
    public IReadOnlyList<VerificationKey> VerificationKeys => Signing.PublicKeys(_paths, _options);

    /// <summary>
    /// Makes a damaged model whole: adapters, shards, the trie's inner nodes, Gaussian keys and the manifest are derived anew from the
    /// records that are intact, in one change that survives power loss. What cannot be derived is reported and never made up; where
    /// that is records or the ledger, nothing is changed unless the loss is accepted.
    /// </summary>
    /// <param name="path">The model directory.</param>
    /// <param name="acceptLoss">Go on without what is lost; the ledger gets an entry "repair", which keeps no counts.</param>
    /// <param name="options">Settings of this run.</param>
    /// <param name="progress">Receives progress.</param>
    /// <param name="cancellationToken">Cancels until something is written; the model is then as before.</param>
    /// <exception cref="LegoNetException">There is no model there, another process is writing, or a key is missing or another.</exception>
    public static RepairReport Repair(
        string path,
        bool acceptLoss = false,
        ModelOptions? options = null,
        IProgress<LegoNetProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        options ??= new ModelOptions();
        var paths = new ModelPaths(path);
        if (!File.Exists(paths.Manifest) && !ModelState.LooksLikeModel(paths))
        {
            throw LegoNetException.BadInput(Directory.Exists(paths.Root) ? $"{paths.Root}: not a model." : $"{paths.Root}: no such model.");
        }

        using var held = WriterLock.Acquire(paths, options.Clock);
        return new Repairer(paths, options, acceptLoss).Run(progress, cancellationToken);
    }

    /// <summary>Compares stored codes and labels with freshly encoded records.</summary>
    /// <param name="records">The records, encoded again.</param>
    /// <param name="complete">Whether the source should hold every stored record.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public VerificationReport VerifyData(IEnumerable<EncodedRecord> records, bool complete = true, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(records);
        lock (_writing)
        {
            using var held = Settle();
            RefreshState();
            return Verifier.CompareData(OpenStore(), OpenTagKey(), Spec, records, complete, cancellationToken);
        }
    }

    /// <summary>Builds another model from this one's stored records: other n, k, keys, λ, classes or trainer. Nothing is encoded again.</summary>
    /// <param name="path">The directory to create.</param>
    /// <param name="definition">The other definition; its codes must have this model's dimension and encoder.</param>
    /// <param name="options">Settings of this run. The tag key is this model's, since identities are known by their tags only: a key file that is named must hold it, and one that is absent is written.</param>
    /// <param name="progress">Receives progress.</param>
    /// <param name="cancellationToken">Cancels; nothing is left behind.</param>
    /// <exception cref="LegoNetException">The definition needs other codes, lacks a class that a record has, or its trainer cannot fit here.</exception>
    public LegoNetModel Rebuild(
        string path,
        ModelDefinition definition,
        ModelOptions? options = null,
        IProgress<LegoNetProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(definition);
        options ??= new ModelOptions { Threads = _options.Threads, Logger = _options.Logger, Clock = _options.Clock };
        if (definition.Spec.Dimension != Spec.Dimension || definition.Spec.Fingerprint.Encoder != Spec.Fingerprint.Encoder)
        {
            throw LegoNetException.BadInput("The new spec names another encoder, calibration or code length; a rebuild starts from stored codes, so train anew instead.");
        }

        var paths = new ModelPaths(path);
        Prepare(paths, replace: false, options);
        ModelBuilder.RequireRefittable(FrozenParts.CreateTrainer(definition.Spec));
        lock (_writing)
        {
            using var held = Settle();
            RefreshState();
            var key = TagKeyFile.Prepare(options.TagKeyPath ?? paths.TagKey, OpenTagKey, atOnce: false);
            if (key.Key.Fingerprint != OpenTagKey().Fingerprint)
            {
                throw LegoNetException.BadInput($"{key.Path}: holds another tag key than the model's; a rebuild keeps the model's tags and so its key.");
            }

            var rows = new IncomingRows(definition.Spec, OpenTagKey(), allowOtherEncoder: true);
            var words = new int[definition.Spec.Labels.Width];
            foreach (var row in OpenStore().Rows())
            {
                cancellationToken.ThrowIfCancellationRequested();
                definition.Spec.Labels.Parse(Spec.Labels.Format(row.Label), "a stored record", words);
                rows.Add(row.Key, words, row.Code, row.Fingerprint, "a stored record");
            }

            // The caches that hold this model's records hold the other's too.
            return Create(paths, definition, key, rows, null, RegisteredCaches, options, progress, cancellationToken);
        }
    }

    /// <summary>Forecasts the time to forget one record: k adapters with the average number of rows.</summary>
    public double TypicalForgetSeconds()
    {
        var state = _state;
        var rows = state.Manifest.Adapters.Where(a => a is not null).Select(a => a!.Rows).DefaultIfEmpty(0).Average();
        return RefitSpeed.Seconds(Spec.Active * state.Parts.Trainer.RefitCost((long)rows, Spec.Dimension, Spec.Labels.Outputs), Math.Min(_options.Threads, Spec.Active))
            + RefitSpeed.CommitSeconds(_paths.Root, Spec.Active, 1);
    }

    /// <summary>What is held of one subject.</summary>
    /// <param name="subject">The subject.</param>
    public SubjectReport Inspect(string subject)
        => Read((_, store) =>
        {
            var tag = OpenTagKey().SubjectTag(subject);
            return new SubjectReport(
                Convert.ToHexStringLower(tag),
                [.. store.FindSubject(tag).Select(r => new SubjectRecord(r.Key.ToTag(true)[65..], Spec.Labels.Format(r.Label), [.. r.Route.ToArray().Select(a => (int)a)]))]);
        });

    /// <summary>
    /// Reads the stored records one by one, in the order of their tags. What is read is one state of the model, the one that is
    /// current when the enumeration starts, and memory does not grow with the number of records.
    /// </summary>
    /// <param name="rootDigest">
    /// The state that is expected, as <see cref="RootDigest"/> names it, so that several passes read the same records; null for
    /// whichever is current.
    /// </param>
    /// <returns>The records, lazily; each enumeration starts anew. They stay valid after it.</returns>
    /// <remarks>
    /// Codes and labels are personal data. A later <see cref="Forget(string)"/> removes them from the model but not from what the caller
    /// has read: whoever keeps or copies records answers for them, and must drop them when they are forgotten.
    /// Neither this process nor another is kept from changing the model meanwhile. The enumeration then either goes on with the state
    /// it began with or, where that is gone from disk, fails; it never mixes two states. No file is held open or mapped between records.
    /// </remarks>
    /// <exception cref="RecordsChangedException">A change removed what was still to be read, or the model is not in the expected state. Start over.</exception>
    /// <exception cref="LegoNetException">A file is damaged.</exception>
    public IEnumerable<StoredRecord> ReadRecords(string? rootDigest = null)
    {
        var state = CurrentState();
        if (rootDigest is not null && rootDigest != state.Root)
        {
            throw new RecordsChangedException(rootDigest);
        }

        var files = new SnapshotFiles(_paths, _options.Files, state.ManifestDigest, state.Root);
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
        lock (_writing)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            return RefreshState();
        }
    }

    /// <summary>Releases mapped files, when a change under way is done. Scorers handed out stay valid.</summary>
    public void Dispose()
    {
        lock (_writing)
        {
            _disposed = true;
            CloseStore();
            _signingKey?.Dispose();
        }
    }

    private RowRef[] FindForgotten(ModelState state, IEnumerable<RowRef> rows)
    {
        _forgotten = ForgottenTags.Read(_forgotten, _paths, _options.Files, state.Root);
        return [.. rows.Where(row => _forgotten.Contains(row.Key))];
    }

    /// <summary>Before records are read: finishes a replacement that a crash interrupted, and says whether a model can be written there.</summary>
    /// <returns>SHA-256 of the manifest of the model to be replaced; null where there is none.</returns>
    private static string? Prepare(ModelPaths paths, bool replace, ModelOptions options)
    {
        if (Directory.Exists(paths.Replaced))
        {
            using var held = WriterLock.Acquire(paths, options.Clock);
            ModelBuilder.FinishReplacement(paths);
        }

        ModelBuilder.RequireAbsent(paths, options.Files, replace);
        _ = RunSettings.Read(paths); // What cannot be kept is said now and not after the records have been read.
        return ManifestOf(paths, options);
    }

    private static string? ManifestOf(ModelPaths paths, ModelOptions options)
        => File.Exists(paths.Manifest) ? Digests.Of(options.Files.ReadAllBytes(paths.Manifest)) : null;

    private static LegoNetModel Create(
        ModelPaths paths,
        ModelDefinition definition,
        TagKeyFile key,
        IncomingRows rows,
        string? replaced,
        IReadOnlyList<string> caches,
        ModelOptions options,
        IProgress<LegoNetProgress>? progress,
        CancellationToken cancellationToken)
    {
        using var held = WriterLock.Acquire(paths, options.Clock);
        ModelBuilder.FinishReplacement(paths);
        ModelBuilder.RequireAbsent(paths, options.Files, options.Replace);
        if (ManifestOf(paths, options) != replaced)
        {
            // Perhaps by a forget, which must not be undone by records that were read before it.
            throw LegoNetException.BadInput($"{paths.Root}: was changed while the records to replace it with were read, so it stays; train again.");
        }

        if (replaced is not null && File.Exists(paths.CommitMarker))
        {
            Recover(paths, options); // The ledger goes over into the new model.
        }

        // Before the model has its name: a forget from then on purges them. Caches registered under this name before stay registered,
        // since they may hold the same people's records.
        AddCaches(paths, options, caches);
        var settings = RunSettings.Read(paths);
        ModelBuilder.Build(paths, definition, key, rows, options, progress, cancellationToken);
        if (definition.EncoderPath is { } encoder)
        {
            (settings with { Encoder = System.IO.Path.GetFullPath(encoder) }).Save(paths, options.Files);
        }

        return new LegoNetModel(paths, options, ModelState.Load(paths, options.Files)) { _tagKey = key.Key };
    }

    private static void RecoverIfNeeded(ModelPaths paths, ModelOptions options)
    {
        if (!Directory.Exists(paths.Root) && Directory.Exists(paths.Replaced))
        {
            using var replacing = TryLock(paths, options);
            if (replacing is not null)
            {
                ModelBuilder.FinishReplacement(paths);
            }
        }

        if (!File.Exists(paths.CommitMarker))
        {
            return;
        }

        // A marker with a live writer is just a commit under way, which readers may ignore.
        using var held = TryLock(paths, options);
        if (held is not null && File.Exists(paths.CommitMarker))
        {
            // Where something has to be overwritten that others read now, the next writer waits for them; this reader need not.
            using var alone = Commit.MustShred(paths, options.Files) ? ReadersLock.TryAlone(paths, TimeSpan.Zero) : null;
            if (alone is not null || !Commit.MustShred(paths, options.Files))
            {
                Recover(paths, options);
            }
        }
    }

    // A reader that must not write beside the model reads the state that the manifest names; to clean up is the next writer's.
    private static WriterLock? TryLock(ModelPaths paths, ModelOptions options)
    {
        try
        {
            return WriterLock.TryAcquire(paths, options.Clock);
        }
        catch (LegoNetException)
        {
            return null;
        }
    }

    private static void Recover(ModelPaths paths, ModelOptions options)
    {
        var bytes = ModelState.ReadManifest(paths, options.Files);
        var manifest = Manifest.Parse(bytes, Manifest.FileName);
        var files = new ModelFiles(paths, options.Files);
        var spec = FrozenParts.ReadSpec(manifest, files);
        using var store = new RecordStore(spec.Rows, manifest.Records, files, null);
        var named = manifest.Files().Select(f => f.File).Concat(store.Nodes().Select(n => n.File)).ToHashSet(StringComparer.Ordinal);
        var root = Store.RootDigest.Of(manifest, Digests.Of(bytes));
        var from = Commit.StartedFrom(paths, options.Files) ?? root;
        Commit.Recover(paths, options.Files, ModelPaths.DataDirectories, named, entry => from == root && IsStale(entry, root));
        options.Logger.LogWarning("A change that a crash had interrupted was finished or undone.");
    }

    private static bool IsStale(byte[] entry, string root)
    {
        try
        {
            // An entry that starts elsewhere is of no change of this state, and not for recovery to judge.
            var parsed = LedgerEntry.Parse(entry, "ledger");
            return parsed.RootAfter != root && parsed.RootBefore == root;
        }
        catch (LegoNetException)
        {
            return true; // Cut by the crash, so written for a change whose manifest cannot have been replaced yet.
        }
    }

    /// <summary>Makes a change.</summary>
    /// <param name="operation">Its name in the ledger.</param>
    /// <param name="collect">Reads the records that come; before the lock is taken, since encoding may take hours.</param>
    /// <param name="plan">Decides, under the lock, which rows go and come.</param>
    /// <param name="progress">Receives progress.</param>
    /// <param name="cancellationToken">Cancels.</param>
    private Receipt Change(string operation, Func<RowRef[]> collect, Func<RowRef[], ModelState, RecordStore, PlannedChange> plan, IProgress<LegoNetProgress>? progress, CancellationToken cancellationToken)
    {
        using var activity = Telemetry.Start(operation);
        try
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            var spec = _state.Manifest.Spec;
            var incoming = collect();
            var receipt = ChangeAndCommit(operation, Plan, progress, cancellationToken);
            Telemetry.Describe(activity, receipt.Guarantee.ToString(), receipt.Adapters.Count);
            return receipt;

            PlannedChange Plan(ModelState state, RecordStore store) => state.Manifest.Spec == spec
                ? plan(incoming, state, store)
                : throw LegoNetException.BadInput($"{_paths.Root}: was replaced by a model with another spec meanwhile; nothing was changed.");
        }
        catch (Exception e)
        {
            Telemetry.Fail(activity, e);
            throw;
        }
    }

    private Receipt ChangeAndCommit(string operation, Func<ModelState, RecordStore, PlannedChange> plan, IProgress<LegoNetProgress>? progress, CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        lock (_writing)
        {
            using var held = Settle();
            RefreshState();
            var state = _state;
            var store = OpenStore();
            var signingKey = OpenSigningKey();
            var change = plan(state, store);
            if (change.IsEmpty)
            {
                return NewReceipt(operation, state.Root, state, null, change, [], PurgeCaches(change)).Sign(signingKey);
            }

            // Here and not earlier: a change that touches nothing needs no fit. Not later: caches are purged and files written from here on.
            ModelBuilder.RequireRefittable(state.Parts.Trainer);
            try
            {
                return Apply(operation, state, store, change, signingKey, started, progress, cancellationToken);
            }
            catch
            {
                // An update that failed leaves segments and sums in memory that belong to no state of the model.
                CloseStore();
                _sums.Clear();
                throw;
            }
        }
    }

    private Receipt Apply(string operation, ModelState state, RecordStore store, PlannedChange change, SigningKey signingKey, long started, IProgress<LegoNetProgress>? progress, CancellationToken cancellationToken)
    {
        var obsolete = new HashSet<string>(StringComparer.Ordinal);
        using var commit = Commit.Begin(_paths, _options.Files, ModelPaths.ChangedDirectories, _options.Shred, state.Root);
        var after = store.Update(change.InKeyOrder(), commit, obsolete);
        var refitter = new Refitter(state.Spec, state.Parts.Trainer, commit, _options.Threads, progress, _sums);
        _sums.Begin(state.Root);
        var (entries, touched) = refitter.Refit(state.Manifest.Adapters, change.Shards ?? new StoredShards(state.Manifest.Adapters, _files), after, change.Removed, change.Added, cancellationToken);
        var manifest = state.Manifest.With(after.Root, entries);
        obsolete.UnionWith(touched.SelectMany(state.Manifest.FilesOf).Except(touched.SelectMany(manifest.FilesOf)));
        var bytes = manifest.ToJson();
        var next = state.With(manifest, bytes, refitter.Fitted);
        var ledger = new Ledger(_paths, _options.Files).Next(Now(), operation, state.Root, next.Root, state.Manifest.Spec, change.Tags, signingKey);
        cancellationToken.ThrowIfCancellationRequested();

        // Last before the commit: a purge that fails fails the change, and one that a failed change leaves behind only costs encodings.
        var purged = PurgeCaches(change);
        using var alone = _options.Shred ? ReadersLock.Alone(_paths) : null;
        if (alone is not null)
        {
            after.Release(obsolete); // This instance must not see them overwritten either.
            _mark = ReadersLock.Mark(_paths);
        }

        commit.Complete(bytes, (ledger.Path, ledger.Bytes), obsolete);

        // From here on the change is durable. Segments that the update kept in memory are mapped from disk when next needed.
        after.Release(obsolete.Concat(commit.Created));
        _store = after;
        _state = next;
        _sums.Complete(next.Root);
        Telemetry.Changed(operation, Stopwatch.GetElapsedTime(started), touched.Length);
        _options.Logger.LogInformation("{Operation}: {Adapters} adapters refitted, root {Root}.", operation, touched.Length, _state.Root);
        return NewReceipt(operation, state.Root, _state, ledger, change, touched, purged).Sign(signingKey);
    }

    private Receipt NewReceipt(string operation, string rootBefore, ModelState after, (LedgerEntry Entry, string Path, byte[] Bytes)? ledger, PlannedChange change, int[] touched, long purged) => new()
    {
        Operation = operation,
        Time = ledger?.Entry.Time ?? Now(),
        Guarantee = Guarantee.Exact,
        RootBefore = rootBefore,
        RootAfter = after.Root,
        SpecDigest = after.Manifest.Spec,
        LedgerSequence = ledger?.Entry.Sequence,
        LedgerEntry = ledger is { } written ? Digests.Of(written.Bytes) : null,
        LedgerPrevious = ledger?.Entry.Previous,
        Tags = change.Tags,
        Records = Math.Max(change.Removed.Count, change.Added.Count),
        Adapters = [.. touched.Select(a => (a, after.Manifest.Adapters[a]?.Adapter))],
        SameCodeElsewhere = change.SameCodeElsewhere,
        ForgottenBefore = change.ForgottenBefore,
        CachesPurged = purged,
    };

    private long PurgeCaches(PlannedChange change)
        => change.CacheTargets.Count == 0 ? 0 : RegisteredCaches.Sum(cache => EncodingCache.Purge(cache, change.CacheTargets, _options));

    /// <summary>The full path of a cache that exists.</summary>
    private static string CachePath(string path, ModelOptions options)
    {
        var cache = new ModelPaths(path);
        _ = EncodingCacheManifest.Load(cache, options.Files);
        return cache.Root;
    }

    /// <summary>Registers caches under the name of a model that need not exist yet.</summary>
    private static void RegisterCaches(ModelPaths paths, ModelOptions options, IEnumerable<string> caches)
    {
        string[] added = [.. caches];
        if (added.Length > 0)
        {
            using var held = WriterLock.Acquire(paths, options.Clock);
            AddCaches(paths, options, added);
        }
    }

    /// <summary>Adds to the list of caches. The caller holds the lock.</summary>
    private static void AddCaches(ModelPaths paths, ModelOptions options, IReadOnlyList<string> caches)
    {
        var settings = RunSettings.Read(paths);
        string[] missing = [.. caches.Except(settings.Caches, StringComparer.Ordinal)];
        if (missing.Length > 0)
        {
            (settings with { Caches = [.. settings.Caches, .. missing] }).Save(paths, options.Files);
        }
    }

    // Rows know no names, and a cache has tags under a key of its own.
    private IEnumerable<EncodedRecord> Naming(IEnumerable<EncodedRecord> records, Dictionary<RecordKey, ForgetTarget> names)
    {
        var tagKey = OpenTagKey();
        foreach (var record in records)
        {
            names[tagKey.KeyOf(record.Subject, record.Id)] = new ForgetTarget(record.Subject, record.Id);
            yield return record;
        }
    }

    private RowRef[] Collect(IEnumerable<EncodedRecord> records, bool allowOtherEncoder, CancellationToken cancellationToken)
    {
        var state = _state;
        var rows = new IncomingRows(state.Spec, OpenTagKey(), allowOtherEncoder);
        foreach (var record in records)
        {
            cancellationToken.ThrowIfCancellationRequested();
            rows.Add(record);
        }

        rows.Route(state.Parts.Router, _options.Threads, cancellationToken);
        return rows.Rows();
    }

    private static RowRef[] NoRecords() => [];

    private (List<RowRef> Removed, List<string> Tags) Find(RecordStore store, IReadOnlyCollection<ForgetTarget> targets, bool ignoreUnknown)
    {
        var tagKey = OpenTagKey();
        var removed = new Dictionary<RecordKey, RowRef>();
        var tags = new HashSet<string>(StringComparer.Ordinal);
        foreach (var target in targets)
        {
            RowRef[] rows = target.Id is null
                ? [.. store.FindSubject(tagKey.SubjectTag(target.Subject))]
                : store.Find(tagKey.KeyOf(target.Subject, target.Id)) is { } row ? [row] : [];
            if (rows.Length == 0)
            {
                if (ignoreUnknown)
                {
                    continue;
                }

                throw LegoNetException.BadInput($"{(target.Origin is null ? "" : target.Origin + ": ")}nothing is stored of {(target.Id is null ? "this subject" : "this record")}, so nothing was forgotten{(RegisteredCaches.Count == 0 ? "" : "; ignoring what is unknown purges the registered caches all the same")}.");
            }

            tags.Add(rows[0].Key.ToTag(withRecord: target.Id is not null));
            foreach (var found in rows)
            {
                removed.TryAdd(found.Key, found);
            }
        }

        return ([.. removed.Values.OrderBy(r => r.Key)], [.. tags.Order(StringComparer.Ordinal)]);
    }

    private WriterLock Settle()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        var held = Settle(_paths, _options);
        held.Owner = this;
        return held;
    }

    /// <summary>Takes the lock, and finishes or undoes what a crash interrupted.</summary>
    private static WriterLock Settle(ModelPaths paths, ModelOptions options)
    {
        var held = WriterLock.Acquire(paths, options.Clock);
        try
        {
            if (File.Exists(paths.CommitMarker))
            {
                using var alone = Commit.MustShred(paths, options.Files) ? ReadersLock.Alone(paths) : null;
                Recover(paths, options);
            }

            // A killed training may have left records under this name, if the model was moved here after it.
            ModelBuilder.DeletePartial(paths);
            return held;
        }
        catch
        {
            held.Dispose();
            throw;
        }
    }

    /// <summary>Reads without the lock: when a commit of another process unlinks files meanwhile, the state after it is read.</summary>
    private T Read<T>(Func<ModelState, RecordStore, T> read)
    {
        lock (_writing)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            using var reading = ReadersLock.TryShare(_paths);
            RefreshState();
            for (var unchanged = 0; ;)
            {
                try
                {
                    if (reading is not null)
                    {
                        return read(_state, OpenStore());
                    }

                    using var copies = new RecordStore(Spec.Rows, _state.Manifest.Records, new CopiedFiles(_files), OpenTagKey());
                    return read(_state, copies);
                }
                catch (LegoNetException e) when (e.Error == LegoNetError.Damaged && (RefreshState() || ++unchanged < 3))
                {
                    // Missing files of a state that is no more, or was no more for a moment: writers can come back to a state.
                }
            }
        }
    }

    private ModelState CurrentState()
    {
        lock (_writing)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            RefreshState();
            return _state;
        }
    }

    private bool RefreshState()
    {
        // Views may outlive their state, and even see it come back: but not when their files were overwritten meanwhile.
        if (_store is not null && ReadersLock.Mark(_paths) != _mark)
        {
            CloseStore();
        }

        if (Digests.Of(ModelState.ReadManifest(_paths, _options.Files)) == _state.ManifestDigest)
        {
            return false;
        }

        _state = ModelState.Load(_paths, _options.Files);
        CloseStore();
        return true;
    }

    private void CloseStore()
    {
        _store?.Dispose();
        _store = null;
    }

    private RecordStore OpenStore()
    {
        if (_store is null)
        {
            _mark = ReadersLock.Mark(_paths);
            _store = new RecordStore(Spec.Rows, _state.Manifest.Records, _files, OpenTagKey());
        }

        return _store;
    }

    // As it is written down.
    private DateTimeOffset Now()
    {
        var now = _options.Clock.GetUtcNow();
        return now.AddTicks(-(now.Ticks % TimeSpan.TicksPerMillisecond));
    }

    private SigningKey OpenSigningKey() => _signingKey ??= Signing.Open(_paths, _options, new Ledger(_paths, _options.Files).LastSigner(_state.Root));

    private TagKey OpenTagKey() => _tagKey ??= LoadTagKey(_paths, _options, _state.Manifest);

    private static TagKey LoadTagKey(ModelPaths paths, ModelOptions options, Manifest manifest)
    {
        var path = options.TagKeyPath ?? paths.TagKey;
        var key = TagKey.Load(path);
        return key.Fingerprint == manifest.TagKey
            ? key
            : throw LegoNetException.BadInput($"{path}: not the tag key that this model was made with, by what {Manifest.FileName} says.");
    }
}
