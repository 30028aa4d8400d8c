using System.Diagnostics;
using LegoNet.Lab.Networks;

namespace LegoNet.Lab.Methods;

/// <summary>How a method's network is made and trained.</summary>
/// <param name="Hidden">Hidden units; 0 for a linear head.</param>
/// <param name="Epochs">Epochs of training; more where few records would make fewer steps than <see cref="LeastSteps"/>.</param>
/// <param name="BatchSize">Records a batch.</param>
/// <param name="LearningRate">Adam's step.</param>
internal sealed record NetworkRecipe(int Hidden = 64, int Epochs = 10, int BatchSize = 64, float LearningRate = 2e-3f)
{
    /// <summary>A head without hidden units, whose step can be longer.</summary>
    public static NetworkRecipe Linear { get; } = new(Hidden: 0, LearningRate: 5e-3f);

    /// <summary>The fewest steps that training takes, by the number of records that it is shown alone.</summary>
    public int LeastSteps { get; init; } = 300;

    /// <summary>The settings in words.</summary>
    public override string ToString() => FormattableString.Invariant(
        $"{(Hidden == 0 ? "linear" : $"{Hidden} hidden units")}, {Epochs} epochs and {LeastSteps} steps at least, batches of {BatchSize}, Adam {LearningRate}");

    /// <summary>A network with random weights.</summary>
    public Network Create(RecordSet records, long seed)
        => Network.Create(new NetworkShape(records.Dimension, Hidden, records.Classes.Count), new Draws(seed, -1));

    /// <summary>A network that is trained on records, and the seconds that this took.</summary>
    public (Network Network, double Seconds) Train(
        RecordSet records, int[] rows, RunSettings settings, CancellationToken cancellationToken, UpdateLog? log = null)
    {
        var watch = Stopwatch.StartNew();
        var network = Create(records, settings.Seed);
        var plan = Plan(records, rows, settings.Seed) with { Updated = log is null ? null : log.Add };
        NetworkTrainer.Train(network, records, plan, settings.Threads, cancellationToken);
        return (network, watch.Elapsed.TotalSeconds);
    }

    /// <summary>Training on records with their own labels.</summary>
    public TrainingPlan Plan(RecordSet records, IEnumerable<int> rows, long seed)
    {
        Example[] examples = [.. rows.Select(row => new Example(row, records.Label(row)))];
        var batches = Math.Max(1, (examples.Length + BatchSize - 1) / BatchSize);
        return new TrainingPlan
        {
            Examples = examples,
            Optimiser = new OptimiserOptions(OptimiserKind.Adam, LearningRate),
            Epochs = Math.Max(Epochs, (LeastSteps + batches - 1) / batches),
            BatchSize = BatchSize,
            Seed = seed,
        };
    }
}
