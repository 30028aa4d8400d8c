using System.Text;
using System.Text.Json;
using LegoNet.Caching;
using LegoNet.Changes;
using LegoNet.Data.Json;
using LegoNet.Files;
using LegoNet.Pipelines;
using LegoNet.Records;
using LegoNet.Sessions;
using LegoNet.Store;
using Microsoft.Extensions.Logging;

namespace LegoNet.Runs;

/// <summary>A training in tasks.</summary>
internal sealed class TrainRun : FittingRun
{
    private const string NoteEnding = ".safetensors";

    private readonly Lazy<FrozenParts> _parts;
    private readonly ModelFiles _files;

    public TrainRun(RunPaths paths, TrainPlan plan, ModelRun model)
        : base(paths, plan, model, plan.Division, paths.ModelPaths(plan.Shared))
    {
        Training = plan;
        _files = new ModelFiles(Made, model.Files);
        _parts = new Lazy<FrozenParts>(() => Planned(() => FrozenParts.Read(plan.Frozen, _files)));
    }

    public TrainPlan Training { get; }

    public override FrozenParts Parts => _parts.Value;

    public override IFileReader Reader => _files;

    private RunResult Result => new(Plan.Kind, Model.Paths.Root);

    public override long[] RowsToCollect(IReadOnlyList<RecordsOfRange> records)
        => [.. Enumerable.Range(0, Spec.Adapters).Select(adapter => records.Sum(r => r.Shards[adapter]))];

    /// <summary>The spec as it was when the run was planned.</summary>
    public PipelineSpec ReadSpec()
    {
        var copy = Planned(() => new ModelFiles(new ModelPaths(Path), Files).Read(System.IO.Path.GetFileName(Paths.Spec), Training.SpecDigest));
        return PipelineSpec.Parse(Encoding.UTF8.GetString(copy), Training.SpecFile);
    }

    public override void GiveUp()
    {
        Remove();
        using var alone = WriterLock.TryAcquire(Model); // Whoever is just making a model of this name uses them.
        if (alone is not null
            && !Files.DirectoryExists(Model.Paths.Root)
            && !Files.DirectoryExists(Model.Paths.Replaced)
            && RegisteredRuns.Of(Model).Count == 0)
        {
            foreach (var file in Training.NewKeys)
            {
                Files.Delete(file);
            }
        }
    }

    protected override Action<Utf8JsonWriter> MakeTask(
        RunStage stage, int number, TaskOutput output, IProgress<LegoNetProgress>? progress, CancellationToken cancellationToken) => stage.Name switch
        {
            TrainPlan.Encode => new EncodeStep(this).Make(number, output, progress, cancellationToken),
            TrainPlan.Records => new RecordsStep(this).Make(number, output, cancellationToken),
            TrainPlan.Shards => new ShardsStep(this).Make(number, output, progress, cancellationToken),
            _ => new SolveStep(this).Make(number, output, progress, cancellationToken),
        };

    protected override RunResult? Committed()
    {
        if (Files.FileExists(Made.Manifest) || ReadMade() is not { } made)
        {
            return null;
        }

        // What was made is not here any more: it is the model, and may have been changed since.
        var root = made.Digest("root");
        if (!new Audit.Ledger(Model.Paths, Files).Entries().Any(entry => entry.Entry.RootAfter == root))
        {
            return null;
        }

        // The last that a commit does.
        using var held = WriterLock.Acquire(Model);
        if (Training.EncoderFile is { } encoder && RunSettings.Read(Model.Paths, Files) is { Encoder: null } settings)
        {
            (settings with { Encoder = encoder }).Save(Model.Paths, Files);
        }

        return Result;
    }

    protected override RunResult? Gone() => Files.FileExists(Model.Paths.Manifest) ? Result : null;

