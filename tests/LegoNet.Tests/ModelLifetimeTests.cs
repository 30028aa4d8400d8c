using LegoNet.Encoders;
using LegoNet.Records;
using LegoNet.Specs;
using LegoNet.Store;
using LegoNet.Tests.Support;
using LegoNet.Verification;

namespace LegoNet.Tests;

public sealed class ModelLifetimeTests : IDisposable
{
    private static readonly ModelDefinition s_definition = Models.Definition();

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Reads_AfterAnotherInstanceCommitted_SeeItsState()
    {
        using var one = Train(_folder["model"], s_definition);
        using var two = LegoNetModel.Open(_folder["model"], Options());
        Assert.Equal(3, two.Inspect("subject-4").Records.Count);
        one.Forget("subject-4");
        Assert.Empty(two.Inspect("subject-4").Records);
        Assert.Throws<LegoNetException>(() => two.Forecast([new ForgetTarget("subject-4")]));
        Assert.Equal(3, two.Forecast([new ForgetTarget("subject-5")]).Records);
        two.Forget("subject-5");
        one.Forget("subject-6");
        Assert.Equal(3, Directory.GetFiles(Path.Combine(one.Path, "ledger")).Length - 1);
        Assert.True(Verify(two).IsExact);
    }

    [Fact]
    public async Task Inspect_WhileAnotherInstanceCommits_NeverFails()
    {
        using var writer = Train(_folder["model"], s_definition);
        using var reader = LegoNetModel.Open(_folder["model"], Options());
        using var done = new CancellationTokenSource();
        var reading = Task.Run(
            () =>
            {
                while (!done.IsCancellationRequested)
                {
                    Assert.True(reader.Inspect("subject-3").Records.Count is 0 or 3);
                    LegoNetModel.Open(_folder["model"], Options()).Dispose();
                }
            },
            TestContext.Current.CancellationToken);
        for (var round = 0; round < 20; round++)
        {
            writer.Forget("subject-3");
            Add(writer, Enumerable.Range(0, 3).Select(i => Models.Record(s_definition.Spec, 3, i)));
        }

        done.Cancel();
        await reading;
    }

    [Fact]
    public async Task Dispose_WhileAChangeRuns_WaitsForIt()
    {
        var model = Train(_folder["model"], s_definition);
        var progress = new Started();
        var change = Task.Run(() => model.Forget([new ForgetTarget("subject-3")], progress: progress), TestContext.Current.CancellationToken);
        await progress.Task;
        model.Dispose();
        await change;
        Assert.Throws<ObjectDisposedException>(() => model.Forget("subject-4"));
        Assert.Throws<ObjectDisposedException>(() => model.Inspect("subject-4"));
        Assert.Single(model.Scorer.Predict(new sbyte[Models.Dimension]).Label.Split('|'));
        using var reopened = LegoNetModel.Open(_folder["model"], Options());
        Assert.Empty(reopened.Inspect("subject-3").Records);
    }

    [Fact]
    public void Rebuild_KeyFileOfAnotherKey_IsRefused()
    {
        using var model = Train(_folder["model"], s_definition);
        TagKey.CreateRandom().Save(_folder["other.key"]);
        Assert.Equal(LegoNetError.BadInput, Assert.Throws<LegoNetException>(() => Rebuild(model, new ModelOptions())).Error);
        Assert.Equal(LegoNetError.BadInput, Assert.Throws<LegoNetException>(() => Rebuild(model, new ModelOptions { TagKeyPath = _folder["other.key"] })).Error);
        Assert.False(Directory.Exists(_folder["other"]));
        using var rebuilt = Rebuild(model, new ModelOptions { TagKeyPath = _folder["third.key"], Files = new FaultyFiles() });
        Assert.Equal(3, rebuilt.Inspect("subject-3").Records.Count);
        Tree.AssertSameModel(model.Path, rebuilt.Path);
    }

