using LegoNet.Lab.Networks;

namespace LegoNet.Lab.Methods;

/// <summary>One request to an approximate method: the trained network that is to be changed, and what may be used for it.</summary>
internal sealed class NetworkForgetting
{
    public required RecordSet Records { get; init; }

    /// <summary>The network. A method changes it in place.</summary>
    public required Network Network { get; init; }

    /// <summary>Rows that are to be forgotten, ascending.</summary>
    public required int[] Forgotten { get; init; }

    /// <summary>Rows that stay, ascending.</summary>
    public required int[] Retained { get; init; }

    /// <summary>How the network was trained.</summary>
    public required NetworkRecipe Recipe { get; init; }

    /// <summary>The kept updates; null where the method keeps none.</summary>
    public UpdateLog? Log { get; init; }

    /// <summary>A seed of this request's own.</summary>
    public required long Seed { get; init; }

    public required int Threads { get; init; }

    public required CancellationToken CancellationToken { get; init; }

    public int Classes => Records.Classes.Count;

    /// <summary>A retained record as it was trained on.</summary>
    public Example Keep(int row) => new(row, Records.Label(row));

    /// <summary>
    /// SGD whose rate is divided by the mean squared length of a forgotten record's code, so that a rate means the same for all codes. It has no
    /// momentum, which would carry steps on that have had enough.
    /// </summary>
    public OptimiserOptions Steps(float rate)
    {
        double squares = 0;
        foreach (var row in Forgotten)
        {
            foreach (var code in Records.Code(row))
            {
                squares += (code / 127.0) * (code / 127.0);
            }
        }

        return new OptimiserOptions(OptimiserKind.Sgd, (float)(rate / Math.Max(squares / Forgotten.Length, 1e-3)), Momentum: 0);
    }

    /// <summary>
    /// The same for training on the forgotten records alone: a batch that is not full takes a shorter step, so that each record pulls as far as
    /// in a full one, and one record alone does not carry the network away.
    /// </summary>
    public OptimiserOptions StepsOfForgotten(float rate) => Steps(rate * Math.Min(1, Forgotten.Length / (float)Recipe.BatchSize));

    /// <summary>Adam with another step than in training. It starts with no memory of that.</summary>
    public static OptimiserOptions Adam(float rate) => new(OptimiserKind.Adam, rate);

    /// <summary>What the network says of the forgotten records now, [m][C].</summary>
    public double[][] ForgottenScores()
    {
        var scores = new double[Forgotten.Length * Classes];
        new NetworkModel(Network).Score(Records.Gather(Forgotten), scores);
        return [.. scores.Chunk(Classes)];
    }

    /// <summary>Retained rows, drawn: so many for each forgotten one, and two batches at least where there are.</summary>
    public int[] SampleRetained(int perForgotten)
        => new Draws(Seed, -4).Sample(Retained, Math.Max(2 * Recipe.BatchSize, perForgotten * Forgotten.Length));

    /// <summary>Examples over and over until there are so many at least, so that few forgotten records meet as many retained ones as many do.</summary>
    public static IEnumerable<Example> Repeat(IReadOnlyList<Example> examples, int least)
        => Enumerable.Repeat(examples, Math.Max(1, least / examples.Count)).SelectMany(e => e);

    /// <summary>Trains the network on retained records with their own labels.</summary>
    /// <param name="steps">How many batches of drawn ones at most; over and over where fewer are left.</param>
    /// <param name="optimiser">The optimiser.</param>
    public void TrainOnRetained(int steps, OptimiserOptions optimiser)
    {
        var size = Recipe.BatchSize;
        var most = Math.Max(1, Retained.Length / size);
        var epochs = (steps + most - 1) / most;
        if (epochs > 0)
        {
            Train(new Draws(Seed, -4).Sample(Retained, steps / epochs * size).Select(Keep), epochs, optimiser);
        }
    }

    /// <summary>Trains the network on examples.</summary>
    public void Train(
        IEnumerable<Example> examples, int epochs, OptimiserOptions optimiser, double updateFraction = 1, IObjective? objective = null)
        => NetworkTrainer.Train(
            Network,
            Records,
            new TrainingPlan
            {
                Examples = [.. examples],
                Optimiser = optimiser,
                Epochs = epochs,
                BatchSize = Recipe.BatchSize,
                Seed = Seed,
                UpdateFraction = updateFraction,
                Objective = objective ?? new CrossEntropy(),
                Updated = Log is { } log ? log.Add : null,
            },
            Threads,
            CancellationToken);
}