    protected override RunResult Commit(IProgress<LegoNetProgress>? progress, CancellationToken cancellationToken)
    {
        // What an attempt left that did not come as far.
        Files.DeleteDirectory(Made.LedgerFolder);
        Files.Delete(Made.Manifest);
        var training = new Training(Model, Parts, new EncoderLocation(Training.EncoderFile, Training.CopyEncoder), replace: false);
        var key = TagKeyFile.Prepare(Model.Paths.TagKey, Files, () => TagKey, atOnce: false);
        long repeated = 0, records = 0;
        using var session = training.Commit(
            key,
            Made,
            sink =>
            {
                var ranges = Records();
                (repeated, records) = (ranges.Sum(r => r.Repeated), ranges.Sum(r => r.Count) + ranges.Sum(r => r.Repeated));
                var obsolete = new HashSet<string>(StringComparer.Ordinal);
                using var store = new RecordStore(Spec.Rows, null, Reader, key.Key);
                var root = store.Join([.. ranges.SelectMany(r => r.Slots)], KeyRange.Digits, sink, obsolete).Root;
                var entries = new AdapterEntry?[Spec.Adapters];
                for (var range = 0; range < Training.Division.AdapterRanges; range++)
                {
                    foreach (var entry in SolveStep.Read(this, range))
                    {
                        entries[entry.Number] = entry;
                    }
                }

                using var joined = new RecordStore(Spec.Rows, root, Reader, key.Key);
                SetOthersAside([
                    .. joined.Nodes().Select(n => n.File),
                    .. entries.OfType<AdapterEntry>().SelectMany(e => new[] { e.AdapterFile(Parts.Trainer.FileExtension), e.ShardFile }),
                ]);
                return (root, entries);
            },
            root => WriteMade(("root", Forget(root, progress, cancellationToken))),
            progress,
            cancellationToken);
        if (repeated > 0)
        {
            Model.Logger.LogWarning("{Passed}", IncomingRows.PassedOver(repeated, records));
        }

        return Result;
    }

    /// <summary>Notes whom and what to forget before the model takes its name: a model that is not there yet can forget nobody.</summary>
    /// <returns>False where the run is finished meanwhile, and the model there.</returns>
    public bool NoteForget(IReadOnlyCollection<ForgetTarget> targets)
    {
        // The finish holds this lock from before it reads the notes until the model has its name.
        using var held = WriterLock.Acquire(Model);
        if (Files.DirectoryExists(Model.Paths.Root) || !Files.FileExists(Paths.Plan))
        {
            return false;
        }

        // Caches that an earlier training of this name registered; here the names are known, later the tags alone.
        foreach (var cache in RegisteredCaches.Of(Model, null))
        {
            EncodingCache.Purge(Model.At(new ModelPaths(cache.Path)), PurgeTargets.Of(targets), cache.Id);
        }

        Files.CreateDirectory(Paths.Requests, Paths.Look);
        Files.TryCreate(System.IO.Path.Combine(Paths.Requests, $"{Guid.NewGuid():N}{NoteEnding}"), RunTargets.Write(targets, TagKey, []), secret: true);
        Files.FlushDirectory(Paths.Requests);
        Files.FlushDirectory(Path);
        return true;
    }

    /// <summary>The forgets that are noted in a run. What somebody left who was killed as he noted one is none: nobody was told that it was.</summary>
    public static IReadOnlyList<string> NotedIn(RunPaths paths, IFileLayer files) => !files.DirectoryExists(paths.Requests) ? []
        : [.. files.EnumerateFiles(paths.Requests).Where(file => file.EndsWith(NoteEnding, StringComparison.Ordinal))];

    // As any forget, with an entry of its own in the ledger; only that nobody has seen the model before.
    private string Forget(string root, IProgress<LegoNetProgress>? progress, CancellationToken cancellationToken)
    {
        if (NotedIn(Paths, Files).Count == 0)
        {
            return root;
        }

        var requests = NotedIn(Paths, Files).SelectMany(f => RunTargets.Parse(Files.ReadAllBytes(f), f).All);
        var targets = requests.Select(t => t.Target).Distinct().ToArray();
        var made = new ModelPaths(Made.Root, Model.Paths.TagKey, Model.Paths.SigningKeyFile, Model.Paths.PublicKey) { Shared = Training.Shared };
        using var session = ModelSession.Open(Model.At(made));
        return ChangeCommit.Make(session, new ForgetTagsChange(targets), progress, cancellationToken).RootAfter;
    }

    // What the plan itself put into the run directory: no task makes it again.
    private T Planned<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (LegoNetException e) when (e.Error == LegoNetError.Damaged)
        {
            throw LegoNetException.Damaged(
                $"{Path}: a file of the plan is lost ({LegoNetException.Cause(e)}); bring it back, or purge the run and plan it again.", e);
        }
    }
}
