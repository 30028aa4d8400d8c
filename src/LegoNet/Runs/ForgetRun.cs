using System.Text;
using System.Text.Json;
using LegoNet.Adapters;
using LegoNet.Audit;
using LegoNet.Caching;
using LegoNet.Changes;
using LegoNet.Data.Files;
using LegoNet.Data.Formats;
using LegoNet.Files;
using LegoNet.Records;
using LegoNet.Sessions;
using LegoNet.Store;

namespace LegoNet.Runs;

/// <summary>
/// A forget in tasks. It starts from one state of the model. Where the model is another when the run is finished, since somebody changed it
/// meanwhile, the run begins anew from there: nobody who wants to be forgotten waits for it.
/// </summary>
internal sealed class ForgetRun : FittingRun
{
    private readonly Lazy<FrozenParts> _parts;
    private readonly Lazy<Manifest> _before;
    private readonly Lazy<RunTargets> _targets;
    private readonly LayeredReader _reader;

    public ForgetRun(RunPaths paths, ForgetPlan plan, ModelRun model)
        : base(paths, plan, model, plan.Division, paths.ModelPaths(shared: false))
    {
        Forgetting = plan;
        ModelFiles = new ModelFiles(model.Paths, model.Files);
        _reader = new LayeredReader(Made, model.Paths, model.Files);
        _parts = new Lazy<FrozenParts>(() => FrozenParts.Read(plan.Frozen, ModelFiles));
        _before = new Lazy<Manifest>(ReadManifest);
        _targets = new Lazy<RunTargets>(() =>
            RunTargets.Parse(new ModelFiles(new ModelPaths(Path), Files).Read(System.IO.Path.GetFileName(Paths.Targets), plan.Targets), Paths.Targets));
    }

    public ForgetPlan Forgetting { get; }

    public override FrozenParts Parts => _parts.Value;

    public override IFileReader Reader => _reader;

    /// <summary>The files of the model as it is.</summary>
    public ModelFiles ModelFiles { get; }

    /// <summary>Whom and what is forgotten.</summary>
    public RunTargets Targets => _targets.Value;

    /// <summary>The trie's nodes of a range of keys before the change, each with its slot; without one where the trie is changed as one.</summary>
    public IEnumerable<(NodeRef? Root, int? Slot)> Before(int range)
    {
        if (Forgetting.Whole)
        {
            return [(_before.Value.Records, null)];
        }

        using var store = new RecordStore(Spec.Rows, _before.Value.Records, ModelFiles, null);
        var slots = store.Split(KeyRange.Digits)!;
        var mine = KeyRange.Of(range, Division.KeyRanges);
        return [.. Enumerable.Range(mine.First, mine.End - mine.First).Select(slot => (slots[slot], (int?)slot))];
    }

    public override long[] RowsToCollect(IReadOnlyList<RecordsOfRange> records)
    {
        var refitter = new Refitter(Spec, Parts.Trainer, new NoSink(), 1, null);
        return [.. Enumerable.Range(0, Spec.Adapters).Select(adapter =>
        {
            var (before, after) = Rows(adapter, records);
            return before == after || refitter.UpdatesSums(before, after) ? 0 : after;
        })];
    }

    public override IEnumerable<AdapterEntry> FitOthers(int[] adapters, Refitter refitter, ShardCollector collector, CancellationToken cancellationToken)
    {
        var records = Records();
        int[] touched = [.. adapters.Where(a => Rows(a, records) is var (before, after) && before != after && refitter.UpdatesSums(before, after))];
        if (touched.Length == 0)
        {
            return [];
        }

        using var removed = OpenRemoved();
        var gone = ReadGone().ToLookup(g => (int)g.Adapter, g => g.Subject);
        var assignment = new ShardAssignment([.. removed.Rows], Spec.Adapters);
        return refitter.Update(
            touched,
            adapter => Rows(adapter, records).After,
            adapter => ShardFile.Parse(ModelFiles.Read(_before.Value.Adapters[adapter]!.ShardFile, _before.Value.Adapters[adapter]!.Shard), $"shard {adapter}"),
            adapter => new ShardChange(
                new Shard(Spec, assignment.Rows(adapter)),
                new Shard(Spec, []),
                Rows(adapter, records).After,
                () => collector.CollectOne(adapter, Rows(adapter, records).After, cancellationToken)),
            (adapter, before) => before.SubjectsWith([], gone[adapter]),
            cancellationToken).OfType<AdapterEntry>();
    }

    /// <summary>The tags of all that the model has ever forgotten.</summary>
    public HashSet<string> ForgottenTags()
        => [.. new Ledger(Model.Paths, Files).Entries().Where(e => e.Entry.Operation == Operations.Forget).SelectMany(e => e.Entry.Tags)];

    /// <summary>The rows that are forgotten, all ranges together.</summary>
    public RemovedRows OpenRemoved()
    {
        var views = new List<FileView>();
        var rows = new List<RowRef>();
        foreach (var (task, file) in FilesOf("removed"))
        {
            var view = View(task, file);
            views.Add(view);
            var segment = Segment.Open(Spec.Rows, view.Memory, file.Name, owner: null);
            rows.AddRange(Enumerable.Range(0, segment.Count).Select(i => new RowRef(segment, i)));
        }

        return new RemovedRows(rows, views);
    }

