using LegoNet.Records;
using LegoNet.Runs;
using LegoNet.Tests.Support;

namespace LegoNet.Tests.Runs;

/// <summary>Forgets in tasks whose finish fails, is cut short, or loses files: the model is as it was, or as one machine's forget makes it.</summary>
public sealed class ForgetRunFaultTests : IDisposable
{
    private static readonly ForgetTarget[] s_targets = [new("s3"), new("s5")];
    private readonly RunCase _case = new(RunCase.Records(60, dimension: 1), dimension: 1, adapters: 2);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => _case.Dispose();

    [Theory]
    [InlineData((int)FaultyFiles.Fault.Before, true, false)]
    [InlineData((int)FaultyFiles.Fault.Before, false, false)]
    [InlineData((int)FaultyFiles.Fault.Half, true, false)]
    [InlineData((int)FaultyFiles.Fault.Half, false, false)]
    [InlineData((int)FaultyFiles.Fault.After, true, false)]
    [InlineData((int)FaultyFiles.Fault.After, false, false)]
    [InlineData((int)FaultyFiles.Fault.Half, true, true)]
    [InlineData((int)FaultyFiles.Fault.Half, false, true)]
    public void Finish_FailsAtAnyOperation_ForgetsTheNextTime(int fault, bool dies, bool shred)
    {
        var former = Plan(shred);
        RunWorker.Work(_case.Open(), cancellationToken: Stop);
        int before = 0, after = 0;
        _case.FailFinishAtAnyOperation((FaultyFiles.Fault)fault, dies, failure =>
        {
            if (dies)
            {
                _case.DoTasksAgain();
            }

            if (Root() == former)
            {
                before++;
                if (!dies)
                {
                    Assert.Contains("nothing is lost", failure!.Message, StringComparison.Ordinal);
                }

                // No task has to be done again, whether the commit undid what it had done, or recovery.
                Assert.Equal(s_targets.Length, _case.Open().Finish(cancellationToken: Stop).Receipt!.Tags.Count);
            }
            else
            {
                after++;
                FinishAgain();
            }

            AssertForgotten();
        });
        AssertForgotten();
        Assert.True(before > 5 && after > 5, $"{before} before the forget was durable, {after} after");
    }

    [Fact]
    public void Finish_IsCancelledAtAnyMoment_NeedsNoTaskAgain()
    {
        Plan(shred: false);
        RunWorker.Work(_case.Open(), cancellationToken: Stop);
        Tree.Copy(_case["place"], _case["before"]);
        var cancelled = 0;
        for (var at = 1; ; at++)
        {
            Tree.Copy(_case["before"], _case["place"]);
            using var cancelling = new CancellationTokenSource();
            var run = TaskRuns.Open(_case.Run, new RunOptions { Clock = new CancellingClock(at, cancelling), Files = new UnflushedFiles() });
            if (Record.Exception(() => run.Finish(cancellationToken: cancelling.Token)) is not { } failure)
            {
                break;
            }

            Assert.IsAssignableFrom<OperationCanceledException>(failure);
            cancelled++;
            Assert.NotNull(_case.Open().Finish(cancellationToken: Stop).Receipt);
            AssertForgotten();
        }

        Assert.True(cancelled > 2, $"cancelled {cancelled} times");
        AssertForgotten();
    }

    [Theory]
    [InlineData((int)FaultyFiles.Fault.Before, true)]
    [InlineData((int)FaultyFiles.Fault.Before, false)]
    [InlineData((int)FaultyFiles.Fault.Half, true)]
    [InlineData((int)FaultyFiles.Fault.Half, false)]
    [InlineData((int)FaultyFiles.Fault.After, true)]
    [InlineData((int)FaultyFiles.Fault.After, false)]
    public void Finish_OfATrainingThatForgets_FailsAtAnyOperation_ForgetsTheNextTime(int fault, bool dies)
    {
        _case.Train();
        using (var single = LegoNetModel.Open(_case.Single, new ModelOptions { TagKeyPath = _case.Key }))
        {
            single.Forget(s_targets, cancellationToken: Stop);
        }

        _case.Plan();
        TaskRuns.Forget(_case.Model, s_targets);
        RunWorker.Work(_case.Open(), cancellationToken: Stop);
        var failures = 0;
        _case.FailFinishAtAnyOperation((FaultyFiles.Fault)fault, dies, _ =>
        {
            failures++;
            try
            {
                _case.Complete();
            }
            catch (LegoNetException e)
            {
                Assert.Contains("no such run", e.Message, StringComparison.Ordinal);
                DeleteEmpty();
            }

            AssertForgotten();
        });

        Assert.True(failures > 30, $"only {failures} failures");
        AssertForgotten();
    }

