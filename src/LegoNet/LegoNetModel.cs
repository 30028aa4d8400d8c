using LegoNet.Adapters;
using LegoNet.Audit;
using LegoNet.Calibration;
using LegoNet.Changes;
using LegoNet.Data;
using LegoNet.Encoders;
using LegoNet.Ensembles;
using LegoNet.Records;
using LegoNet.Routing;
using LegoNet.Sessions;
using LegoNet.Specs;
using LegoNet.Store;
using LegoNet.Verification;
using Microsoft.Extensions.Logging;

namespace LegoNet;

/// <summary>
/// A model on disk whose records can be added, corrected and forgotten. After every change the directory is byte for byte the one
/// that training on the remaining records would have built, the ledger aside.
/// </summary>
/// <remarks>Thread-safe. Scoring works on a snapshot (<see cref="Scorer"/>) and never waits; changes run one at a time, across processes too.</remarks>
public sealed class LegoNetModel : IDisposable
{
    private readonly ModelSession _session;

    private LegoNetModel(ModelSession session)
    {
        _session = session;
        session.Owner = this;
        History = new ModelHistory(session);
    }

    /// <summary>The model directory's full path.</summary>
    public string Path => _session.Run.Paths.Root;

    /// <summary>The frozen spec.</summary>
    public ModelSpec Spec => _session.State.Spec;

    /// <summary>From encoding to code; null where the encoder gives codes directly.</summary>
    public CodeCalibration? Calibration => _session.State.Parts.Calibration;

    /// <summary>The adapters' keys.</summary>
    public KeySet Keys => _session.State.Parts.Keys;

    /// <summary>Scores with the state that was current when the property was read. It holds what later changes forget, so do not keep it.</summary>
    public Scorer Scorer => _session.State.Scorer;

    /// <summary>
    /// The name of this state of the model: SHA-256 of the canonical JSON {"manifest":…,"tags":…}, the digest of manifest.json and the
    /// hash of the Merkle tree over the records' keyed tags, so that it binds every file and membership can be proven under it.
    /// </summary>
    public string RootDigest => _session.State.Root;

    /// <summary>Records stored.</summary>
    public long RecordCount => _session.State.Manifest.Records?.Count ?? 0;

    /// <summary>Rows in each adapter's shard, [n].</summary>
    public IReadOnlyList<long> ShardRows => [.. _session.State.Manifest.Adapters.Select(a => a?.Rows ?? 0)];

    /// <summary>
    /// What each adapter chose from its own shard, [n]; null where one has no rows, or where the spec's trainer leaves nothing to choose.
    /// </summary>
    public IReadOnlyList<AdapterChoice?> AdapterChoices => [.. _session.State.Scorer.Adapters.Select(a => (a as LinearAdapter)?.Choice)];

    /// <summary>The copy of the encoder inside the model directory; null when it was left outside.</summary>
    public string? EncoderCopy => _session.State.Manifest.EncoderFile is { } file ? _session.Run.Paths.File(file) : null;

    /// <summary>Where the encoder's file was when the model was trained, or its copy inside the model; null for a built-in encoder.</summary>
    public string? EncoderPath => EncoderCopy ?? RunSettings.Load(_session.Run.Paths, _session.Run.Files).Encoder;

    /// <summary>Full paths of the caches that forgetting purges: those that the ledger's newest entry lists, and those of a training under way.</summary>
    /// <exception cref="LegoNetException">The list beside the model is there but cannot be read, or the ledger's newest entry is malformed.</exception>
    public IReadOnlyList<string> RegisteredCaches
        => [.. Changes.RegisteredCaches.Of(_session.Run, new Ledger(_session.Run.Paths, _session.Run.Files).Newest(_session.State.Root)).Select(c => c.Path)];

    /// <summary>The columns that the model's records were read from; null where they came from no view, or that is not known here.</summary>
    internal ViewColumns? Columns => RunSettings.Load(_session.Run.Paths, _session.Run.Files).Columns;

    /// <summary>The steps of a pipeline around the model; null where none are kept here.</summary>
    internal KeptSteps? Steps => RunSettings.Load(_session.Run.Paths, _session.Run.Files).Steps;

    /// <summary>The public keys under which the model's ledger, receipts and proofs are checked; none before its signing key is first used.</summary>
    /// <exception cref="LegoNetException">Their file is malformed, or was named and is missing.</exception>
    public IReadOnlyList<VerificationKey> VerificationKeys => Signing.PublicKeys(_session.Run);

