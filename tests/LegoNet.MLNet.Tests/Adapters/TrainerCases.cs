using LegoNet.Specs;

namespace LegoNet.MLNet.Tests.Adapters;

/// <summary>Every listed trainer with every task that it does.</summary>
internal static class TrainerCases
{
    private const string SmallTrees = "\"numberOfTrees\":6,\"numberOfLeaves\":5,\"minimumExampleCountPerLeaf\":2";

    private static readonly LearningTask[] s_classes = [LearningTask.Multiclass, LearningTask.Binary, LearningTask.Multilabel];
    private static readonly LearningTask[] s_all = [.. s_classes, LearningTask.Regression];

    private static readonly (string Adapter, LearningTask[] Tasks)[] s_trainers =
    [
        ("""{"trainer":"mlnet:lbfgs"}""", s_classes),
        ("""{"trainer":"mlnet:sdca","maximumNumberOfIterations":10}""", s_all),
        ("""{"trainer":"mlnet:averagedperceptron","numberOfIterations":3}""", s_classes),
        ($$"""{"trainer":"mlnet:fasttree","learningRate":0.5,{{SmallTrees}}}""", s_all),
        ($$"""{"trainer":"mlnet:fastforest",{{SmallTrees}}}""", s_all),
    ];

    /// <summary>All cases: the "adapter" object and the task.</summary>
    public static TheoryData<string, LearningTask> All => [.. s_trainers.SelectMany(t => t.Tasks.Select(task => (t.Adapter, task)))];

    /// <summary>One case for each trainer.</summary>
    public static TheoryData<string, LearningTask> Trainers => [.. s_trainers.Select(t => (t.Adapter, t.Tasks[0]))];
}
