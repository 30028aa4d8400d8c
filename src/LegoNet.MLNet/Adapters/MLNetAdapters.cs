using LegoNet.Adapters;
using LegoNet.Data.Json;
using LegoNet.MLNet.Adapters;
using LegoNet.Specs;

namespace LegoNet.MLNet;

/// <summary>
/// Makes ML.NET's trainers known to specs: "mlnet:lbfgs", "mlnet:sdca", "mlnet:averagedperceptron", "mlnet:fasttree", "mlnet:fastforest"
/// and "mlnet:custom".
/// </summary>
public static class MLNetAdapters
{
    private const string Family = "mlnet:";

    private static readonly LearningTask[] s_classes = [LearningTask.Multiclass, LearningTask.Binary, LearningTask.Multilabel];
    private static readonly LearningTask[] s_all = [.. s_classes, LearningTask.Regression];

    private static readonly (string Name, LearningTask[] Tasks, Func<TrainerDeclaration, LabelLayout, int, IAdapterTrainer> Create)[] s_trainers =
    [
        (LbfgsTrainer.TrainerName, s_classes, (o, l, d) => new LbfgsTrainer(o, l, d)),
        (SdcaTrainer.TrainerName, s_all, (o, l, d) => new SdcaTrainer(o, l, d)),
        (PerceptronTrainer.TrainerName, s_classes, (o, l, d) => new PerceptronTrainer(o, l, d)),
        (FastTreeTrainer.TrainerName, s_all, (o, l, d) => new FastTreeTrainer(o, l, d)),
        (FastForestTrainer.TrainerName, s_all, (o, l, d) => new FastForestTrainer(o, l, d)),
        (EstimatorTrainer.TrainerName, s_all, (o, l, d) => new EstimatorTrainer(o, l, d)),
    ];

    /// <summary>
    /// Registers the trainers with <see cref="AdapterTrainers"/>. ML.NET's own entry points of this package and the command line do so by
    /// themselves; a program that opens models by <see cref="LegoNetModel"/> alone calls it once at its start. Calling it again does nothing.
    /// </summary>
    public static void Register() => AdapterTrainers.Register(Family, Create);

    /// <summary>Names of the trainers here that need no code of a program's own, e.g. "mlnet:lbfgs".</summary>
    /// <param name="task">What they are to learn.</param>
    public static IReadOnlyList<string> TrainersFor(LearningTask task)
        => [.. s_trainers.Where(t => t.Tasks.Contains(task) && t.Name != EstimatorTrainer.TrainerName).Select(t => t.Name)];

    /// <summary>Whether a name in a spec is that of a trainer here.</summary>
    internal static bool Has(string trainer) => trainer.StartsWith(Family, StringComparison.Ordinal);

    /// <summary>The names of the trainers here, for messages.</summary>
    internal static string Names => string.Join(", ", s_trainers.Select(t => t.Name));

    private static IAdapterTrainer Create(StrictJson adapter, LabelLayout labels, int dimension)
    {
        var name = adapter.String("trainer");
        var known = Array.Find(s_trainers, t => t.Name == name);
        if (known.Name is null)
        {
            throw adapter.Error("trainer", $"names \"{name}\", which is not known (ML.NET's trainers here: {Names})");
        }

        if (!known.Tasks.Contains(labels.Task))
        {
            var able = string.Join(", ", s_trainers.Where(t => t.Tasks.Contains(labels.Task)).Select(t => t.Name));
            throw adapter.Error("trainer", $"names \"{name}\", which does not do {labels.Task.Word()} ({able} do)");
        }

        return known.Create(new TrainerDeclaration(adapter), labels, dimension);
    }
}
