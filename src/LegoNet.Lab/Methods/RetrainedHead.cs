using LegoNet.Adapters;
using LegoNet.Specs;

namespace LegoNet.Lab.Methods;

/// <summary>One head of the core on all records, trained anew from what remains: the oracle.</summary>
public sealed class RetrainedHead : IForgettingMethod
{
    private readonly Func<LabelLayout, int, IAdapterTrainer> _trainer;

    private RetrainedHead(string name, string settings, Func<LabelLayout, int, IAdapterTrainer> trainer)
    {
        Name = name;
        Settings = settings;
        _trainer = trainer;
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public MethodKind Kind => MethodKind.Oracle;

    /// <inheritdoc/>
    public string Settings { get; }

    /// <summary>A softmax head.</summary>
    /// <param name="lambda">As <see cref="SoftmaxTrainer.Lambda"/>.</param>
    public static RetrainedHead Softmax(double lambda = 0.003)
        => new("retrained softmax", FormattableString.Invariant($"λ {lambda}"), (labels, dimension) => new SoftmaxTrainer(lambda, labels, dimension));

    /// <summary>A ridge head.</summary>
    /// <param name="lambda">As <see cref="RidgeTrainer.Lambda"/>.</param>
    public static RetrainedHead Ridge(double lambda = ExactRidgeHead.DefaultLambda)
        => new("retrained ridge", FormattableString.Invariant($"λ {lambda}"), (labels, dimension) => new RidgeTrainer(lambda, labels, dimension));

    /// <inheritdoc/>
    public ITrainedState Train(RecordSet records, int[] rows, RunSettings settings, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(records);
        ArgumentNullException.ThrowIfNull(rows);
        ArgumentNullException.ThrowIfNull(settings);
        var state = new State(records, _trainer(records.Labels, records.Dimension), settings);
        state.Fit(rows, cancellationToken);
        return state;
    }

    private sealed class State(RecordSet records, IAdapterTrainer trainer, RunSettings settings) : ITrainedState
    {
        public IScoringModel Model { get; private set; } = null!;

        public long KeptBytes { get; private set; }

        public void Fit(int[] rows, CancellationToken cancellationToken)
        {
            var shard = new Shard(records.Labels, records.Dimension, records.Gather(rows), records.GatherLabels(rows));
            var file = trainer.Fit(shard, new FitSettings((ulong)settings.Seed, settings.Threads), cancellationToken).Adapter;
            Model = new HeadModel(file, trainer.Load(file, "head"), records.Classes.Count, trainer.DefaultTemperature);
            KeptBytes = Storage.OfRecords(records, rows.Length);
        }

        public void Forget(int[] rows, int[] retained, CancellationToken cancellationToken) => Fit(retained, cancellationToken);

        public void Dispose()
        {
        }
    }
}
