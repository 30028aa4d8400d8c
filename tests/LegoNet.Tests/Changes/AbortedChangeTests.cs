using LegoNet.Adapters;
using LegoNet.Encoders;
using LegoNet.Records;
using LegoNet.Tests.Support;

namespace LegoNet.Tests.Changes;

/// <summary>A change that is cancelled, or whose trainer fails, leaves the model and the instance as they were.</summary>
public sealed class AbortedChangeTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly ModelDefinition _definition = Models.Definition(adapter: """{"trainer":"test:throwing"}""");
    private readonly LegoNetModel _model;
    private readonly SortedDictionary<string, byte[]> _before;

    public AbortedChangeTests()
    {
        AdapterTrainers.Register("test:", (spec, labels, dimension) =>
        {
            spec.String("trainer");
            spec.Finish();
            return new ThrowingTrainer(new RidgeTrainer(500, labels, dimension));
        });
        ThrowingTrainer.Failure.Value = null;
        _model = LegoNetModel.Train(_folder["model"], _definition, Records(), Options());
        _before = Tree.Files(_model.Path);
    }

    public void Dispose()
    {
        _model.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void Change_TrainerFails_LeavesTheModelAsItWas() => TrainerFails();

    [Fact]
    public void Change_CancelledAtAnyReport_LeavesTheModelAsItWas() => Cancelled();

    [Fact]
    public void Train_TrainerFails_LeavesNoModel() => TrainingFails();

    private void TrainerFails()
    {
        foreach (var failure in (Exception[])[new InvalidOperationException("boom"), new IOException("full"), LegoNetException.BadInput("bad")])
        {
            ThrowingTrainer.Failure.Value = failure;
            Assert.Same(failure, Record.Exception(() => _model.Forget("subject-3")));
            Assert.Same(failure, Record.Exception(() => _model.Add([Models.Record(_definition.Spec, 50, 0)])));
            Assert.Same(failure, Record.Exception(() => _model.Correct([Models.Record(_definition.Spec, 3, 1, 9)])));
            ThrowingTrainer.Failure.Value = null;
            AssertAsBefore();
        }

        AssertStillWorks();
    }

    private void Cancelled()
    {
        // Every report is one moment to cancel at; the last ones come when no work is left, and then the change goes through.
        for (var report = 0; report < 3; report++)
        {
            using var source = new CancellationTokenSource();
            var reports = 0;
            var progress = new Reports(() =>
            {
                if (Interlocked.Increment(ref reports) == report + 1)
                {
                    source.Cancel();
                }
            });
            Assert.ThrowsAny<OperationCanceledException>(() => _model.Forget(
                [new ForgetTarget("subject-3")],
                progress: progress,
                cancellationToken: source.Token));
            AssertAsBefore();
        }

        AssertStillWorks();
    }

    private void TrainingFails()
    {
        ThrowingTrainer.Failure.Value = new InvalidOperationException("boom");
        Assert.Same(ThrowingTrainer.Failure.Value, Record.Exception(() => LegoNetModel.Train(_folder["other"], _definition, Records(), Options())));
        Assert.False(Directory.Exists(_folder["other"]));
        Assert.False(Directory.Exists(_folder["other.partial"]));
    }

    private void AssertAsBefore()
    {
        var files = Tree.Files(_model.Path);
        Assert.Equal(_before.Keys, files.Keys);
        Assert.All(_before, file => Assert.Equal(file.Value, files[file.Key]));
        Assert.Single(Directory.GetFiles(Path.Combine(_model.Path, "ledger")));
        Assert.True(_model.Verify().IsExact);
    }

    private void AssertStillWorks()
    {
        _model.Forget("subject-3");
        _model.Add([Models.Record(_definition.Spec, 50, 0)]);
        var left = Records().Where(r => r.Subject != "subject-3").Append(Models.Record(_definition.Spec, 50, 0));
        LegoNetModel.Train(_folder["fresh"], _definition, left, Options()).Dispose();
        Tree.AssertSameModel(_folder["fresh"], _model.Path);
        Assert.True(_model.Verify().IsExact);
    }

    private IEnumerable<EncodedRecord> Records() => Enumerable.Range(0, 40).Select(i => Models.Record(_definition.Spec, i / 3, i % 3));

    private ModelOptions Options() => new() { TagKeyPath = _folder["key"], Threads = 2, Files = new FaultyFiles() };

    private sealed class Reports(Action report) : IProgress<LegoNetProgress>
    {
        public void Report(LegoNetProgress value) => report();
    }

    private sealed class ThrowingTrainer(RidgeTrainer ridge) : ISummingTrainer
    {
        private static int s_fits;

        public static AsyncLocal<Exception?> Failure { get; } = new();

        public string Name => "test:throwing";

        public string Declaration => """{"trainer":"test:throwing"}""";

        public string FileExtension => ridge.FileExtension;

        public string? WhyNotRefittable => null;

        public bool KeepsSums(long rows, int dimension) => ridge.KeepsSums(rows, dimension);

        public double RefitCost(long rows, int dimension, int outputs) => ridge.RefitCost(rows, dimension, outputs);

        public FittedAdapter Fit(Shard shard, FitSettings settings, CancellationToken cancellationToken)
        {
            // The second adapter fails: files of the first are on disk by then.
            cancellationToken.ThrowIfCancellationRequested();
            return Failure.Value is { } failure && Interlocked.Increment(ref s_fits) % 2 == 0 ? throw failure : ridge.Fit(shard, settings, cancellationToken);
        }

        public FittedAdapter Update(IReadOnlyDictionary<string, long[]> sums, ShardChange change, FitSettings settings, CancellationToken cancellationToken)
            => ridge.Update(sums, change, settings, cancellationToken);

        public IAdapter Load(ReadOnlyMemory<byte> bytes, string file) => ridge.Load(bytes, file);
    }
}
