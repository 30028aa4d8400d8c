namespace LegoNet.Lab.Networks;

/// <summary>What a network is to be trained on, and how.</summary>
internal sealed record TrainingPlan
{
    /// <summary>What is shown, once an epoch, in an order drawn for each.</summary>
    public required IReadOnlyList<Example> Examples { get; init; }

    public required OptimiserOptions Optimiser { get; init; }

    /// <summary>Seed of the orders.</summary>
    public required long Seed { get; init; }

    public int Epochs { get; init; } = 1;

    /// <summary>Examples a batch; the last of an epoch has what is left.</summary>
    public int BatchSize { get; init; } = 128;

    public IObjective Objective { get; init; } = new CrossEntropy();

    /// <summary>The share of each block's update, by magnitude, that a step applies: a layer-wise partial update where it is below 1.</summary>
    public double UpdateFraction { get; init; } = 1;

    /// <summary>Called after each step with what was added to the blocks that are not frozen, in their order, and with the batch.</summary>
    public Action<IReadOnlyList<float[]>, IReadOnlyList<Example>>? Updated { get; init; }

    /// <summary>Asked before each step; training ends where it says so.</summary>
    public Func<bool>? IsEnough { get; init; }
}
