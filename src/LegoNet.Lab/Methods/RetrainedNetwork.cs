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

    /// <summary>Where networks are that others trained.</summary>
    internal TrainedNetworks Trained { get; init; } = new();

    /// <inheritdoc/>
    public ITrainedState Train(RecordSet records, int[] rows, RunSettings settings, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(records);
        ArgumentNullException.ThrowIfNull(rows);
        ArgumentNullException.ThrowIfNull(settings);
        var (network, borrowed) = Trained.Get(_recipe, records, rows, settings, cancellationToken);
        return new State(records, _recipe, settings, network, rows.Length) { BorrowedSeconds = borrowed };
    }

    private sealed class State(RecordSet records, NetworkRecipe recipe, RunSettings settings, Network network, int rows) : ITrainedState
    {
        public IScoringModel Model { get; private set; } = new NetworkModel(network);

        public long KeptBytes { get; private set; } = Storage.OfRecords(records, rows);

        public double BorrowedSeconds { get; init; }

        // Always anew: what a request takes is what is measured.
        public void Forget(int[] rows, int[] retained, CancellationToken cancellationToken)
        {
            Model = new NetworkModel(recipe.Train(records, retained, settings, cancellationToken).Network);
            KeptBytes = Storage.OfRecords(records, retained.Length);
        }

        public void Dispose()
        {
        }
    }
}
