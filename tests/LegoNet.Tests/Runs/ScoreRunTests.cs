using System.Globalization;
using System.Text;
using LegoNet.Encoders;
using LegoNet.Ensembles;
using LegoNet.Files;
using LegoNet.Pipelines;
using LegoNet.Runs;
using LegoNet.Tests.Support;

namespace LegoNet.Tests.Runs;

public sealed class ScoreRunTests : IDisposable
{
    private const int Dimension = 5;
    private const int Records = 83;

    private static readonly string[] s_classes = ["red", "green", "blue"];

    private readonly TempFolder _folder = new(inMemory: true);
    private readonly PipelineSpec _spec;
    private readonly LegoNetModel _model;

    public ScoreRunTests()
    {
        _folder.Write("train.csv", Csv(40, seed: 1));
        _folder.Write("data.csv", Csv(Records, seed: 2));
        _spec = PipelineSpec.Load(_folder.Write(
            "spec.json",
            $$"""
            {
              "task": "multiclass", "classes": ["red", "green", "blue"],
              "source": { "type": "vectors", "path": "train.csv", "subject": "subject", "id": "id", "label": "label" },
              "encoder": { "type": "vector", "dimension": {{Dimension}}, "min": -4, "max": 4 },
              "routing": { "adapters": 7, "active": 3 },
              "adapter": { "trainer": "ridge", "lambda": 100 }
            }
            """));
        using var setup = _spec.CreateEncoder();
        _model = LegoNetModel.Train(_folder["model"], _spec.Freeze(setup), RecordEncoder.Encode(_spec.OpenSource(), setup.Encoder, 1));
    }

    private string Data => _folder["data.csv"];

    private string Output => _folder["scores.csv"];