    protected override Action<Utf8JsonWriter> MakeTask(
        RunStage stage, int number, TaskOutput output, IProgress<LegoNetProgress>? progress, CancellationToken cancellationToken)
    {
        try
        {
            return stage.Name switch
            {
                TrainPlan.Records => new ForgetStep(this).Make(number, output, cancellationToken),
                ForgetPlan.Copies => new CopiesStep(this).Make(number, cancellationToken),
                TrainPlan.Shards => new ShardsStep(this).Make(number, output, progress, cancellationToken),
                _ => new SolveStep(this).Make(number, output, progress, cancellationToken),
            };
        }
        catch (LegoNetException e) when (e.Error == LegoNetError.Damaged && ReadRoot() != Forgetting.Root)
        {
            throw BeginAnew(); // Files of a state that is no more.
        }
    }

    protected override RunResult? Committed()
    {
        if (ReadMade() is not { } made)
        {
            return null;
        }

        // Only a forget of exactly this: somebody may have forgotten a part of it from the same state.
        var (from, tags) = (made.Digest("from"), made.Digest("tags"));
        Recovery.Settle(Model).Dispose();
        var mine = from != Forgetting.Root ? null : new Ledger(Model.Paths, Files).Entries()
            .LastOrDefault(e => e.Entry.Operation == Operations.Forget && e.Entry.RootBefore == from && DigestOf(e.Entry.Tags) == tags);
        if (mine is null)
        {
            return null;
        }

        using var session = ModelSession.Open(Model);
        var head = session.RequireHead();
        return new RunResult(Plan.Kind, Model.Paths.Root, Receipt.Of(mine, head).Sign(session.SigningKeyAfter(head)));
    }

    protected override RunResult? Gone() => Committed();

    protected override RunResult Commit(IProgress<LegoNetProgress>? progress, CancellationToken cancellationToken)
    {
        using var session = ModelSession.Open(Model);
        if (session.State.Root != Forgetting.Root)
        {
            throw BeginAnew();
        }

        using var removed = OpenRemoved();
        try
        {
            var receipt = ChangeCommit.Make(session, new MadeForget(this, removed), progress, cancellationToken);
            return new RunResult(Plan.Kind, Model.Paths.Root, receipt);
        }
        catch (OtherStateException)
        {
            throw BeginAnew();
        }
    }

    /// <summary>The tags of the targets, as the ledger spells them.</summary>
    /// <param name="without">Numbers of requests of which nothing is stored.</param>
    private HashSet<string> Tags(HashSet<int> without)
        => [.. Targets.All.Where(t => !without.Contains(t.Request)).Select(t => t.Target.ToTag())];

    private static string DigestOf(IEnumerable<string> tags) => Digests.Of(Encoding.UTF8.GetBytes(string.Join('\n', tags)));

    private (long Before, long After) Rows(int adapter, IReadOnlyList<RecordsOfRange> records)
    {
        var before = _before.Value.Adapters[adapter]?.Rows ?? 0;
        return (before, before - records.Sum(r => r.Shards[adapter]));
    }

    private IEnumerable<(ushort Adapter, uint Subject)> ReadGone()
    {
        foreach (var (task, file) in FilesOf("gone"))
        {
            using var view = (IDisposable)View(task, file);
            foreach (var gone in ForgetStep.ReadGone(SafetensorsFile.Parse(((FileView)view).Memory, file.Name, LegoNetError.Damaged)))
            {
                yield return gone;
            }
        }
    }

    /// <summary>A file that the task of a range of keys handed on; null where it had nothing of the kind.</summary>
    public (int Task, TaskFile File)? FileOf(string kind, int range)
    {
        var task = TaskOf(TrainPlan.Records, range);
        var result = ResultOf(task);
        var name = result.Content.String(kind);
        return name.Length == 0 ? null : (task, result.Files.First(f => f.Name == name));
    }

    private IEnumerable<(int Task, TaskFile File)> FilesOf(string kind)
        => Enumerable.Range(0, Division.KeyRanges).Select(range => FileOf(kind, range)).OfType<(int, TaskFile)>();

    private Manifest ReadManifest()
    {
        var bytes = ModelState.ReadManifest(Model.Paths, Files);
        var manifest = Manifest.Parse(bytes, Manifest.FileName);
        return RootDigests.Of(manifest, Digests.Of(bytes)) == Forgetting.Root ? manifest : throw BeginAnew();
    }

    private string ReadRoot()
    {
        var bytes = ModelState.ReadManifest(Model.Paths, Files);
        return RootDigests.Of(Manifest.Parse(bytes, Manifest.FileName), Digests.Of(bytes));
    }