    [Fact]
    public void Finish_OfATrainingThatForgets_CancelledAfterTheForget_IsFinished()
    {
        _case.Train();
        _case.Plan();
        TaskRuns.Forget(_case.Model, s_targets);
        RunWorker.Work(_case.Open(), cancellationToken: Stop);
        using var cancelling = new CancellationTokenSource();
        _case.Open().Finish(new Cancelling("flushing", cancelling), cancelling.Token);
        Assert.True(cancelling.IsCancellationRequested);
        using var model = LegoNetModel.Open(_case.Model, new ModelOptions { TagKeyPath = _case.Key });
        Assert.Equal(["train", "forget"], model.History.Entries().Select(e => e.Operation));
    }

    [Fact]
    public void Run_WithAnyFileLostOrAltered_MakesItAgain()
    {
        Plan(shred: false);
        RunFaultTests.LoseEach(_case.Open(), _case, 10);
    }

    // Where it was gone but for the directory's name, there is nothing left to finish.
    private void FinishAgain()
    {
        try
        {
            Assert.Equal(s_targets.Length, _case.Open().Finish(cancellationToken: Stop).Receipt!.Tags.Count);
        }
        catch (LegoNetException e)
        {
            Assert.Contains("no such run", e.Message, StringComparison.Ordinal);
            DeleteEmpty();
        }
    }

    private void DeleteEmpty()
    {
        if (Directory.Exists(_case.Run))
        {
            Assert.Empty(Directory.EnumerateFileSystemEntries(_case.Run));
            Directory.Delete(_case.Run);
        }
    }

    // The model of one machine beside that of the run, both of them trained alike; then one machine forgets, and the run is planned.
    private string Plan(bool shred)
    {
        _case.Train();
        Tree.Copy(_case["single"], _case["place"]);
        using (var single = LegoNetModel.Open(_case.Single, new ModelOptions { TagKeyPath = _case.Key, Shred = shred }))
        {
            single.Forget(s_targets, cancellationToken: Stop);
            Assert.Empty(single.Inspect("s3").Records);
        }

        TaskRuns.PlanForget(_case.Run, _case.Model, s_targets, options: new PlanOptions { IsTrial = true, Tasks = 2, TagKeyPath = _case.Key }, shred: shred);
        return Root();
    }

    private string Root()
    {
        using var model = LegoNetModel.Open(_case.Model, new ModelOptions { TagKeyPath = _case.Key });
        return model.RootDigest;
    }

    private void AssertForgotten()
    {
        _case.AssertSame(copied: true);
        using var model = LegoNetModel.Open(_case.Model, new ModelOptions { TagKeyPath = _case.Key });
        Assert.Equal(["train", "forget"], model.History.Entries().Select(e => e.Operation));
        Assert.Empty(TaskRuns.Of(_case.Model));
    }

    private sealed class Cancelling(string stage, CancellationTokenSource cancelling) : IProgress<LegoNetProgress>
    {
        public void Report(LegoNetProgress value)
        {
            if (value.Stage == stage)
            {
                cancelling.Cancel();
            }
        }
    }

    // Whoever does something looks at the clock for it.
    private sealed class CancellingClock(int at, CancellationTokenSource cancelling) : TimeProvider
    {
        private int _asked;

        public override DateTimeOffset GetUtcNow()
        {
            if (++_asked == at)
            {
                cancelling.Cancel();
            }

            return base.GetUtcNow();
        }
    }
}