    public void Dispose()
    {
        _model.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void Finish_AfterAnyNumberOfTasksInAnyOrder_WritesWhatOneProcessWrites()
    {
        var expected = Expected();
        var random = new Random(5);
        foreach (var tasks in (int[])[1, 2, 3, 10, Records - 1, Records, Records + 1, 1000])
        {
            Plan(tasks);
            var run = TaskRuns.Open(_folder["run"], new RunOptions { Threads = 1 + random.Next(3) });
            Assert.Equal([new RunStage("score", 0, Math.Min(tasks, Records), Encodes: true)], run.Stages);

            int[] order = [.. Enumerable.Range(0, run.Stages[0].Count).Concat(Enumerable.Range(0, run.Stages[0].Count)).OrderBy(_ => random.Next())];
            foreach (var task in order)
            {
                Do(run, task);
            }

            Assert.Equal(new RunResult("score", Output), Finish(run));
            Assert.Equal(expected, File.ReadAllText(Output));
            AssertNothingElse();
        }
    }

    [Fact]
    public void RunTask_ByTwoAtATime_PublishesOnce()
    {
        Plan(4);
        Parallel.For(0, 4, _ => Work(TaskRuns.Open(_folder["run"], new RunOptions { Threads = 1 })));
        Assert.Equal(TaskOutcome.DoneBefore, Do(TaskRuns.Open(_folder["run"]), 2));
        Finish(TaskRuns.Open(_folder["run"]));
        Assert.Equal(Expected(), File.ReadAllText(Output));
    }

    [Fact]
    public void RunTask_WithoutTheKeysOfTheModel_Scores()
    {
        File.Delete(_folder["model.key"]);
        File.Delete(_folder["model.signing.pem"]);
        Plan(2);
        Complete();
        Assert.Equal(Expected(), File.ReadAllText(Output));
    }

    [Fact]
    public void RunTask_OfAnInputThatChanged_IsRefusedInThatPartOnly()
    {
        Plan(3);
        var lines = File.ReadAllLines(Data);
        lines[^1] = lines[^1].Replace("p2-82", "p2-99", StringComparison.Ordinal);
        File.WriteAllLines(Data, lines);
        var run = TaskRuns.Open(_folder["run"]);

        Assert.Equal(TaskOutcome.Done, Do(run, 0));
        Assert.Contains("part 2", Assert.Throws<LegoNetException>(() => Do(run, 2)).Message, StringComparison.Ordinal);

        Assert.False(run.IsDone(2));
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder["run/drafts"]));
        Assert.Contains("part 2", Assert.Single(TaskRuns.StatusOf(_folder["run"]).Stuck), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void RunTask_OfAModelThatChanged_BeginsAnew(bool registered)
    {
        Plan(3);
        var former = TaskRuns.Open(_folder["run"]);
        Do(former, 0);
        Do(former, 1);
        Forget(registered);

        Assert.Equal(registered, !Directory.EnumerateFiles(_folder["run/parts"]).Any()); // Where the run is known, before the forget is acknowledged.
        Assert.Equal(LegoNetReason.Busy, Assert.Throws<LegoNetException>(() => Do(former, 2)).Reason);

        var run = TaskRuns.Open(_folder["run"]);
        Assert.NotEqual(former.Digest, run.Digest);
        Assert.False(run.IsDone(0));
        Assert.Empty(Directory.EnumerateFiles(_folder["run/parts"]));
        Assert.Empty(TaskRuns.StatusOf(_folder["run"]).Stuck);
        Complete();
        Assert.Equal(Expected(), File.ReadAllText(Output));
        AssertNothingElse();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Finish_OfAModelThatChangedAfterTheLastTask_BeginsAnew(bool registered)
    {
        Plan(2);
        var run = TaskRuns.Open(_folder["run"]);
        Work(run);
        Forget(registered);

        Assert.Equal(LegoNetReason.Busy, Assert.Throws<LegoNetException>(() => Finish(run)).Reason);

        Assert.Empty(Directory.EnumerateFiles(_folder.Path, "scores*"));
        Assert.Empty(Directory.EnumerateFiles(_folder["run/parts"]));
        Try(() => Work(TaskRuns.Open(_folder["run"]))); // The first task finds the model changed, where no finish did.
        Complete();
        Assert.Equal(Expected(), File.ReadAllText(Output));
    }

    [Fact]
    public void Finish_OfAModelThatChangesWhileItWrites_PublishesNothing()
    {
        Plan(2);
        Work(TaskRuns.Open(_folder["run"]));
        var run = TaskRuns.Open(_folder["run"]);
        var forgot = false;

        var refused = Assert.Throws<LegoNetException>(() => run.Finish(
            new Progress(() =>
        {
            if (!forgot)
            {
                forgot = true;
                Forget(registered: false);
            }
        }),
            TestContext.Current.CancellationToken));

        Assert.True(forgot);
        Assert.Equal(LegoNetReason.Busy, refused.Reason);
        Assert.Empty(Directory.EnumerateFiles(_folder.Path, "scores*"));
        Complete();
        Assert.Equal(Expected(), File.ReadAllText(Output));
    }

    [Fact]
    public void Finish_WithAPieceThatWasAltered_HasItsTaskDoneAgain()
    {
        Plan(3);
        var run = TaskRuns.Open(_folder["run"]);
        Work(run);
        var piece = Directory.EnumerateFiles(_folder["run/parts"], "scores-1-*").Single();
        var bytes = File.ReadAllBytes(piece);
        bytes[7] ^= 1;
        File.WriteAllBytes(piece, bytes);

        var refused = Assert.Throws<LegoNetException>(() => Finish(run));

        Assert.Equal(LegoNetReason.Busy, refused.Reason);
        Assert.Contains("task 1", refused.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFiles(_folder.Path, "scores*"));
        Complete();
        Assert.Equal(Expected(), File.ReadAllText(Output));
    }

    [Fact]
    public void Finish_ThatDiesAtAnyChangeOfAFile_IsGoneOnWith()
    {
        var expected = Expected();
        Plan(3);
        Work(TaskRuns.Open(_folder["run"]));
        Tree.Copy(_folder["run"], _folder["done"]);
        var died = 0;
        for (var (at, failed) = (0, true); failed; at++)
        {
            foreach (var kind in Enum.GetValues<FaultyFiles.Fault>())
            {
                Directory.Delete(_folder["run"], recursive: true);
                Tree.Copy(_folder["done"], _folder["run"]);
                File.Delete(Output);
                var files = new FaultyFiles { FailAt = at, Kind = kind, Dies = true };
                failed = !Try(() => Finish(TaskRuns.Open(_folder["run"], new RunOptions { Files = files })));
                died += failed ? 1 : 0;

                // Nothing half is ever there, and names are only where a run is that can be finished or purged.
                Assert.True(!File.Exists(Output) || File.ReadAllText(Output) == expected);
                if (File.Exists(_folder["run/plan.json"]))
                {
                    Assert.Equal("score", Finish(TaskRuns.Open(_folder["run"])).Kind);
                }
                else
                {
                    Assert.False(Directory.Exists(_folder["run/parts"]) && Directory.EnumerateFiles(_folder["run/parts"]).Any());
                }

                Assert.Equal(expected, File.ReadAllText(Output));
                Assert.Equal([Output], Directory.EnumerateFiles(_folder.Path, "scores*"));
                Directory.CreateDirectory(_folder["run"]);
            }
        }

        Assert.InRange(died, 10, 1000);
    }

    [Fact]
    public void Finish_AfterTheFileHasItsName_SaysTheSameThoughTheModelChanged()
    {
        Plan(2);
        Work(TaskRuns.Open(_folder["run"]));
        var expected = Expected();
        var files = new DyingFiles(_folder["run/plan.json"]);
        Assert.Throws<IOException>(() => Finish(TaskRuns.Open(_folder["run"], new RunOptions { Files = files })));
        _model.Forget("s1");

        Assert.Equal(Output, Finish(TaskRuns.Open(_folder["run"])).Output);

        Assert.Equal(expected, File.ReadAllText(Output));
        AssertNothingElse();
    }

    [Fact]
    public void Finish_AfterOneThatWasKilledWhileItWrote_ReplacesItsDraft()
    {
        Plan(2);
        var run = (ScoreRun)TaskRuns.Open(_folder["run"]);
        Work(run);
        _folder.Write($"scores.csv.{run.Digest}.new", "subject,id,cla");

        Finish(run);

        Assert.Equal(Expected(), File.ReadAllText(Output));
        AssertNothingElse();
    }

    [Fact]
    public void Remove_AfterAFinishThatWasKilled_RemovesItsDraftToo()
    {
        Plan(2);
        var run = (ScoreRun)TaskRuns.Open(_folder["run"]);
        Do(run, 0);
        _folder.Write($"scores.csv.{run.Digest}.new", "subject,id,cla");

        run.Remove();

        Assert.Empty(Directory.EnumerateFiles(_folder.Path, "scores*"));
        Assert.False(Directory.Exists(_folder["run"]));
    }

    [Fact]
    public void Forget_AfterAFinishThatWasKilledWhileItWrote_RemovesItsDraft()
    {
        Plan(2);
        var run = TaskRuns.Open(_folder["run"]);
        Work(run);
        _folder.Write($"scores.csv.{run.Digest}.new", "subject,id,cla");

        Forget(registered: true);

        Assert.Empty(Directory.EnumerateFiles(_folder.Path, "scores*"));
    }

    [Fact]
    public void Forget_WhileAFinishWrites_RemovesItsDraft()
    {
        Plan(2);
        var run = TaskRuns.Open(_folder["run"]);
        Work(run);
        var forgot = false;
        var progress = new Progress(() =>
        {
            if (!forgot)
            {
                forgot = true;
                Assert.NotEmpty(Directory.EnumerateFiles(_folder.Path, "scores*"));
                Forget(registered: true);
                Assert.Empty(Directory.EnumerateFiles(_folder.Path, "scores*"));
            }
        });

        Assert.Equal(LegoNetReason.Busy, Assert.Throws<LegoNetException>(() => run.Finish(progress, TestContext.Current.CancellationToken)).Reason);

        Assert.True(forgot);
        Try(() => Work(TaskRuns.Open(_folder["run"]))); // It finds the model changed.
        Complete();
        Assert.Equal(Expected(), File.ReadAllText(Output));
        AssertNothingElse();
    }

    [Fact]
    public void Forget_WhereTheResultsFolderIsNotThere_IsRefusedUntilTheRunIsPurged()
    {
        Directory.CreateDirectory(_folder["disk/out"]);
        using (var setup = EncoderRegistry.Open(_model))
        {
            TaskRuns.PlanScoring(_folder["run"], _model, setup, Data, _folder["disk/out/scores.csv"], null, null, TestContext.Current.CancellationToken);
        }

        Directory.Move(_folder["disk"], _folder["away"]);

        var refused = Assert.Throws<LegoNetException>(() => _model.Forget("s1"));

        Assert.StartsWith(_folder["disk/out/scores.csv."], refused.Message, StringComparison.Ordinal);
        Assert.Contains("its folder is not there", refused.Message, StringComparison.Ordinal);
        TaskRuns.Purge(_folder["run"]);
        Assert.NotEqual(0, _model.Forget("s1").Records);
    }

    [Fact]
    public void Finish_BeforeTheLastTask_IsRefused()
    {
        Plan(2);
        var run = TaskRuns.Open(_folder["run"]);
        Do(run, 1);
        Assert.Equal(LegoNetReason.Busy, Assert.Throws<LegoNetException>(() => Finish(run)).Reason);
        Assert.False(File.Exists(Output));
    }

    [Fact]
    public void Plan_AndItsParts_AreTheOwnersAlone()
    {
        Plan(2);
        Do(TaskRuns.Open(_folder["run"]), 0);
        if (!OperatingSystem.IsWindows())
        {
            const UnixFileMode Others = (UnixFileMode)0b111111;
            Assert.Equal((UnixFileMode)0, File.GetUnixFileMode(_folder["run"]) & Others);
            foreach (var file in Directory.EnumerateFiles(_folder["run"], "*", SearchOption.AllDirectories))
            {
                Assert.Equal((UnixFileMode)0, File.GetUnixFileMode(file) & Others);
            }
        }
    }

    [Fact]
    public void Plan_OfOneInputTwice_HasAnotherDigestEachTime()
    {
        Plan(2);
        var first = TaskRuns.Open(_folder["run"]).Digest;
        Directory.Delete(_folder["run"], recursive: true);
        Plan(2);
        Assert.NotEqual(first, TaskRuns.Open(_folder["run"]).Digest);
        Assert.DoesNotContain("p2-", File.ReadAllText(_folder["run/plan.json"]), StringComparison.Ordinal);
    }

    private static TaskOutcome Do(ITaskRun run, int task) => run.RunTask(task, null, TestContext.Current.CancellationToken);

    private static void Work(ITaskRun run) => RunWorker.Work(run, null, TestContext.Current.CancellationToken);

    private static RunResult Finish(ITaskRun run) => run.Finish(null, TestContext.Current.CancellationToken);

    private static bool Try(Action act)
    {
        try
        {
            act();
            return true;
        }
        catch (Exception e) when (e is IOException or LegoNetException)
        {
            return false;
        }
    }

    private static string Csv(int records, int seed)
    {
        var random = new Random(seed);
        var text = new StringBuilder("subject,id,label,a,b,c,d,e\n");
        for (var i = 0; i < records; i++)
        {
            // A name that has to be quoted, among others.
            var subject = i % 9 == 4 ? "\"s, \"\"4\"\"\"" : $"s{i % 9}";
            text.Append(CultureInfo.InvariantCulture, $"{subject},p{seed}-{i},{s_classes[i % s_classes.Length]}");
            for (var j = 0; j < Dimension; j++)
            {
                text.Append(CultureInfo.InvariantCulture, $",{(random.NextDouble() * 6) - 3 + (i % 3 == j ? 2 : 0):R}");
            }

            text.Append('\n');
        }

        return text.ToString();
    }

    private void Plan(int tasks)
    {
        using var setup = EncoderRegistry.Open(_model);
        TaskRuns.PlanScoring(_folder["run"], _model, setup, Data, Output, new ScorePlanOptions { Tasks = tasks }, null, TestContext.Current.CancellationToken);
    }

    private void Forget(bool registered)
    {
        if (!registered)
        {
            File.Delete(_folder["model.run.json"]);
        }

        _model.Forget("s1");
    }

    private void Complete()
    {
        var run = TaskRuns.Open(_folder["run"], new RunOptions { Threads = 1 });
        Work(run);
        Finish(run);
    }

    /// <summary>What the model says now, in one go.</summary>
    private string Expected()
    {
        using var setup = EncoderRegistry.Open(_model);
        var source = ScoreRun.OpenSource(Data, null, setup.InputKind);
        return "subject,id,class,score,probability\n"
            + string.Concat(_model.Score(source, setup.Encoder).Select(scored => ScoreTable.Line(_model.Spec.Task, scored)));
    }

    private void AssertNothingElse()
    {
        Assert.False(Directory.Exists(_folder["run"]));
        Assert.Equal([Output], Directory.EnumerateFiles(_folder.Path, "scores*"));
    }

    private sealed class Progress(Action act) : IProgress<LegoNetProgress>
    {
        public void Report(LegoNetProgress value) => act();
    }

    /// <summary>Dies before a file is removed.</summary>
    private sealed class DyingFiles(string at) : TestHost.PassingFiles(PhysicalFileLayer.Instance)
    {
        public override void Delete(string path)
        {
            if (path == at)
            {
                throw new IOException("The process is dead.");
            }

            base.Delete(path);
        }
    }
}
