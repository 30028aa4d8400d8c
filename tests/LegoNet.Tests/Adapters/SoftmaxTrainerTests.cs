using LegoNet.Adapters;
using LegoNet.Specs;

namespace LegoNet.Tests.Adapters;

/// <summary>Softmax adapters against the plain reference, and against themselves in another order, with other threads, from sums.</summary>
public class SoftmaxTrainerTests
{
    // Shards with more rows than d + 1, as many, and fewer; two words of labels; more rows than a chunk; mostly zeros.
    public static TheoryData<LearningTask, int, int, int> Shards
    {
        get
        {
            var data = new TheoryData<LearningTask, int, int, int>();
            foreach (var task in (LearningTask[])[LearningTask.Multiclass, LearningTask.Binary, LearningTask.Multilabel])
            {
                data.AddRange([(task, 40, 7, 1), (task, 300, 20, 1), (task, 9, 7, 1), (task, 8, 7, 1), (task, 25, 33, 1), (task, 70, 40, 30)]);
            }

            return data;
        }
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(Shards))]
    public void Fit_AnyTask_HasTheBytesOfThePlainReference(LearningTask task, int rows, int dimension, int zeros)
    {
        var shard = DrawnShard.Draw(task, rows, dimension, zeros);
        var plain = shard.Sorted();
        foreach (var lambda in (double[])[1e-6, 0.01, 10])
        {
            var expected = new PlainFit(shard.Labels, plain.Codes, plain.Words).Softmax(lambda);
            var actual = new SoftmaxTrainer(lambda, shard.Labels, dimension).Fit(shard.ToShard(), new FitSettings(1), Token).Adapter;
            Assert.Equal(PlainScores.Of(shard.Labels, expected, 1).ToFile(), actual);
        }
    }

    [Fact]
    public void Fit_ManyRowsAndColumns_HasTheBytesOfThePlainPassesInAnyOrder()
    {
        var shard = DrawnShard.Draw(LearningTask.Binary, 2070, 2055, zeros: 25);
        var trainer = new SoftmaxTrainer(0.01, shard.Labels, 2055);
        Assert.False(trainer.UsesSums(2070, 2055));
        var expected = new PlainFit(shard.Labels, shard.Codes, shard.Words).ByPasses(isSoftmax: true, 0.01, PassFits.Passes);
        int[] reversed = [.. Enumerable.Range(0, 2070).Reverse()];
        foreach (var threads in (int[])[1, 3])
        {
            Assert.Equal(PlainScores.Of(shard.Labels, expected, 1).ToFile(), trainer.Fit(shard.ToShard(reversed), new FitSettings(1, threads), Token).Adapter);
        }
    }

    [Theory]
    [MemberData(nameof(Shards))]
    public void Fit_AnyOrderOfRowsAndThreads_GivesTheSameBytes(LearningTask task, int rows, int dimension, int zeros)
        => SameBytes.AssertOrderAndThreads(DrawnShard.Draw(task, rows, dimension, zeros), """{ "trainer": "softmax", "lambda": 0.003 }""");

    [Theory]
    [InlineData(LearningTask.Multiclass)]
    [InlineData(LearningTask.Binary)]
    [InlineData(LearningTask.Multilabel)]
    public void Update_RowsRemovedAndAdded_GivesTheBytesOfAFit(LearningTask task)
        => SameBytes.AssertUpdates(DrawnShard.Draw(task, 90, 10), """{ "trainer": "softmax", "lambda": 0.003 }""");

    [Fact]
    public void Fit_OneLargeShard_GivesTheSameBytesWithAnyThreads()
        => SameBytes.AssertOrderAndThreads(DrawnShard.Draw(LearningTask.Multilabel, 2500, 120), """{ "trainer": "softmax", "lambda": 0.01 }""");

    [Fact]
    public void Fit_Cancelled_Throws()
    {
        var shard = DrawnShard.Draw(LearningTask.Multiclass, 40, 7);
        var trainer = new SoftmaxTrainer(0.01, shard.Labels, 7);
        Assert.Throws<OperationCanceledException>(() => trainer.Fit(shard.ToShard(), new FitSettings(1), new CancellationToken(canceled: true)));
    }

    [Theory]
    [InlineData(0, 4, "lambda")]
    [InlineData(9e-10, 4, "lambda")]
    [InlineData(double.NaN, 4, "lambda")]
    [InlineData(1001, 4, "lambda")]
    [InlineData(1, 0, "dimension")]
    public void SoftmaxTrainer_NumberOutOfRange_IsNamed(double lambda, int dimension, string name)
    {
        var labels = new LabelLayout(LearningTask.Binary, ["no", "yes"], null);
        Assert.Throws<ArgumentOutOfRangeException>(name, () => new SoftmaxTrainer(lambda, labels, dimension));
    }
}
