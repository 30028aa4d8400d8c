using LegoNet.Files;
using LegoNet.Pipelines;
using LegoNet.Records;
using LegoNet.Runs;
using LegoNet.Store;
using LegoNet.Tests.Support;

namespace LegoNet.Tests.Runs;

/// <summary>Runs that are given up, and runs whose directory is not where it was.</summary>
public sealed class RunPurgeTests : IDisposable
{
    private readonly TempFolder _folder = new(inMemory: true);
    private readonly PipelineSpec _spec;

    public RunPurgeTests()
    {
        _folder.Write("data.csv", "subject,id,label,x\na,1,no,3\nb,2,yes,-5\nc,3,yes,-50\n");
        _spec = PipelineSpec.Load(_folder.Write("spec.json", """
            {
              "task": "binary", "classes": ["no", "yes"],
              "source": { "type": "vectors", "path": "data.csv", "subject": "subject", "id": "id", "label": "label" },
              "encoder": { "type": "vector", "dimension": 1, "min": -127, "max": 127 },
              "routing": { "adapters": 1, "active": 1 }, "adapter": { "trainer": "ridge", "lambda": 10 }
            }
            """));
    }

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private string Run => _folder["run"];

    private string Model => _folder["model"];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData((int)FaultyFiles.Fault.Before, true)]
    [InlineData((int)FaultyFiles.Fault.Before, false)]
    [InlineData((int)FaultyFiles.Fault.After, true)]
    [InlineData((int)FaultyFiles.Fault.After, false)]
    public void Purge_AfterAFinishThatFailedAtAnyOperation_LeavesNothing(int fault, bool dies)
    {
        var (left, made) = (0, 0);
        for (var failed = true; failed;)
        {
            Plan();
            RunWorker.Work(TaskRuns.Open(Run), cancellationToken: Stop);
            var files = new FaultyFiles { FailAt = left + made, Kind = (FaultyFiles.Fault)fault, Dies = dies };
            _ = Record.Exception(() => TaskRuns.Open(Run, new RunOptions { Files = files }).Finish(cancellationToken: Stop));
            failed = files.Failed;
            if (Directory.Exists(Model))
            {
                made++;
                using (var model = LegoNetModel.Open(Model))
                {
                    Assert.Equal(1, model.Forget("a").Records); // It has its keys.
                }

                DeleteRest();
            }
            else
            {
                left++;
                TaskRuns.Purge(Run);
                AssertNothingElse();
            }
        }

        Assert.True(left > 10 && made > 10, $"{left} before the model had its name, {made} after");
    }

    [Fact]
    public void Purge_WhereAModelOrAnotherRunUsesTheKeys_LeavesThem()
    {
        Plan();
        Plan(_folder["other"]);
        RunWorker.Work(TaskRuns.Open(Run), cancellationToken: Stop);
        File.WriteAllText(Model, "in the way");
        Assert.Throws<LegoNetException>(() => TaskRuns.Open(Run).Finish(cancellationToken: Stop));
        File.Delete(Model);
        TaskRuns.Purge(Run);
        Assert.True(File.Exists(_folder["model.key"]));
        RunWorker.Work(TaskRuns.Open(_folder["other"]), cancellationToken: Stop);
        TaskRuns.Open(_folder["other"]).Finish(cancellationToken: Stop);
        Plan(_folder["third"], _folder["model2"]);
        Directory.Move(Model, _folder["model2"]);
        File.Move(_folder["model.signing.pem"], _folder["model2.signing.pem"]);
        TaskRuns.Purge(_folder["third"]);
        Assert.True(File.Exists(_folder["model2.signing.pem"]));
        Assert.True(File.Exists(_folder["model2.key"]));
    }

    [Fact]
    public void Purge_OfARunOfAnotherVersionThatSomebodyIsAt_IsRefused()
    {
        Plan();
        BeOfAnotherVersion();
        var paths = new RunPaths(Run);
        using (FileLock.TryTake(paths.ClaimOn(1), exclusive: true, paths.Look))
        {
            var e = Assert.Throws<LegoNetException>(() => TaskRuns.Purge(Run));
            Assert.Equal(LegoNetReason.Busy, e.Reason);
            Assert.Contains("somebody is at it", e.Message, StringComparison.Ordinal);
            Assert.True(File.Exists(paths.Plan));
        }

        TaskRuns.Purge(Run);
        Assert.False(Directory.Exists(Run));
    }

    [Fact]
    public void Forget_KilledAsItWasNoted_IsNoNote()
    {
        Plan();
        TaskRuns.Forget(Model, [new ForgetTarget("a")]);
        var requests = new RunPaths(Run).Requests;
        File.Delete(Assert.Single(Directory.GetFiles(requests)));
        File.WriteAllText(Path.Combine(requests, $"{Guid.NewGuid():N}.safetensors.{Guid.NewGuid():N}.new"), "");
        TaskRuns.Purge(Run);
        Assert.False(Directory.Exists(Run));
    }

    [Fact]
    public void Purge_OfARunOfAnotherVersionThatNotedAForget_IsRefused()
    {
        Plan();
        Assert.Equal([Run], TaskRuns.Forget(Model, [new ForgetTarget("a")]));
        BeOfAnotherVersion();
        Assert.Contains("1 forget was noted", Assert.Throws<LegoNetException>(() => TaskRuns.Purge(Run)).Message, StringComparison.Ordinal);
        Assert.True(TaskRuns.IsRun(Run));
    }

    [Fact]
    public void Forget_WhileARunIsOutOfReach_IsRefusedUntilItIsBackOrGivenUp()
    {
        Train();
        var run = _folder["disk/runs/forget"];
        TaskRuns.PlanForget(run, Model, [new ForgetTarget("a")]);
        Directory.Move(_folder["disk"], _folder["away"]);
        var before = Tree.Read(Model);

        using var model = LegoNetModel.Open(Model);
        foreach (var forget in (Action[])[() => model.Forget("b"), () => TaskRuns.PlanForget(Run, Model, [new ForgetTarget("b")])])
        {
            var e = Assert.Throws<LegoNetException>(forget);
            Assert.Equal(LegoNetReason.RunUnreachable, e.Reason);
            Assert.StartsWith($"{run}: this run is not there", e.Message, StringComparison.Ordinal);
        }

        Assert.Equal(before, Tree.Read(Model));
        Assert.False(Directory.Exists(Run));
        Assert.Equal([run], TaskRuns.Of(Model));
        model.Correct("b", "2", "no"); // Of a label nothing is to be forgotten.
        Directory.Move(_folder["away"], _folder["disk"]);
        Assert.Equal(1, model.Forget("b").Records);
        Assert.Contains("can be purged", Assert.Throws<LegoNetException>(() => TaskRuns.Drop(Model, run)).Message, StringComparison.Ordinal);

        Directory.Move(_folder["disk"], _folder["away"]);
        TaskRuns.Drop(Model, run);
        Assert.Equal(1, model.Forget("c").Records);
        Assert.Empty(TaskRuns.Of(Model));
    }

    [Fact]
    public void Forget_WhereOnlyTheRunDirectoryIsGone_IsMade()
    {
        Train();
        TaskRuns.PlanForget(_folder["runs/forget"], Model, [new ForgetTarget("a")]);
        Directory.Delete(_folder["runs/forget"], recursive: true);
        using var model = LegoNetModel.Open(Model);
        Assert.Equal(1, model.Forget("b").Records);
        Assert.Empty(TaskRuns.Of(Model));
    }

    private void Plan(string? run = null, string? model = null)
    {
        using var setup = _spec.CreateEncoder(cancellationToken: Stop);
        TaskRuns.PlanTraining(run ?? Run, _spec, setup, model ?? Model, cancellationToken: Stop);
    }

    private void Train()
    {
        Plan();
        RunWorker.Work(TaskRuns.Open(Run), cancellationToken: Stop);
        TaskRuns.Open(Run).Finish(cancellationToken: Stop);
    }

    private void BeOfAnotherVersion()
    {
        var plan = Path.Combine(Run, "plan.json");
        File.WriteAllText(plan, File.ReadAllText(plan).Replace(RunPlan.Version, "0.0.7", StringComparison.Ordinal));
    }

    private void DeleteRest()
    {
        foreach (var entry in new DirectoryInfo(_folder.Path).EnumerateFileSystemInfos().Where(e => e.Name is not ("data.csv" or "spec.json")).ToArray())
        {
            if (entry is DirectoryInfo directory)
            {
                directory.Delete(recursive: true);
            }
            else
            {
                entry.Delete();
            }
        }
    }

    private void AssertNothingElse()
        => Assert.Equal(
            ["data.csv", "spec.json"],
            Directory.EnumerateFileSystemEntries(_folder.Path).Select(e => Path.GetFileName(e)!).Order(StringComparer.Ordinal));
}
