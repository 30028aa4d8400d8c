using LegoNet.Adapters;
using LegoNet.Changes;
using LegoNet.Encoders;
using LegoNet.Files;
using LegoNet.Records;
using LegoNet.Sessions;
using LegoNet.Specs;
using LegoNet.Store;
using LegoNet.Tests.Support;

namespace LegoNet.Tests.Changes;

/// <summary>Which rows a trainer is given for a refit, and in which order shards are fitted.</summary>
public sealed class RefitterTests : IDisposable
{
    private static readonly TagKey s_tagKey = TagKey.FromBytes(new byte[32]);

    private readonly TempFolder _folder = new();
    private readonly MemoryFiles _files = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Change_TrainerThatAsksForAllRowsBesidesItsSums_GivesTheBytesOfATraining()
    {
        AdapterTrainers.Register("test:rows", (adapter, labels, dimension) =>
        {
            adapter.String("trainer");
            adapter.Finish();
            return new RowsTrainer(labels, dimension);
        });
        var definition = Models.Definition(adapters: 5, active: 2, adapter: """{"trainer":"test:rows"}""");
        var records = Enumerable.Range(0, 90).Select(i => Models.Record(definition.Spec, i / 3, i % 3)).ToArray();
        using var model = Train("model", definition, records);
        for (var subject = 0; subject < 10; subject++)
        {
            model.Forget($"subject-{subject}");
        }

        model.Add(records[..9], cancellationToken: Stop);
        model.Correct([Models.Record(definition.Spec, 1, 1, version: 2)], cancellationToken: Stop);
        var expected = records[30..].Concat(records[..9]).Select(r => r.Id == "id-1" && r.Subject == "subject-1" ? Models.Record(definition.Spec, 1, 1, 2) : r);
        using var never = Train("never", definition, expected);
        Assert.Equal(Tree.Files(never.Path), Tree.Files(model.Path));
        Assert.True(RowsTrainer.Updates > 0);
        Assert.True(model.Verify(cancellationToken: Stop).IsExact);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Refit_FewerRowsThanAreDue_NamesTheShard(bool sumsAreHeld)
    {
        var (spec, rows, store) = Store(60);
        var trainer = new RowsTrainer(spec.Labels, spec.Dimension);
        var cache = new SumsCache(1 << 20);
        cache.Begin("root");
        var before = new Refitter(spec, trainer, _files, 1, null, sumsAreHeld ? cache : null).FitAll(rows, Stop);
        before[2] = before[2]! with { Rows = before[2]!.Rows + 1 };
        using var gone = store.Update([new RowChange(RowsOf(rows, 2)[0].Key, null)], _files, new HashSet<string>());
        var error = Assert.Throws<LegoNetException>(
            () => new Refitter(spec, trainer, _files, 1, null, cache).Refit(before, NoShards(before), gone, [RowsOf(rows, 2)[0]], [], Stop));
        Assert.Equal(LegoNetError.Damaged, error.Error);
        var due = RowsOf(rows, 2).Length;
        Assert.StartsWith($"shard 2: {due - 1} rows were found where {due} are due", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void FitAndRefit_ShardsOfManySizes_TakeTheLargestFirst()
    {
        var (spec, rows, store) = Store(200);
        var trainer = new RowsTrainer(spec.Labels, spec.Dimension);
        var before = new Refitter(spec, trainer, _files, 1, null).FitAll(rows, Stop);
        Assert.Equal(spec.Adapters, trainer.Fitted.Count);
        Assert.Equal(trainer.Fitted.OrderDescending(), trainer.Fitted);
        Assert.True(trainer.Fitted.Distinct().Count() > 2);

        trainer.Fitted.Clear();
        using var same = store;
        var touched = rows[..20];
        new Refitter(spec, trainer, _files, 1, null).Refit(before, NoShards(before), store, touched, touched, Stop);
        Assert.Equal(spec.Adapters, trainer.Fitted.Count);
        Assert.Equal(trainer.Fitted.OrderDescending(), trainer.Fitted);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void ShardSearch_ByDescentsAndByAScan_FindsTheSameRowsInKeyOrder(int threads)
    {
        var (spec, rows, store) = Store(300);
        int[] wanted = [0, 3, 4];
        var descents = new ShardSearch(store, wanted, 0, threads);
        var scan = new ShardSearch(store, wanted, store.Count, threads);
        foreach (var adapter in wanted)
        {
            var expected = RowsOf(rows, adapter).Select(row => row.Key);
            var subjects = new Lazy<uint[]>(ShardFile.SubjectsOf(RowsOf(rows, adapter)));
            Assert.Equal(expected, descents.Rows(adapter, subjects).Select(row => row.Key));
            var none = new Lazy<uint[]>(() => throw new InvalidOperationException("A scan needs no index."));
            Assert.Equal(expected, scan.Rows(adapter, none).Select(row => row.Key));
        }
    }

    private static RowRef[] RowsOf(RowRef[] rows, int adapter) => [.. rows.Where(row => row.Route.Contains((ushort)adapter))];

    // Its files are not there: what is found by a scan needs none of them.
    private StoredShards NoShards(AdapterEntry?[] adapters) => new(adapters, new ModelFiles(new ModelPaths(_folder["none"]), PhysicalFileLayer.Instance));

    private (ModelSpec Spec, RowRef[] Rows, RecordStore Store) Store(int records)
    {
        var spec = Models.Definition(adapters: 7, active: 2).Spec;
        var block = new MemoryRows(spec.Rows, records);
        var rows = new RowRef[records];
        for (var i = 0; i < records; i++)
        {
            var record = Models.Record(spec, i / 2, i);
            rows[i] = block.Add(s_tagKey.KeyOf(record.Subject, record.Id), [i % 3], record.Code, record.Fingerprint);
            var first = i % 11 % 6; // Shards of different sizes.
            ((ushort[])[(ushort)first, (ushort)(first + 1)]).CopyTo(block.Routes[(2 * i)..]);
        }

        Array.Sort(rows, (a, b) => a.Key.CompareTo(b.Key));
        return (spec, rows, new RecordStore(spec.Rows, null, _files, s_tagKey).Build(rows, _files, threads: 1));
    }

    private LegoNetModel Train(string name, ModelDefinition definition, IEnumerable<EncodedRecord> records)
        => LegoNetModel.Train(_folder[name], definition, records, new ModelOptions { TagKeyPath = _folder["tags.key"], SumsMemory = 1 << 20, Threads = 2 });

    /// <summary>Ridge regression that has sums, which it holds against the rows it asks for; kept in memory only.</summary>
    private sealed class RowsTrainer(LabelLayout labels, int dimension) : ISummingTrainer
    {
        private static int s_updates;

        private readonly RidgeTrainer _ridge = new(500, labels, dimension);

        public static int Updates => s_updates;

        /// <summary>Rows of the shards that were fitted, in order.</summary>
        public List<long> Fitted { get; } = [];

        public string Name => "test:rows";

        public string Declaration => """{"trainer":"test:rows"}""";

        public string FileExtension => _ridge.FileExtension;

        public string? WhyNotRefittable => null;

        public bool KeepsSums(long rows, int dimension) => false;

        public bool UsesSums(long rows, int dimension) => true;

        public double RefitCost(long rows, int dimension, int outputs) => _ridge.RefitCost(rows, dimension, outputs);

        public FittedAdapter Fit(Shard shard, FitSettings settings, CancellationToken cancellationToken)
        {
            lock (Fitted)
            {
                Fitted.Add(shard.Rows);
            }

            return new FittedAdapter(_ridge.Fit(shard, settings, cancellationToken).Adapter, new Dictionary<string, long[]> { ["rows"] = [shard.Rows] });
        }

        public FittedAdapter Update(IReadOnlyDictionary<string, long[]> sums, ShardChange change, FitSettings settings, CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref s_updates);
            Assert.Equal(change.Rows, change.After.Rows);
            Assert.Equal(change.Rows, sums["rows"][0] - change.Removed.Rows + change.Added.Rows);
            return Fit(change.After, settings, cancellationToken);
        }

        public IAdapter Load(ReadOnlyMemory<byte> bytes, string file) => _ridge.Load(bytes, file);
    }
}
