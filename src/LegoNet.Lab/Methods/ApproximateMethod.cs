using LegoNet.Lab.Networks;

namespace LegoNet.Lab.Methods;

/// <summary>
/// A way of making a trained network behave as if it had not seen some records. All of them start from the same network, trained in the same
/// way; they differ in what they then do to it. What they give is never an erasure.
/// </summary>
public abstract class ApproximateMethod : IForgettingMethod
{
    private readonly NetworkRecipe _recipe;

    private protected ApproximateMethod(NetworkRecipe? recipe) => _recipe = recipe ?? new NetworkRecipe();

    /// <inheritdoc/>
    public abstract string Name { get; }

    /// <inheritdoc/>
    public MethodKind Kind => MethodKind.Approximate;

    /// <inheritdoc/>
    public string Settings => $"{_recipe}; {HowItForgets}";

    /// <inheritdoc/>
    public IForgettingMethod Oracle => new RetrainedNetwork(_recipe) { Trained = Trained };

    /// <summary>Where networks are that others trained.</summary>
    internal TrainedNetworks Trained { get; init; } = new();

    /// <summary>What is done to forget, in words.</summary>
    private protected abstract string HowItForgets { get; }

    /// <summary>Whether a forget reads retained records, which must then be kept.</summary>
    private protected abstract bool ReadsRetained { get; }

    /// <inheritdoc/>
    public ITrainedState Train(RecordSet records, int[] rows, RunSettings settings, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(records);
        ArgumentNullException.ThrowIfNull(rows);
        ArgumentNullException.ThrowIfNull(settings);
        var log = OpenLog();
        try
        {
            var (network, borrowed) = log is null
                ? Trained.Get(_recipe, records, rows, settings, cancellationToken)
                : (_recipe.Train(records, rows, settings, cancellationToken, log).Network, 0);
            return new State(this, records, settings, network, rows.Length, log) { BorrowedSeconds = borrowed };
        }
        catch
        {
            log?.Dispose();
            throw;
        }
    }

    /// <summary>A place for the updates of training, where the method needs them to forget.</summary>
    private protected virtual UpdateLog? OpenLog() => null;

    /// <summary>Changes the network.</summary>
    private protected abstract void Forget(NetworkForgetting request);

    private sealed class State(ApproximateMethod method, RecordSet records, RunSettings settings, Network network, int rows, UpdateLog? log) : ITrainedState
    {
        private Network _network = network;
        private int _rows = rows;
        private int _requests;

        public IScoringModel Model { get; private set; } = new NetworkModel(network);

        public double BorrowedSeconds { get; init; }

        public long KeptBytes => (method.ReadsRetained ? Storage.OfRecords(records, _rows) : 0) + (log?.Bytes ?? 0);

        public void Forget(int[] rows, int[] retained, CancellationToken cancellationToken)
        {
            _network = _network.Clone();
            method.Forget(new NetworkForgetting
            {
                Records = records,
                Network = _network,
                Forgotten = rows,
                Retained = retained,
                Recipe = method._recipe,
                Log = log,
                Seed = (long)Draws.Mix((ulong)settings.Seed, -5, _requests++),
                Threads = settings.Threads,
                CancellationToken = cancellationToken,
            });
            _rows = retained.Length;
            Model = new NetworkModel(_network);
        }

        public void Dispose() => log?.Dispose();
    }
}
