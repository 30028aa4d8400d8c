using LegoNet.Adapters;
using LegoNet.Specs;

namespace LegoNet.Lab.Methods;

/// <summary>
/// One ridge head whose integer sums are kept: a record is subtracted, and the head solved again. The strongest simple rival that is exact
/// (arXiv 2603.12977 does it in floating point). Where there are no more records than dimensions, the rows are kept in place of the sums.
/// </summary>
/// <param name="lambda">As <see cref="RidgeTrainer.Lambda"/>. It is declared, and never a function of the records.</param>
/// <param name="liftTo">Dimensions that a fixed random lift takes codes to at least; 0 for no lift.</param>
public sealed class ExactRidgeHead(double lambda = ExactRidgeHead.DefaultLambda, int liftTo = 0) : IForgettingMethod
{
    /// <summary>Suits codes with a standard deviation of about 32 and some thousands of records.</summary>
    internal const double DefaultLambda = 100_000;

    // Of the lift's signs: a constant, since they are a part of the method and not of a run.
    private const long LiftSeed = 20260221;

    /// <inheritdoc/>
    public string Name => liftTo == 0 ? "exact ridge" : "exact ridge, lifted";

    /// <inheritdoc/>
    public MethodKind Kind => MethodKind.Exact;

    /// <inheritdoc/>
    public string Settings => FormattableString.Invariant($"λ {lambda}{(liftTo == 0 ? "" : $", lifted to {liftTo}")}");

    /// <inheritdoc/>
    public ITrainedState Train(RecordSet records, int[] rows, RunSettings settings, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(records);
        ArgumentNullException.ThrowIfNull(rows);
        ArgumentNullException.ThrowIfNull(settings);
        return new State(records, rows, lambda, liftTo == 0 ? null : new RandomLift(records.Dimension, liftTo, LiftSeed), settings, cancellationToken);
    }

    private sealed class State : ITrainedState
    {
        private readonly RecordSet _records;
        private readonly RandomLift? _lift;
        private readonly RunSettings _settings;
        private readonly RidgeTrainer _trainer;
        private readonly int _dimension;
        private FittedAdapter _fitted;

        public State(RecordSet records, int[] rows, double lambda, RandomLift? lift, RunSettings settings, CancellationToken cancellationToken)
        {
            _records = records;
            _lift = lift;
            _settings = settings;
            _dimension = lift?.Length ?? records.Dimension;
            _trainer = new RidgeTrainer(lambda, records.Labels, _dimension);
            _fitted = _trainer.Fit(Shard(rows), Fit, cancellationToken);
            Show(rows.Length);
        }

        public IScoringModel Model { get; private set; } = null!;

        public long KeptBytes { get; private set; }

        private FitSettings Fit => new((ulong)_settings.Seed, _settings.Threads);

        public void Forget(int[] rows, int[] retained, CancellationToken cancellationToken)
        {
            _fitted = _fitted.Sums is { } sums && _trainer.UsesSums(retained.Length, _dimension)
                ? _trainer.Update(sums, new ShardChange(Shard(rows), Shard([]), retained.Length, () => Shard(retained)), Fit, cancellationToken)
                : _trainer.Fit(Shard(retained), Fit, cancellationToken);
            Show(retained.Length);
        }

        public void Dispose()
        {
        }

        private Shard Shard(int[] rows)
        {
            var codes = _records.Gather(rows);
            return new Shard(_records.Labels, _dimension, _lift?.Apply(codes) ?? codes, _records.GatherLabels(rows));
        }

        private void Show(int rows)
        {
            var temperature = ((IAdapterTrainer)_trainer).DefaultTemperature;
            Model = new HeadModel(_fitted.Adapter, _trainer.Load(_fitted.Adapter, "head"), _records.Classes.Count, temperature, _lift);
            KeptBytes = _fitted.Sums is { } sums ? sums.Values.Sum(s => (long)sizeof(long) * s.Length) : Storage.OfRecords(_records, rows);
        }
    }
}