    /// <summary>The model's ledger and the keys that sign it.</summary>
    public ModelHistory History { get; }

    /// <summary>
    /// Why nothing vouches for the state at hand: there is no public key to check the ledger's newest signature with. Null where that
    /// signature names this state; a model whose ledger names another is not opened.
    /// </summary>
    public string? WhyNotVouchedFor => _session.WhyNotVouchedFor;

    /// <summary>Opens a model. A change that a crash interrupted is finished or undone first.</summary>
    /// <param name="path">The model directory.</param>
    /// <param name="options">Settings of this run.</param>
    /// <exception cref="LegoNetException">
    /// There is no model there, a file of it is damaged, or the public key is at hand and the ledger's newest entry does not name this state.
    /// </exception>
    public static LegoNetModel Open(string path, ModelOptions? options = null) => new(ModelSession.Open(ModelOptions.RunAt(path, options)));

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
        var training = new Training(ModelOptions.RunAt(path, options), definition.Parts(), definition.Location(), options.Replace);
        Func<long, FrozenParts>? sized = options.Sized is { } define ? rows => define(rows).Parts() : null;
        return new LegoNetModel(training.Train(records, options.Caches, options.Columns, sized, progress, cancellationToken));
    }

    /// <summary>Builds another model from this one's stored records: other n, k, keys, λ, classes or trainer. Nothing is encoded again.</summary>
    /// <param name="path">The directory to create.</param>
    /// <param name="definition">The other definition; its codes must have this model's dimension and encoder.</param>
    /// <param name="options">Settings of this run. A tag key file that is named must hold this model's key, and is written where it is absent.</param>
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
        options ??= new ModelOptions { Threads = _session.Run.Threads, Logger = _session.Run.Logger, Clock = _session.Run.Clock };
        if (definition.Spec.Dimension != Spec.Dimension || definition.Spec.Fingerprint.Encoder != Spec.Fingerprint.Encoder)
        {
            throw LegoNetException.BadInput("The new spec names another encoder, calibration or code length; "
                + "a rebuild starts from stored codes, so train anew instead.");
        }

        var training = new Training(ModelOptions.RunAt(path, options), definition.Parts(), definition.Location(), replace: false);
        var rebuilt = new LegoNetModel(training.Rebuild(_session, progress, cancellationToken));
        rebuilt.KeepStepsOf(this);
        return rebuilt;
    }

    /// <summary>Predicts one record with the current state.</summary>
    /// <param name="code">The record's code, [d].</param>
    /// <exception cref="ArgumentException">The code has another length than the spec's.</exception>
    public Prediction Score(ReadOnlySpan<sbyte> code) => Scorer.Predict(code);

    /// <summary>Encodes and predicts a source's records lazily, in their order; memory does not grow with their number.</summary>
    /// <param name="source">The records; labels are not read.</param>
    /// <param name="encoder">The model's encoder.</param>
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
        return ForgetForecast.Of(_session, targets, ignoreUnknown);
    }

    /// <summary>Forecasts the time to forget one record, in seconds: k adapters with the average number of rows.</summary>
    public double TypicalForgetSeconds() => ForgetForecast.TypicalSeconds(_session);

    /// <summary>Forgets subjects or records: exactly, durably, in one commit.</summary>
    /// <param name="targets">Subjects or records. Each touched adapter is refitted once, however many targets touch it.</param>
    /// <param name="ignoreUnknown">Pass over targets of which nothing is stored, so that a file of requests can be run again.</param>
    /// <param name="progress">Receives progress.</param>
    /// <param name="cancellationToken">Cancels up to the moment of the commit; the model is then as before.</param>
    /// <returns>The receipt: no byte that came from them is left in the model directory or in a registered cache (<see cref="RegisterCache"/>).</returns>
    /// <exception cref="LegoNetException">
    /// Nothing is stored of a target, another process is writing, a cache cannot be purged, or an adapter cannot be refitted here.
    /// </exception>
    public Receipt Forget(
        IReadOnlyCollection<ForgetTarget> targets,
        bool ignoreUnknown = false,
        IProgress<LegoNetProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(targets);
        return ChangeCommit.Make(_session, new ForgetChange(targets, ignoreUnknown), progress, cancellationToken);
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
    /// forgotten before and <see cref="AddOptions.Suppress"/> is set, or an adapter cannot be refitted here.
    /// </exception>
    public Receipt Add(
        IEnumerable<EncodedRecord> records,
        AddOptions? options = null,
        IProgress<LegoNetProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(records);
        return ChangeCommit.Make(_session, new AddChange(records, options ?? new AddOptions()), progress, cancellationToken);
    }

    /// <summary>Replaces labels or contents of stored records.</summary>
    /// <param name="records">The records as they should be; each must be stored. They are read to the end before the writer's lock is taken.</param>
    /// <param name="options">What to allow.</param>
    /// <param name="progress">Receives progress.</param>
    /// <param name="cancellationToken">Cancels up to the moment of the commit; the model is then as before.</param>
    /// <exception cref="LegoNetException">A record does not fit the spec, or is not stored, or an adapter cannot be refitted here.</exception>
    public Receipt Correct(
        IEnumerable<EncodedRecord> records,
        AddOptions? options = null,
        IProgress<LegoNetProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(records);
        return ChangeCommit.Make(_session, new CorrectChange(records, options ?? new AddOptions()), progress, cancellationToken);
    }

    /// <summary>Replaces the label of one stored record.</summary>
    /// <param name="subject">The record's subject.</param>
    /// <param name="id">The record's id within the subject.</param>
    /// <param name="label">The new label, as sources spell it.</param>
    /// <exception cref="LegoNetException">The label does not fit the spec, the record is not stored, or an adapter cannot be refitted here.</exception>
    public Receipt Correct(string subject, string id, string label) => ChangeCommit.Make(_session, new LabelChange(subject, id, label), null, default);

    /// <summary>Registers a cache of encodings: what is forgotten or replaced from now on is removed from it first. Registering again does nothing.</summary>
    /// <param name="path">The cache's directory (<see cref="Caching.EncodingCache"/>).</param>
    /// <exception cref="LegoNetException">There is no cache there, or another process is writing to the model.</exception>
    public void RegisterCache(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var cache = Changes.RegisteredCaches.Require(path, _session.Run);
        using var writing = _session.EnterAsWriter();
        Changes.RegisteredCaches.Register(_session, cache);
    }

    /// <summary>Keeps the steps of a pipeline beside the model, in place of those that are there.</summary>
    /// <param name="content">The steps as a zip, none of which learned anything; null for none.</param>
    /// <param name="front">How many of them stand before the model.</param>
    internal void KeepSteps(byte[]? content, int front)
    {
        using var writing = _session.EnterAsWriter();
        KeptSteps.Save(_session.Run, content, front);
    }

    // The model is made by then, and good without them.
    private void KeepStepsOf(LegoNetModel source)
    {
        try
        {
            if (source.Steps is { } steps)
            {
                KeepSteps(source.ReadSteps(steps), steps.Front);
            }
        }
        catch (LegoNetException e)
        {
            _session.Run.Logger.LogWarning("{Why}", e.Message);
        }
    }

    /// <summary>The content of kept steps.</summary>
    /// <exception cref="LegoNetException">It cannot be read, or is not what was kept.</exception>
    internal byte[] ReadSteps(KeptSteps steps) => steps.Read(_session.Run);

    /// <summary>Derives every byte of the model anew from the stored records and compares.</summary>
    /// <param name="progress">Receives progress.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <returns>What differs, and what was not compared (<see cref="VerificationReport.NotCompared"/>).</returns>
    /// <remarks>As <see cref="Verify(string, ModelOptions?, IProgress{LegoNetProgress}?, CancellationToken)"/>.</remarks>
    public VerificationReport Verify(IProgress<LegoNetProgress>? progress = null, CancellationToken cancellationToken = default)
        => Verifier.Verify(_session.Run, () => _session.EnterAsWriter(refresh: false), progress, cancellationToken);

    /// <summary>Derives every byte of a model anew without opening it, so that one too damaged to be opened is reported file by file.</summary>
    /// <param name="path">The model directory.</param>
    /// <param name="options">Settings of this run.</param>
    /// <param name="progress">Receives progress.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <returns>What differs, and what was not compared (<see cref="VerificationReport.NotCompared"/>).</returns>
    /// <remarks>
    /// Works on a read-only copy too, where no lock can be made: the model is then read again if it was changed meanwhile. Without the tag
    /// key beside it, all is compared but the bytes that are made with that key.
    /// </remarks>
    /// <exception cref="LegoNetException">
    /// There is no model there, its manifest cannot be read, the tag key is another or was named and cannot be read, or another process is writing.
    /// </exception>
    public static VerificationReport Verify(
        string path,
        ModelOptions? options = null,
        IProgress<LegoNetProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        var run = ModelOptions.RunAt(path, options);
        return Verifier.Verify(run, () => Recovery.Settle(run), progress, cancellationToken);
    }

    /// <summary>Compares stored codes and labels with records encoded again.</summary>
    /// <param name="records">
    /// The records. Give them lazily, as <see cref="RecordEncoder.Encode"/> does: while they are read, caches of encodings are passed by, so that
    /// what an <see cref="Caching.EncodingCache"/> holds is encoded too. Codes that were computed before are compared as they are.
    /// </param>
    /// <param name="complete">Whether the source should hold every stored record.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <returns>
    /// What differs. Codes can be compared where one and the same thing made both: of those that another kind of processor or another runtime
    /// made, unequal ones are no differences but in <see cref="VerificationReport.NotCompared"/>, equal ones in <see cref="VerificationReport.Notes"/>.
    /// </returns>
    public VerificationReport VerifyData(IEnumerable<EncodedRecord> records, bool complete = true, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(records);
        using var fresh = Caching.EncodingCache.PassBy();
        return _session.ReadAlone((state, store) => new DataComparison(store, _session.TagKey, state.Spec).Run(records, complete, cancellationToken));
    }

    /// <summary>
    /// Compares a receipt with the model: its signature, its entry in the ledger, the ledger's way from there to the present root, the
    /// adapters' digests where its change is the newest, and that nothing is stored under the tags it names as forgotten.
    /// </summary>
    /// <param name="receipt">The receipt.</param>
    /// <remarks>Only <see cref="Verify(IProgress{LegoNetProgress}?, CancellationToken)"/> says that the present root follows from the records.</remarks>
    /// <exception cref="LegoNetException">A file that is needed is damaged, or the public key's file is malformed.</exception>
    public ReceiptReport VerifyReceipt(Receipt receipt)
    {
        ArgumentNullException.ThrowIfNull(receipt);
        return _session.ReadAlone((state, store) => new ReceiptCheck(receipt, _session.Run, state, _session.RequireHead(), store).Run(VerificationKeys));
    }

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
        => Repairer.Repair(ModelOptions.RunAt(path, options), acceptLoss, progress, cancellationToken);

    /// <summary>Proves that a subject has records in the model's present state, or that it has none.</summary>
    /// <param name="subject">The subject.</param>
    /// <returns>A signed proof of a few kilobytes, which can be checked without the model (<see cref="MembershipProof.Check"/>).</returns>
    /// <exception cref="LegoNetException">The tag or the signing key is missing or malformed, or a file of the records is damaged.</exception>
    public MembershipProof Prove(string subject)
    {
        return _session.Read((state, store) =>
        {
            var tag = _session.TagKey.SubjectTag(subject);
            var path = new List<TagStep>();
            var end = store.Descend(tag, path);
            var head = _session.RequireHead();
            var key = _session.SigningKeyAfter(head);
            return MembershipProof.Create(subject, tag, _session.Run.Now(), head.Position, state.Root, state.ManifestDigest, path, end, key);
        });
    }

    /// <summary>What is held of one subject.</summary>
    /// <param name="subject">The subject.</param>
    public SubjectReport Inspect(string subject) => _session.Read((_, store) => SubjectReport.Of(store, _session.TagKey.SubjectTag(subject), Spec.Labels));

    /// <summary>Reads the stored records one by one, in the order of their tags; memory does not grow with their number.</summary>
    /// <param name="rootDigest">The expected state's <see cref="RootDigest"/>, so that several passes read the same records; null for the current.</param>
    /// <returns>The records, lazily; each enumeration starts anew with the state that is current then. They stay valid after it.</returns>
    /// <remarks>
    /// Codes and labels are personal data. A later <see cref="Forget(string)"/> does not remove them from what the caller has read: whoever
    /// keeps or copies records must drop them when they are forgotten. The model may be changed meanwhile; the enumeration then goes on
    /// with its state or, where that is gone from disk, fails; it never mixes two. No file is held open or mapped between records.
    /// </remarks>
    /// <exception cref="RecordsChangedException">A change removed what was still to be read, or the model is not in the expected state. Start over.</exception>
    /// <exception cref="LegoNetException">A file is damaged.</exception>
    public IEnumerable<StoredRecord> ReadRecords(string? rootDigest = null) => _session.ReadRecords(rootDigest);

    /// <summary>Reads the model's newest committed state, in case another process changed it.</summary>
    /// <returns>True when the state is another one than before.</returns>
    public bool Reload() => _session.Reload();

    /// <summary>Releases mapped files, when a change under way is done. Scorers handed out stay valid.</summary>
    public void Dispose() => _session.Dispose();
}
