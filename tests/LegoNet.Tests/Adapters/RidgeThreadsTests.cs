using LegoNet.Adapters;
using LegoNet.Specs;
using LegoNet.Tests.Numerics;
using LegoNet.Tests.Support;

namespace LegoNet.Tests.Adapters;

/// <summary>The threads that a fit may use change none of its bytes.</summary>
public class RidgeThreadsTests
{
    private const int Dimension = 600;

    [Theory]
    [InlineData(LearningTask.Multiclass, 590)] // Dual.
    [InlineData(LearningTask.Multiclass, 1_500)] // Primal.
    [InlineData(LearningTask.Regression, 590)]
    [InlineData(LearningTask.Regression, 1_500)]
    public void FitAndUpdate_AnyNumberOfThreads_GiveTheSameBytes(LearningTask task, int rows)
    {
        var labels = Models.Definition(task, dimension: Dimension).Spec.Labels;
        var trainer = new RidgeTrainer(500, labels, Dimension);
        var expected = trainer.Fit(Rows(labels, rows), new FitSettings(1), TestContext.Current.CancellationToken);
        foreach (var threads in (int[])[2, 3, 7])
        {
            var settings = new FitSettings(1, threads);
            var fitted = trainer.Fit(Rows(labels, rows), settings, TestContext.Current.CancellationToken);
            Assert.True(expected.Adapter.AsSpan().SequenceEqual(fitted.Adapter));
            Assert.Equal(expected.Sums is null, fitted.Sums is null);
            if (fitted.Sums is not null)
            {
                var change = new ShardChange(Rows(labels, 500), Rows(labels, 500), rows, () => throw new InvalidOperationException("Ridge needs no rows."));
                var updated = trainer.Update(fitted.Sums, change, settings, TestContext.Current.CancellationToken);
                Assert.True(expected.Adapter.AsSpan().SequenceEqual(updated.Adapter));
            }
        }
    }

    private static Shard Rows(LabelLayout labels, int count)
        => new(labels, Dimension, TestCodes.Random(count * Dimension, 7), [.. Enumerable.Range(0, count).Select(i => i % 3)]);
}