    // With the same targets. Another spec would divide the work in another way.
    private LegoNetException BeginAnew()
        => Manifest.Parse(ModelState.ReadManifest(Model.Paths, Files), Manifest.FileName).Spec != Forgetting.Frozen
            ? LegoNetException.BadInput(
                $"{Path}: the model was replaced by one with another spec since the run was planned; purge the run, and plan it again for the model as it is.")
            : BeginAnewAs(() =>
            {
                using var session = ModelSession.Open(Model);
                var (root, whole) = session.Read((state, store) => (state.Root, store.Split(KeyRange.Digits) is null));
                return Forgetting.For(root, whole);
            });

    /// <summary>The forget, as the change that is committed.</summary>
    private sealed class MadeForget(ForgetRun run, RemovedRows removed) : Change(Operations.Forget), IMadeChange
    {
        public string Directory => run.Path;

        public override PlannedChange Plan(ModelSession session)
        {
            if (session.State.Root != run.Forgetting.Root)
            {
                throw new OtherStateException();
            }

            var ranges = Enumerable.Range(0, run.Division.KeyRanges);
            var unknown = ranges
                .SelectMany(r => run.ResultOf(run.TaskOf(TrainPlan.Records, r)).Content.OptionalNumbers("unknown") ?? [])
                .Select(n => (int)n)
                .ToHashSet();
            string[] tags = [.. run.Tags(unknown).Order(StringComparer.Ordinal)];
            run.WriteMade(("from", run.Forgetting.Root), ("tags", DigestOf(tags)));
            return new PlannedChange(removed.Rows, [], tags)
            {
                SameCodeElsewhere = ranges.Sum(r => CopiesStep.Read(run, r)),
                CacheTargets = new PurgeTargets(run.Targets.All.Count, (cache, _) => run.Targets.InCache(cache) ?? throw LegoNetException.BadInput(
                    $"{run.Path}: a cache of encodings was registered with the model after the run was planned; purge the run and plan it again.")),
                Made = this,
            };
        }

        public MadeParts Adopt(Commit commit, IReadOnlyList<AdapterEntry?> before, ISet<string> obsolete)
        {
            var records = run.Records();
            var root = Join(records, commit, obsolete);
            for (var range = 0; range < run.Division.KeyRanges; range++)
            {
                var result = run.ResultOf(run.TaskOf(TrainPlan.Records, range));
                obsolete.UnionWith(result.Content.Strings("obsolete"));
            }

            foreach (var file in run.FilesFor(TrainPlan.Records).Where(file => !obsolete.Contains(file)))
            {
                commit.Adopt(file);
            }

            var after = before.ToArray();
            var fitted = new Dictionary<int, IAdapter?>();
            for (var adapter = 0; adapter < after.Length; adapter++)
            {
                if (run.Rows(adapter, records) is var (was, now) && was != now)
                {
                    (after[adapter], fitted[adapter]) = (null, null);
                }
            }

            foreach (var entry in Enumerable.Range(0, run.Division.AdapterRanges).SelectMany(r => SolveStep.Read(run, r)))
            {
                var file = entry.AdapterFile(run.Parts.Trainer.FileExtension);
                fitted[entry.Number] = run.Parts.Trainer.Load(new ModelFiles(run.Made, run.Files).Read(file, entry.Adapter), file);
                after[entry.Number] = entry;
                commit.Adopt(file);
                commit.Adopt(entry.ShardFile);
            }

            return new MadeParts(
                new RecordStore(run.Spec.Rows, root, run.ModelFiles, run.TagKey), after, [.. fitted.Keys.Order()], fitted);
        }

        private NodeRef? Join(RecordsOfRange[] records, Commit commit, ISet<string> obsolete)
        {
            if (run.Forgetting.Whole)
            {
                return records[0].Slots[0];
            }

            using var store = new RecordStore(run.Spec.Rows, null, run.Reader, run.TagKey);
            obsolete.UnionWith(run.UpperNodes());
            var sink = new NotingSink(commit);
            var joined = store.Join([.. records.SelectMany(r => r.Slots)], KeyRange.Digits, sink, obsolete);
            obsolete.ExceptWith(sink.Names); // Nodes that are as they were.
            return joined.Root;
        }
    }

    /// <summary>The model's files that the tasks of a stage made, by their names in the model.</summary>
    private IEnumerable<string> FilesFor(string stageName)
    {
        var stage = Stages.First(s => s.Name == stageName);
        return Enumerable.Range(stage.First, stage.Count).SelectMany(task => ResultOf(task).Files)
            .Select(f => f.NameInModel)
            .OfType<string>();
    }

    // The nodes above the slots, in whose place others come, or the same.
    private List<string> UpperNodes()
    {
        using var store = new RecordStore(Spec.Rows, _before.Value.Records, ModelFiles, null);
        var below = store.Split(KeyRange.Digits)!.OfType<NodeRef>().Select(n => n.File).ToHashSet(StringComparer.Ordinal);
        return [.. store.Above(below)];
    }

    private sealed class OtherStateException : Exception;

    private sealed class NotingSink(IFileSink sink) : IFileSink
    {
        public List<string> Names { get; } = [];

        public void Put(string name, byte[] bytes)
        {
            Names.Add(name);
            sink.Put(name, bytes);
        }
    }

    private sealed class NoSink : IFileSink
    {
        public void Put(string name, byte[] bytes) => throw new NotSupportedException("Nothing is written.");
    }
}
