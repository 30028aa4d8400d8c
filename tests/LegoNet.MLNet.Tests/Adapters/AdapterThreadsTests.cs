using LegoNet.Adapters;
using LegoNet.MLNet.Tests.Support;
using LegoNet.Specs;
using Microsoft.ML.Trainers.FastTree;

namespace LegoNet.MLNet.Tests.Adapters;

/// <summary>Alone, since ML.NET's number of threads for trees is the process's, and other tests fit trees.</summary>
[Collection(nameof(AdapterThreadsTests))]
[CollectionDefinition(nameof(AdapterThreadsTests), DisableParallelization = true)]
public class AdapterThreadsTests
{
    [Theory]
    [InlineData("mlnet:fasttree", LearningTask.Binary)]
    [InlineData("mlnet:fasttree", LearningTask.Regression)]
    [InlineData("mlnet:fastforest", LearningTask.Binary)]
    [InlineData("mlnet:fastforest", LearningTask.Regression)]
    public void Fit_TreesOnOtherNumbersOfThreads_AreTheSame(string name, LearningTask task)
    {
        // The number is the process's, set by whoever fits trees first; hence by reflection.
        const string Trees = "Microsoft.ML.Trainers.FastTree.";
        var assembly = typeof(FastTreeBinaryTrainer).Assembly;
        var manager = assembly.GetType(Trees + "ThreadTaskManager", throwOnError: true)!.GetProperty("NumThreads")!;
        var pool = assembly.GetType(Trees + "BlockingThreadPool", throwOnError: true)!.GetMethod("Initialize")!;
        var definition = PointModels.Definition($$"""{"trainer":"{{name}}","numberOfTrees":20}""", task);
        var trainer = PointModels.Trainer(definition);
        var shard = PointModels.Shard(definition, PointModels.Records(definition, 500));
        var first = trainer.Fit(shard, new FitSettings(12345), TestContext.Current.CancellationToken).Adapter;
        var before = (int)manager.GetValue(null)!;
        try
        {
            foreach (var threads in (ReadOnlySpan<int>)[1, 3, 7, 2])
            {
                Use(threads);
                Assert.Equal(first, trainer.Fit(shard, new FitSettings(12345), TestContext.Current.CancellationToken).Adapter);
            }
        }
        finally
        {
            Use(before);
        }

        void Use(int threads)
        {
            manager.SetValue(null, threads);
            pool.Invoke(null, [threads]);
        }
    }
}
