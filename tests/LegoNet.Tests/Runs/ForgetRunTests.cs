using FsCheck;
using FsCheck.Fluent;
using LegoNet.Audit;
using LegoNet.Caching;
using LegoNet.Data;
using LegoNet.Encoders;
using LegoNet.Files;
using LegoNet.Pipelines;
using LegoNet.Records;
using LegoNet.Runs;
using LegoNet.Specs;
using LegoNet.Tests.Support;

namespace LegoNet.Tests.Runs;

/// <summary>A forget in tasks is the forget of one machine; and whoever asks meanwhile does not wait for it, nor is kept in it.</summary>
public class ForgetRunTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(LearningTask.Multiclass, null, 12)]
    [InlineData(LearningTask.Binary, null, 4)]
    [InlineData(LearningTask.Regression, null, 4)]
    [InlineData(LearningTask.Multilabel, null, 4)]
    [InlineData(LearningTask.Multiclass, Models.Softmax, 3)]
    [InlineData(LearningTask.Multiclass, Models.Auto, 3)]
    public void Forget_InAnyTasksInAnyOrder_IsTheForgetOfOneMachine(LearningTask task, string? adapter, int count)
        => Prop.ForAll(Gen.Choose(0, int.MaxValue).ToArbitrary(), seed => Run(task, adapter, seed)).Check(Config.QuickThrowOnFailure.WithMaxTest(count));

    [Fact]
    public void Forget_OfAllRecords_LeavesAnEmptyModel()
    {
        using var folder = Folder(40, segmentRows: 2);
        var targets = Enumerable.Range(0, 40).Select(i => new ForgetTarget($"subject-{i}")).ToArray();
        AssertSameForget(folder, targets, tasks: 3);
    }

    [Fact]
    public void Task_ThatFindsTheTrieDamaged_HasItMadeAgain()
    {
        // All codes are alike, so whoever counts copies looks at every record.
        using var folder = new TempFolder(inMemory: true);
        var definition = Models.Definition(LearningTask.Multiclass, 2, 1, segmentRows: 2, dimension: 2);
        var records = Enumerable.Range(0, 40).Select(i => Models.Record(definition.Spec, i, 0) with { Code = [1, 1] });
        LegoNetModel.Train(folder["model"], definition, records, cancellationToken: Stop).Dispose();
        var targets = Enumerable.Range(0, 10).Select(i => new ForgetTarget($"subject-{i}")).ToArray();
        Copy(folder, "model", "single");
        using var single = LegoNetModel.Open(folder["single"]);
        var expected = single.Forget(targets, cancellationToken: Stop);
        Assert.Equal(30, expected.SameCodeElsewhere);

        var run = TaskRuns.PlanForget(folder["run"], folder["model"], targets, options: new PlanOptions { IsTrial = true, Tasks = 2 });
        foreach (var task in Enumerable.Range(0, run.Stages[0].Count))
        {
            run.RunTask(task, cancellationToken: Stop);
        }

        foreach (var file in Directory.EnumerateFiles(folder["run/model/records"], "*.safetensors"))
        {
            var bytes = File.ReadAllBytes(file);
            bytes[^1] ^= 1;
            File.WriteAllBytes(file, bytes);
        }

        var outcomes = Enumerable.Range(run.Stages[1].First, run.Stages[1].Count).Select(task => run.RunTask(task, cancellationToken: Stop)).ToArray();
        Assert.Contains(TaskOutcome.NotReady, outcomes);
        RunWorker.Work(run, cancellationToken: Stop);
        Assert.Equal(30, run.Finish(cancellationToken: Stop).Receipt!.SameCodeElsewhere);
        Tree.AssertSameModel(folder["single"], folder["model"]);
    }

    [Fact]
    public void Plan_TellsNothingOfWhoIsForgotten()
    {
        using var folder = Folder(30, segmentRows: 2);
        var run = TaskRuns.PlanForget(folder["run"], folder["model"], [new ForgetTarget("subject-7"), new ForgetTarget("subject-8", "id-0")]);
        RunWorker.Work(run, cancellationToken: Stop);
        foreach (var file in Directory.EnumerateFiles(folder["run"], "*", SearchOption.AllDirectories))
        {
            var text = System.Text.Encoding.Latin1.GetString(File.ReadAllBytes(file));
            Assert.DoesNotContain("subject-", text.Replace("subjects", "", StringComparison.Ordinal), StringComparison.Ordinal);
            Assert.DoesNotContain("id-0", text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Forget_OfSomebodyUnknown_FailsAndNamesTheRequest_UnlessThatIsIgnored()
    {
        using var folder = Folder(30, segmentRows: 2);
        ForgetTarget[] targets = [new("subject-1"), new("nobody"), new("subject-2", "id-9")];
        var run = TaskRuns.PlanForget(folder["run"], folder["model"], targets, requests: "requests.txt", options: new PlanOptions { Tasks = 1 });
        var e = Assert.Throws<LegoNetException>(() => RunWorker.Work(run, cancellationToken: Stop));
        Assert.Equal("requests.txt: nothing is stored of request 2 and 1 more, so nothing was forgotten.", e.Message);
        TaskRuns.Purge(folder["run"]);
        Assert.False(Directory.Exists(folder["run"]));
        run = TaskRuns.PlanForget(folder["run"], folder["model"], targets, ignoreUnknown: true);
        RunWorker.Work(run, cancellationToken: Stop);
        Assert.Equal(3, run.Finish(cancellationToken: Stop).Receipt!.Records);
    }

    [Fact]
    public void Forget_WhileAnotherIsUnderWay_IsDoneAtOnce_AndTheRunBeginsAnewWithoutThem()
    {
        using var folder = Folder(60, segmentRows: 2);
        Copy(folder, "model", "single");
        ForgetTarget[] targets = [new ForgetTarget("subject-3"), new ForgetTarget("subject-4")];
        var run = TaskRuns.PlanForget(folder["run"], folder["model"], targets, options: new PlanOptions { Tasks = 4 });
        RunWorker.Work(run, cancellationToken: Stop);
        using (var model = LegoNetModel.Open(folder["model"]))
        {
            model.Forget("subject-5");
            model.Forget("subject-4");
        }

        // Before the other forgets were acknowledged, all went that had been made of their records.
        Assert.Empty(Directory.EnumerateFiles(Path.Combine(folder["run"], "parts")));
        Assert.Empty(Directory.EnumerateFiles(Path.Combine(folder["run"], "model"), "*", SearchOption.AllDirectories));
        var e = Assert.Throws<LegoNetException>(() => Continue(run));
        Assert.Equal(LegoNetReason.Busy, e.Reason);
        e = Assert.Throws<LegoNetException>(() => Continue(TaskRuns.Open(folder["run"])));
        Assert.Equal(LegoNetReason.Busy, e.Reason);
        Assert.Contains("begins anew", e.Message, StringComparison.Ordinal);
        var anew = TaskRuns.Open(folder["run"]);
        Assert.NotEqual(run.Digest, anew.Digest);
        e = Assert.Throws<LegoNetException>(() => run.RunTask(0, cancellationToken: Stop));
        Assert.Contains("began anew", e.Message, StringComparison.Ordinal);
        Continue(anew);
        using (var single = LegoNetModel.Open(folder["single"]))
        {
            single.Forget([new ForgetTarget("subject-3"), new ForgetTarget("subject-4"), new ForgetTarget("subject-5")], cancellationToken: Stop);
        }

        Tree.AssertSameModel(folder["single"], folder["model"]);
        Assert.False(Directory.Exists(folder["run"]));
        Assert.Empty(TaskRuns.Of(folder["model"]));

        static void Continue(ITaskRun run)
        {
            RunWorker.Work(run, cancellationToken: Stop);
            run.Finish(cancellationToken: Stop);
        }
    }

    [Fact]
    public void Finish_AfterSomebodyForgotAPartOfTheRequest_ForgetsTheRest()
    {
        using var folder = Folder(60, segmentRows: 2);
        var run = TaskRuns.PlanForget(folder["run"], folder["model"], [new ForgetTarget("subject-3"), new ForgetTarget("subject-4")]);
        RunWorker.Work(run, cancellationToken: Stop);
        using (var model = LegoNetModel.Open(folder["model"]))
        {
            model.Forget("subject-3");
        }

        // From the same state, and of nobody else: not this run's forget all the same.
        Assert.Throws<LegoNetException>(() => TaskRuns.Open(folder["run"]).Finish(cancellationToken: Stop));
        Assert.True(TaskRuns.IsRun(folder["run"]));
        Assert.Throws<LegoNetException>(() => RunWorker.Work(TaskRuns.Open(folder["run"]), cancellationToken: Stop));
        var anew = TaskRuns.Open(folder["run"]);
        RunWorker.Work(anew, cancellationToken: Stop);
        Assert.Equal(3, anew.Finish(cancellationToken: Stop).Receipt!.Records);
        using var after = LegoNetModel.Open(folder["model"]);
        Assert.Empty(after.Inspect("subject-4").Records);
    }

    [Fact]
    public void Forget_OfSomebodyUnknown_IsNotPassedOverSinceTheRunBeganAnew()
    {
        using var folder = Folder(60, segmentRows: 2);
        var run = TaskRuns.PlanForget(folder["run"], folder["model"], [new ForgetTarget("subject-3"), new ForgetTarget("subject-44444")]);
        using (var model = LegoNetModel.Open(folder["model"]))
        {
            model.Forget("subject-3");
        }

        Assert.Throws<LegoNetException>(() => RunWorker.Work(run, cancellationToken: Stop));
        var e = Assert.Throws<LegoNetException>(() => RunWorker.Work(TaskRuns.Open(folder["run"]), cancellationToken: Stop));
        Assert.Equal("nothing is stored of request 2, so nothing was forgotten.", e.Message);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(int.MaxValue)]
    public void Run_WhoseModelWasReplacedByOneWithAnotherSpec_SaysSo(int tasks)
    {
        using var folder = Folder(60, segmentRows: 2);
        var run = TaskRuns.PlanForget(folder["run"], folder["model"], [new ForgetTarget("subject-3")]);
        for (var task = 0; task < Math.Min(tasks, run.Stages.Sum(s => s.Count)); task++)
        {
            Assert.Equal(TaskOutcome.Done, run.RunTask(task, cancellationToken: Stop));
        }

        var other = Models.Definition(adapters: 7, segmentRows: 4);
        LegoNetModel.Train(folder["model"], other, Rows(other.Spec, 60), new ModelOptions { Replace = true }, cancellationToken: Stop).Dispose();
        var before = Tree.Read(folder["model"]);
        var e = Assert.Throws<LegoNetException>(() =>
        {
            var opened = TaskRuns.Open(folder["run"]);
            RunWorker.Work(opened, cancellationToken: Stop);
            opened.Finish(cancellationToken: Stop);
        });

        Assert.StartsWith($"{folder["run"]}: the model was replaced by one with another spec since the run was planned; ", e.Message, StringComparison.Ordinal);
        Assert.Contains("purge the run, and plan it again", e.Message, StringComparison.Ordinal);
        Assert.Equal(before, Tree.Read(folder["model"]));
        TaskRuns.Purge(folder["run"]);
        var again = TaskRuns.PlanForget(folder["run"], folder["model"], [new ForgetTarget("subject-3")]);
        RunWorker.Work(again, cancellationToken: Stop);
        Assert.Equal(3, again.Finish(cancellationToken: Stop).Receipt!.Records);
    }

    [Fact]
    public async Task Task_BegunWhileAForgetIsCommitted_PublishesNothing()
    {
        using var folder = Folder(60, segmentRows: 2);
        var run = TaskRuns.PlanForget(folder["run"], folder["model"], [new ForgetTarget("subject-3")], options: new PlanOptions { Tasks = 1 });
        var paths = new LegoNet.Store.RunPaths(folder["run"]);
        var layer = LegoNet.Files.PhysicalFileLayer.Instance;
        Task<TaskOutcome> task;
        using (LegoNet.Store.RunGate.Close(paths, layer, shred: false))
        {
            task = Task.Run(() => run.RunTask(0, cancellationToken: Stop), Stop);
            while (!task.IsCompleted && !Directory.EnumerateFiles(paths.Drafts, "*", SearchOption.AllDirectories).Any())
            {
                await Task.Delay(TimeSpan.FromMilliseconds(10), Stop);
            }

            Assert.NotSame(task, await Task.WhenAny(task, Task.Delay(TimeSpan.FromSeconds(1), Stop))); // It waits to publish.
        }

        Assert.Equal(TaskOutcome.NotReady, await task);
        Assert.Empty(Directory.EnumerateFiles(paths.Parts));
        Assert.Empty(Directory.EnumerateFiles(paths.Done));
    }

    [Fact]
    public void Task_UnderWayWhenTheRunBeginsAnew_PublishesNothing()
    {
        using var folder = Folder(60, segmentRows: 2);
        var run = TaskRuns.PlanForget(folder["run"], folder["model"], [new ForgetTarget("subject-3")], options: new PlanOptions { Tasks = 1 });
        var forgotten = false;
        var progress = new Told(() =>
        {
            if (!forgotten)
            {
                forgotten = true;
                using var model = LegoNetModel.Open(folder["model"]);
                model.Forget("subject-9");
            }
        });
        foreach (var stage in run.Stages.SkipLast(1))
        {
            Assert.Equal(TaskOutcome.Done, run.RunTask(stage.First, cancellationToken: Stop));
        }

        var outcome = Record.Exception(() => Assert.Equal(TaskOutcome.NotReady, run.RunTask(run.Stages[^1].First, progress, Stop)));
        Assert.True(outcome is null or IOException or LegoNetException { Reason: LegoNetReason.Busy }, outcome?.ToString());
        Assert.True(forgotten);
        Assert.Empty(Directory.EnumerateFiles(Path.Combine(folder["run"], "model"), "*", SearchOption.AllDirectories));
        Assert.Empty(Directory.EnumerateFiles(Path.Combine(folder["run"], "done")));
    }

    [Fact]
    public void Forget_OfAModelThatARunIsStillMaking_IsDoneBeforeItTakesItsName()
    {
        using var run = new RunCase(RunCase.Records(200));
        run.Train();
        run.Plan(3);
        Assert.Equal([run.Run], TaskRuns.Of(run.Model));
        Assert.Equal([run.Run], TaskRuns.Forget(run.Model, [new ForgetTarget("s3"), new ForgetTarget("nobody")]));
        var e = Assert.Throws<LegoNetException>(() => TaskRuns.Purge(run.Run));
        Assert.StartsWith($"{run.Run}: 1 forget was noted in this run and would be lost with it", e.Message, StringComparison.Ordinal);
        RunWorker.Work(run.Open(), cancellationToken: Stop);
        Assert.Equal([run.Run], TaskRuns.Forget(run.Model, [new ForgetTarget("s5")]));
        run.Open(PhysicalFileLayer.Instance).Finish(cancellationToken: Stop); // What the finish wrote and the forget unlinked is not there to be flushed.
        using (var single = LegoNetModel.Open(run.Single, new ModelOptions { TagKeyPath = run.Key }))
        {
            single.Forget([new ForgetTarget("s3"), new ForgetTarget("s5")], cancellationToken: Stop);
        }

        Tree.AssertSameModel(run.Single, run.Model);
        using var model = LegoNetModel.Open(run.Model, new ModelOptions { TagKeyPath = run.Key });
        Assert.Equal(["train", "forget"], Entries(model));
        Assert.True(model.Verify(cancellationToken: Stop).IsExact);
        Assert.Empty(TaskRuns.Forget(run.Model, [new ForgetTarget("s1")])); // It is there now, and to be asked itself.
    }

    [Fact]
    public void Finish_PurgesRegisteredCaches_ThoughTheRunKnowsNoNames()
    {
        using var folder = new TempFolder(inMemory: true);
        var definition = Models.Definition(segmentRows: 2);
        using var encoder = new CodesEncoder(definition.Spec);
        EncodingCache.Open(folder["cache"], encoder).Dispose();
        using (var model = LegoNetModel.Train(folder["model"], definition, Rows(definition.Spec, 40), cancellationToken: Stop))
        {
            model.RegisterCache(folder["cache"]);
        }

        var run = TaskRuns.PlanForget(folder["run"], folder["model"], [new ForgetTarget("subject-3"), new ForgetTarget("subject-4", "id-1")]);
        RunWorker.Work(run, cancellationToken: Stop);

        // What comes into the cache between the plan and the finish goes too.
        using (var cache = EncodingCache.Open(folder["cache"], encoder))
        {
            var records = Rows(definition.Spec, 40).Select(r => new SourceRecord(r.Subject, r.Id, r.Label, new TextInput(r.Origin), r.Origin)).ToArray();
            cache.Encoder.Encode(records, new sbyte[records.Length * definition.Spec.Dimension]);
        }

        Assert.Equal(4, run.Finish(cancellationToken: Stop).Receipt!.CachesPurged);
        Assert.Equal(0, EncodingCache.Purge(folder["cache"], [new ForgetTarget("subject-3"), new ForgetTarget("subject-4", "id-1")]));
        Assert.Equal(3, EncodingCache.Purge(folder["cache"], [new ForgetTarget("subject-5")]));
    }

    [Fact]
    public void Finish_WhoseCacheCannotBePurged_NeedsNoTaskAgainOnceItCan()
    {
        using var folder = new TempFolder(inMemory: true);
        var definition = Models.Definition(segmentRows: 2);
        using var encoder = new CodesEncoder(definition.Spec);
        using (var cache = EncodingCache.Open(folder["cache"], encoder))
        {
            var records = Rows(definition.Spec, 40).Select(r => new SourceRecord(r.Subject, r.Id, r.Label, new TextInput(r.Origin), r.Origin)).ToArray();
            cache.Encoder.Encode(records, new sbyte[records.Length * definition.Spec.Dimension]);
        }

        using (var model = LegoNetModel.Train(folder["model"], definition, Rows(definition.Spec, 40), cancellationToken: Stop))
        {
            model.RegisterCache(folder["cache"]);
        }

        Copy(folder, "model", "single");
        using (var single = LegoNetModel.Open(folder["single"]))
        {
            single.Forget("subject-3");
        }

        var run = TaskRuns.PlanForget(folder["run"], folder["model"], [new ForgetTarget("subject-3")]);
        RunWorker.Work(run, cancellationToken: Stop);
        Tree.Copy(folder["cache"], folder["kept"]);
        foreach (var file in Directory.EnumerateFiles(folder["cache"], "*.safetensors", SearchOption.AllDirectories))
        {
            File.WriteAllBytes(file, new byte[100]);
        }

        var e = Assert.Throws<LegoNetException>(() => run.Finish(cancellationToken: Stop));
        Assert.Equal(LegoNetError.Damaged, e.Error);
        Tree.Copy(folder["kept"], folder["cache"]);
        Assert.Equal(3, TaskRuns.Open(folder["run"]).Finish(cancellationToken: Stop).Receipt!.Records);
        Tree.AssertSameModel(folder["single"], folder["model"]);
        Assert.False(Directory.Exists(folder["run"]));
    }

    [Fact]
    public void Purge_OfATrainingThatIsGivenUp_LeavesNothing()
    {
        using var folder = new TempFolder(inMemory: true);
        folder.Write("data.csv", "subject,id,label,x\na,1,no,3\nb,2,yes,-5\n");
        var spec = PipelineSpec.Load(folder.Write("spec.json", """
            {
              "task": "binary", "classes": ["no", "yes"],
              "source": { "type": "vectors", "path": "data.csv", "subject": "subject", "id": "id", "label": "label" },
              "encoder": { "type": "vector", "dimension": 1, "min": -127, "max": 127 },
              "routing": { "adapters": 1, "active": 1 }, "adapter": { "trainer": "ridge", "lambda": 10 }
            }
            """));
        using var setup = spec.CreateEncoder(cancellationToken: Stop);
        var run = TaskRuns.PlanTraining(folder["run"], spec, setup, folder["model"], cancellationToken: Stop);
        run.RunTask(0, cancellationToken: Stop);
        Assert.Equal(1, TaskRuns.StatusOf(folder["run"]).Done);
        TaskRuns.Purge(folder["run"]);
        var entries = Directory.EnumerateFileSystemEntries(folder.Path).Select(e => Path.GetFileName(e)!);
        Assert.Equal(["data.csv", "spec.json"], entries.Order(StringComparer.Ordinal));
    }

    private static void Run(LearningTask task, string? adapter, int seed)
    {
        var random = new Random(seed); // Choices of the test, not of the product.
        var subjects = random.Next(1, adapter is null ? 400 : 80);
        using var folder = Folder(
            subjects, task, adapter, segmentRows: random.Next(2) == 0 ? 2 : 64, adapters: random.Next(1, 9), lowDimension: random.Next(2) == 0);
        var targets = Enumerable.Range(0, random.Next(1, 40))
            .Select(_ => new ForgetTarget($"subject-{random.Next(subjects)}", random.Next(3) == 0 ? $"id-{random.Next(3)}" : null))
            .ToArray();
        AssertSameForget(folder, targets, random.Next(1, 12), random.Next(3) == 0 ? 20_000 : 1L << 30, random);
    }

    private static void AssertSameForget(TempFolder folder, ForgetTarget[] targets, int tasks, long memory = 1L << 30, Random? random = null)
    {
        Copy(folder, "model", "single");
        Receipt expected;
        using (var single = LegoNetModel.Open(folder["single"]))
        {
            expected = single.Forget(targets, cancellationToken: Stop);
        }

        var run = TaskRuns.PlanForget(folder["run"], folder["model"], targets, options: new PlanOptions { IsTrial = true, Tasks = tasks, Memory = memory });
        foreach (var stage in run.Stages)
        {
            var numbers = Enumerable.Range(stage.First, stage.Count).ToArray();
            random?.Shuffle(numbers);
            foreach (var number in numbers)
            {
                var opened = TaskRuns.Open(folder["run"], new RunOptions { Threads = 1 + (number % 3) });
                Assert.Equal(TaskOutcome.Done, opened.RunTask(number, cancellationToken: Stop));
            }

            var again = numbers[0];
            Assert.Equal(TaskOutcome.DoneBefore, run.RunTask(again, cancellationToken: Stop));
            File.Delete(Path.Combine(folder["run"], "done", $"{again:D6}.json"));
            Assert.Equal(TaskOutcome.Done, TaskRuns.Open(folder["run"]).RunTask(again, cancellationToken: Stop));
        }

        var receipt = TaskRuns.Open(folder["run"]).Finish(cancellationToken: Stop).Receipt!;
        Tree.AssertSameModel(folder["single"], folder["model"]);
        Assert.Equal(expected.RootAfter, receipt.RootAfter);
        Assert.Equal(expected.Records, receipt.Records);
        Assert.Equal(expected.SameCodeElsewhere, receipt.SameCodeElsewhere);
        Assert.Equal(expected.Adapters, receipt.Adapters);
        Assert.Equal(expected.Tags.Count, receipt.Tags.Count);
        Assert.False(Directory.Exists(folder["run"]));
        using var model = LegoNetModel.Open(folder["model"]);
        Assert.True(model.Verify(cancellationToken: Stop).IsExact);
        Assert.True(model.VerifyReceipt(receipt).Holds);
    }

    private static TempFolder Folder(
        int subjects, LearningTask task = LearningTask.Multiclass, string? adapter = null, int segmentRows = 4, int adapters = 5, bool lowDimension = false)
    {
        var folder = new TempFolder(inMemory: true);
        var dimension = lowDimension ? 2 : Models.Dimension;
        var definition = Models.Definition(task, adapters, Math.Min(2, adapters), segmentRows, dimension: dimension, adapter: adapter);
        LegoNetModel.Train(folder["model"], definition, Rows(definition.Spec, subjects), cancellationToken: Stop).Dispose();
        return folder;
    }

    // Of short codes some are alike.
    private static IEnumerable<EncodedRecord> Rows(ModelSpec spec, int subjects)
        => Enumerable.Range(0, subjects).SelectMany(subject => Enumerable.Range(0, 3).Select(id =>
        {
            var record = Models.Record(spec, subject, id);
            return spec.Dimension > 2 ? record : record with { Code = [.. record.Code.Select(c => (sbyte)(c / 10))] };
        }));

    private static void Copy(TempFolder folder, string from, string to)
    {
        Tree.Copy(folder[from], folder[to]);
        foreach (var file in Directory.EnumerateFiles(folder.Path, from + ".*"))
        {
            File.Copy(file, folder[to + Path.GetFileName(file)[from.Length..]]);
        }
    }

    private static string[] Entries(LegoNetModel model) => [.. model.History.Entries().Select(e => e.Operation)];

    private sealed class Told(Action action) : IProgress<LegoNetProgress>
    {
        public void Report(LegoNetProgress value) => action();
    }

    private sealed class CodesEncoder(ModelSpec spec) : ICodeEncoder
    {
        public int Dimension => spec.Dimension;

        public EncoderFingerprint Fingerprint => spec.Fingerprint;

        public int BatchSize => 16;

        public void Encode(IReadOnlyList<SourceRecord> records, Span<sbyte> codes) => codes.Clear();

        public void Dispose()
        {
        }
    }
}
