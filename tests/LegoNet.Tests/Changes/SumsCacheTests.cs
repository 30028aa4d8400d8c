using LegoNet.Audit;
using LegoNet.Encoders;
using LegoNet.Records;
using LegoNet.Sessions;
using LegoNet.Specs;
using LegoNet.Tests.Support;

namespace LegoNet.Tests.Changes;

/// <summary>Sums kept in memory make changes faster and change no byte.</summary>
public sealed class SumsCacheTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(LearningTask.Multiclass, null)]
    [InlineData(LearningTask.Regression, null)]
    [InlineData(LearningTask.Multilabel, null)]
    [InlineData(LearningTask.Multiclass, Models.Softmax)]
    [InlineData(LearningTask.Multilabel, Models.Softmax)]
    [InlineData(LearningTask.Multiclass, Models.Auto)]
    [InlineData(LearningTask.Binary, Models.Auto)]
    [InlineData(LearningTask.Regression, Models.RidgeAuto)]
    public void Changes_WithAndWithoutSumsInMemory_GiveTheSameBytes(LearningTask task, string? adapter)
    {
        // Shards from a few rows to many times the code's length, so that primal and dual solves and the way between them occur.
        var definition = Models.Definition(task, adapters: 5, active: 2, lambda: 800, adapter: adapter);
        var records = Enumerable.Range(0, 120).Select(i => Models.Record(definition.Spec, i / 3, i % 3)).ToArray();
        using var with = Train("with", definition, records, 1 << 20);
        using var tight = Train("tight", definition, records, 900); // Room for one adapter's sums at a time.
        using var without = Train("without", definition, records, 0);
        for (var subject = 0; subject < 36; subject++)
        {
            var forgotten = subject;
            Apply(m => m.Forget($"subject-{forgotten}"));
            if (subject % 5 == 0)
            {
                Apply(m => m.Add([Models.Record(definition.Spec, forgotten, 7), Models.Record(definition.Spec, forgotten, 8)]));
                Apply(m => m.Correct([Models.Record(definition.Spec, forgotten, 7, version: 3)]));
            }
        }

        Assert.Equal(Tree.Files(without.Path), Tree.Files(with.Path));
        Assert.Equal(Tree.Files(without.Path), Tree.Files(tight.Path));
        Assert.True(with.Verify(cancellationToken: TestContext.Current.CancellationToken).IsExact);

        void Apply(Func<LegoNetModel, Receipt> change)
        {
            var expected = change(without).RootAfter;
            Assert.Equal(expected, change(with).RootAfter);
            Assert.Equal(expected, change(tight).RootAfter);
        }
    }

    [Fact]
    public void Change_AfterAnotherInstanceChangedTheModel_StartsFromThatState()
    {
        var definition = Models.Definition(adapters: 3, active: 2);
        var records = Enumerable.Range(0, 120).Select(i => Models.Record(definition.Spec, i / 3, i % 3)).ToArray();
        using var one = Train("model", definition, records, 1 << 20);
        using var other = LegoNetModel.Open(_folder["model"], Options(1 << 20));
        for (var subject = 0; subject < 12; subject += 2)
        {
            one.Forget($"subject-{subject}");
            other.Forget($"subject-{subject + 1}");
        }

        using var never = Train("never", definition, [.. records.Skip(36)], 0);
        Assert.Equal(Tree.Files(never.Path), Tree.Files(one.Path));
    }

    [Fact]
    public void Change_AfterACancelledOne_StartsFromTheModelAsItIs()
    {
        var definition = Models.Definition(adapters: 3, active: 2);
        var records = Enumerable.Range(0, 120).Select(i => Models.Record(definition.Spec, i / 3, i % 3)).ToArray();
        using var model = Train("model", definition, records, 1 << 20);
        model.Forget("subject-0");
        using (var stop = new CancellationTokenSource())
        {
            var progress = new Cancelling(stop);
            Assert.ThrowsAny<OperationCanceledException>(() => model.Forget(
                [new ForgetTarget("subject-1")],
                progress: progress,
                cancellationToken: stop.Token));
        }

        model.Forget("subject-2");
        using var never = Train("never", definition, [.. records.Take(6).Skip(3).Concat(records.Skip(9))], 0);
        Assert.Equal(Tree.Files(never.Path), Tree.Files(model.Path));
    }

    [Fact]
    public void PutAndTake_KeepWithinTheBudget()
    {
        var cache = new SumsCache(100);
        cache.Begin("a");
        cache.Put(1, Sums(10, 1));
        cache.Put(2, Sums(10, 2));
        Assert.Equal(2, cache.Count);
        cache.Put(3, Sums(10, 3)); // 40 bytes each: the oldest makes way.
        Assert.Null(cache.Take(1));
        Assert.Equal(Sums(10, 3)["s"], cache.Take(3)!["s"]);
        Assert.Null(cache.Take(3)); // Taken is taken.
        cache.Put(4, Sums(26, 4)); // Alone beyond the budget.
        cache.Put(5, Sums(10, long.MaxValue)); // Beyond 32 bits.
        Assert.Equal(1, cache.Count);
        cache.Complete("b");
        cache.Begin("b");
        Assert.Equal(1, cache.Count);
        cache.Begin("c");
        Assert.Equal(0, cache.Count);
    }

    private static Dictionary<string, long[]> Sums(int length, long value) => new() { ["s"] = [.. Enumerable.Repeat(value, length)] };

    private ModelOptions Options(long memory) => new() { TagKeyPath = _folder["tags.key"], SumsMemory = memory };

    private LegoNetModel Train(string name, ModelDefinition definition, EncodedRecord[] records, long memory)
        => LegoNetModel.Train(_folder[name], definition, records, Options(memory));

    /// <summary>Cancels when the last adapter has been fitted, just before the commit.</summary>
    private sealed class Cancelling(CancellationTokenSource stop) : IProgress<LegoNetProgress>
    {
        public void Report(LegoNetProgress value)
        {
            if (value.Total is { } total && value.Done == total)
            {
                stop.Cancel();
            }
        }
    }
}
