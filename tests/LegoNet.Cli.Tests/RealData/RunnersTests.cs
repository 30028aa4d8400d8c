using LegoNet.Cli.Tests.Support;

namespace LegoNet.Cli.Tests.RealData;

/// <summary>Trainings in tasks on real data: by any runner they make the model of `legonet train`, byte for byte.</summary>
[Collection(RealDataRuns.Name)]
[Trait("Category", "RealData")]
public sealed class RunnersTests(StoreServer store, RunnersTests.Singles singles) : IClassFixture<RunnersTests.Singles>, IDisposable
{
    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(30);
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("newsgroups")]
    [InlineData("cifar10")]
    public void Train_ByProcessesOfThisMachine_MakesTheModelOfTrain(string pipeline)
    {
        Plan(pipeline);
        Tool("work", "--run", Run, "--workers", "2");
        AssertSame(pipeline);
    }

    [Theory]
    [InlineData("newsgroups", 2)]
    [InlineData("newsgroups", 4)]
    [InlineData("cifar10", 2)]
    [InlineData("cifar10", 4)]
    public void Train_ByWorkersOfAStore_MakesTheModelOfTrain(string pipeline, int workers)
    {
        SharedData.Require();
        using var at = new ToolStore(store.Postgres, _folder["runs"]);
        BackgroundProcess[] started = [.. Enumerable.Range(0, workers).Select(_ => at.Work())];
        Plan(pipeline);

        at.Submit(Run).Succeeds();

        AssertSame(pipeline);
        at.AssertEmpty();
        Assert.All(started, worker => Assert.Contains(": done after", worker.Said, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("newsgroups")]
    [InlineData("cifar10")]
    public void Train_BySlurm_MakesTheModelOfTrain(string pipeline)
    {
        SharedData.Require();
        singles.Slurm.Require();
        MakeFolders();
        SlurmTests.TrainOnSlurm(singles.Slurm, singles.Spec(pipeline), Model, singles.Key, Run);
        AssertSame(pipeline);
    }

    private string Run => _folder["runs/run"];

    private string Model => _folder["place/model"];

    private void MakeFolders()
    {
        Directory.CreateDirectory(_folder["runs"]);
        Directory.CreateDirectory(_folder["place"]);
    }

    private void Plan(string pipeline)
    {
        MakeFolders();
        Tool("plan", "train", singles.Spec(pipeline), "--out", Model, "--key", singles.Key, "--run", Run, "--tasks", "6");
    }

    private void AssertSame(string pipeline)
    {
        var single = singles.Model(pipeline);
        Tree.AssertSameModel(single, Model);
        Assert.Equal(Tree.Names(Path.GetDirectoryName(single)!), Tree.Names(_folder["place"]));
        Assert.False(Directory.Exists(Run));
    }

    private static void Tool(params string[] args) => Legonet.RunChild(new ChildOptions { Timeout = s_limit }, args).Succeeds();

    /// <summary>The models of `legonet train`, each made when it is first asked for, and a cluster.</summary>
    public sealed class Singles : IDisposable
    {
        /// <summary>Names the variable that is 1 for the ready pipelines as they are.</summary>
        private const string WholeVariable = "LEGONET_TEST_WHOLE_DATA";
        private const string Data = "${LEGONET_DATA:-../../shared/data}";

        // What plain runs leave out, so that all cases together are done in minutes: nine of ten images; and no post, but the
        // length of its code, because one solve of 8,192 unknowns in each case says nothing of runs. Many adapters give the runs more to divide.
        private static readonly Dictionary<string, (string From, string To)[]> s_cuts = new()
        {
            ["cifar10"] = [("cifar10/train/{label}/*.jpg", "cifar10/train/{label}/*0.jpg")],
            ["newsgroups"] =
            [
                ("\"dimension\": 8192", "\"dimension\": 1024"),
                ("\"adapters\": 1, \"active\": 1", "\"adapters\": 64, \"active\": 8"),
                ("\"trainer\": \"auto\"", "\"trainer\": \"ridge\", \"lambda\": 3000"),
            ],
        };

        private readonly TempFolder _folder = new();

        internal SlurmCluster Slurm { get; } = new();

        internal string Key => _folder["one.key"];

        /// <summary>The spec of a ready pipeline, or of a part of it.</summary>
        internal string Spec(string pipeline)
        {
            SharedData.Require();
            var text = File.ReadAllText(Repository.Pipeline(pipeline + ".json"));
            (string From, string To)[] cuts = Environment.GetEnvironmentVariable(WholeVariable) == "1" ? [] : s_cuts[pipeline];
            foreach (var (from, to) in cuts)
            {
                Assert.Contains(from, text, StringComparison.Ordinal);
                text = text.Replace(from, to, StringComparison.Ordinal);
            }

            return _folder.Write(pipeline + ".json", text
                .Replace(Data, SharedData.Folder.Replace('\\', '/'), StringComparison.Ordinal)
                .Replace("\"../out/", $"\"{Repository.Root.Replace('\\', '/')}/out/", StringComparison.Ordinal));
        }

        internal string Model(string pipeline)
        {
            var model = _folder[$"{pipeline}/model"];
            if (!Directory.Exists(model))
            {
                Directory.CreateDirectory(_folder[pipeline]);
                Tool("train", Spec(pipeline), "--out", model, "--key", Key);
            }

            return model;
        }

        /// <inheritdoc/>
        public void Dispose()
        {
            Slurm.Dispose();
            _folder.Dispose();
        }
    }
}
