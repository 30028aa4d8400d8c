using LegoNet.Lab.Networks;

namespace LegoNet.Lab.Methods;

/// <summary>How a method's network is made and trained.</summary>
/// <param name="Hidden">Hidden units; 0 for a linear head.</param>
/// <param name="Epochs">Epochs of training.</param>
/// <param name="BatchSize">Records a batch.</param>
/// <param name="LearningRate">Adam's step.</param>
internal sealed record NetworkRecipe(int Hidden = 64, int Epochs = 10, int BatchSize = 64, float LearningRate = 2e-3f)
{
    /// <summary>The settings in words.</summary>
    public override string ToString()
        => FormattableString.Invariant($"{(Hidden == 0 ? "linear" : $"{Hidden} hidden units")}, {Epochs} epochs, batches of {BatchSize}, Adam {LearningRate}");

    /// <summary>A network with random weights.</summary>
    public Network Create(RecordSet records, long seed)
        => Network.Create(new NetworkShape(records.Dimension, Hidden, records.Classes.Count), new Draws(seed, -1));

    /// <summary>Training on records with their own labels.</summary>
    public TrainingPlan Plan(RecordSet records, IEnumerable<int> rows, long seed) => new()
    {
        Examples = [.. rows.Select(row => new Example(row, records.Label(row)))],
        Optimiser = new OptimiserOptions(OptimiserKind.Adam, LearningRate),
        Epochs = Epochs,
        BatchSize = BatchSize,
        Seed = seed,
    };
}