    [Fact]
    public void Rebuild_RegressionWithTargetsAtTheEnd_TakesThem()
    {
        // 0.1 + 6 × 0.1 is above 0.7 in float64.
        var definition = Models.Definition(LearningTask.Regression);
        var spec = Copy(definition.Spec, new RegressionTarget(0.1, 0.7, 0.1));
        definition = new ModelDefinition { Spec = spec, Keys = definition.Keys };
        var records = Enumerable.Range(0, 7).Select(i => Models.Record(spec, i, 0) with { Label = FormattableString.Invariant($"0.{i + 1}") });
        using var model = LegoNetModel.Train(_folder["model"], definition, records, Options(), null, TestContext.Current.CancellationToken);
        using var rebuilt = model.Rebuild(_folder["other"], definition, Options(), null, TestContext.Current.CancellationToken);
        Tree.AssertSameModel(model.Path, rebuilt.Path);
    }

    [Fact]
    public void Train_DefinitionThatCouldNotBeReadBack_WritesNothing()
    {
        foreach (var definition in (ModelDefinition[])[
            new() { Spec = Copy(s_definition.Spec, null, seed: -1), Keys = s_definition.Keys },
            new() { Spec = s_definition.Spec, Keys = Models.Definition(adapters: 9).Keys },
        ])
        {
            Assert.Equal(LegoNetError.BadInput, Assert.Throws<LegoNetException>(() => Train(_folder["model"], definition)).Error);
            Assert.False(Directory.Exists(_folder["model"]));
            Assert.False(Directory.Exists(_folder["model.partial"]));
        }
    }

    [Theory]
    [InlineData("adapterExtension", "null")]
    [InlineData("adapterExtension", "\"./x\"")]
    [InlineData("adapters", "7")]
    [InlineData("records", "{\"count\":-1}")]
    [InlineData("spec", "\"x\"")]
    public void Open_MalformedManifest_IsDamaged(string member, string value)
    {
        Train(_folder["model"], s_definition).Dispose();
        var file = Path.Combine(_folder["model"], Manifest.FileName);
        var manifest = System.Text.Json.Nodes.JsonNode.Parse(File.ReadAllBytes(file))!.AsObject();
        manifest[member] = System.Text.Json.Nodes.JsonNode.Parse(value);
        File.WriteAllText(file, manifest.ToJsonString());
        Assert.Equal(LegoNetError.Damaged, Assert.Throws<LegoNetException>(() => LegoNetModel.Open(_folder["model"], Options())).Error);
    }

    private LegoNetModel Train(string path, ModelDefinition definition)
        => LegoNetModel.Train(path, definition, Enumerable.Range(0, 40).Select(i => Models.Record(s_definition.Spec, i / 3, i % 3)), Options());

    private LegoNetModel Rebuild(LegoNetModel model, ModelOptions options) => model.Rebuild(_folder["other"], s_definition, options);

    private static void Add(LegoNetModel model, IEnumerable<EncodedRecord> records) => model.Add(records);

    private static VerificationReport Verify(LegoNetModel model) => model.Verify();

    private ModelOptions Options() => new() { TagKeyPath = _folder["key"], Threads = 2, Files = new FaultyFiles() };

    private static ModelSpec Copy(ModelSpec spec, RegressionTarget? target, long seed = 5) => new()
    {
        Task = spec.Task,
        Classes = spec.Classes,
        Target = target,
        Dimension = spec.Dimension,
        Encoder = spec.Encoder,
        Fingerprint = spec.Fingerprint,
        Adapters = spec.Adapters,
        Active = spec.Active,
        Keys = spec.Keys,
        KeysDigest = spec.KeysDigest,
        Adapter = spec.Adapter,
        Seed = seed,
        SegmentRows = spec.SegmentRows,
    };

    private sealed class Started : IProgress<LegoNetProgress>
    {
        private readonly TaskCompletionSource _started = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Task => _started.Task;

        public void Report(LegoNetProgress value) => _started.TrySetResult();
    }
}
