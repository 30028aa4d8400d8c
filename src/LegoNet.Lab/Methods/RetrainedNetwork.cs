using LegoNet.Lab.Networks;

namespace LegoNet.Lab.Methods;

/// <summary>The network that approximate methods start from, trained anew from what remains: their oracle, with the same seed or with others.</summary>
public sealed class RetrainedNetwork : IForgettingMethod
{
    private readonly NetworkRecipe _recipe;

    internal RetrainedNetwork(NetworkRecipe? recipe = null) => _recipe = recipe ?? new NetworkRecipe();

    /// <inheritdoc/>
    public string Name => "retrained network";

    /// <inheritdoc/>
    public MethodKind Kind => MethodKind.Oracle;

    /// <inheritdoc/>
    public string Settings => _recipe.ToString();

    /// <inheritdoc/>
    public ITrainedState Train(RecordSet records, int[] rows, RunSettings settings, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(records);
        ArgumentNullException.ThrowIfNull(rows);
        ArgumentNullException.ThrowIfNull(settings);
        var state = new State(records, _recipe, settings);
        state.Forget([], rows, cancellationToken);
        return state;
    }

    private sealed class State(RecordSet records, NetworkRecipe recipe, RunSettings settings) : ITrainedState
    {
        public IScoringModel Model { get; private set; } = null!;

        public long KeptBytes { get; private set; }

        public void Forget(int[] rows, int[] retained, CancellationToken cancellationToken)
        {
            var network = recipe.Create(records, settings.Seed);
            NetworkTrainer.Train(network, records, recipe.Plan(records, retained, settings.Seed), settings.Threads, cancellationToken);
            Model = new NetworkModel(network);
            KeptBytes = Storage.OfRecords(records, retained.Length);
        }

        public void Dispose()
        {
        }
    }
}
