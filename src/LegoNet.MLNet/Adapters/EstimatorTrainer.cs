using LegoNet.Adapters;
using LegoNet.Specs;
using Microsoft.ML;

namespace LegoNet.MLNet.Adapters;

/// <summary>"mlnet:custom": an estimator that a program registered with <c>AdapterEstimators</c>.</summary>
internal sealed class EstimatorTrainer : MLNetTrainer<EstimatorScore>
{
    public const string TrainerName = "mlnet:custom";

    private readonly string _name;
    private readonly string _version;

    public EstimatorTrainer(TrainerDeclaration options, LabelLayout labels, int dimension)
        : base(TrainerName, labels, dimension)
    {
        _name = options.Text("name");
        _version = options.Text("version");
        Declare(options, FitEnvironment.HereWithThreads);
    }

    /// <inheritdoc/>
    /// <remarks>Multiclass estimators mostly score by probabilities, others by log odds.</remarks>
    public override double DefaultTemperature => Labels.Task == LearningTask.Multiclass ? ModelSpec.DefaultTemperature : 1;

    protected override string? WhyNotFittable => EstimatorRegistrations.Find(_name) switch
    {
        null => $"the estimator \"{_name}\" version \"{_version}\" is not registered in this program (AdapterEstimators.Register)",
        { Version: var version } when version != _version
            => $"they need the estimator \"{_name}\" version \"{_version}\", and version \"{version}\" is registered",
        _ => null,
    };

    protected override double Certain => 1;

    protected override bool FitsAllClasses => true;

    protected override bool ScalesCodes => true;

    protected override ShardLabels RegressionLabels => ShardLabels.Target;

    /// <inheritdoc/>
    public override double RefitCost(long rows, int dimension, int outputs)
    {
        const double CostOfAll = 1000; // A guess: that of a logistic regression.
        return CostOfAll * rows * dimension * outputs;
    }

    /// <inheritdoc/>
    public override IAdapter Load(ReadOnlyMemory<byte> bytes, string file) => EstimatorAdapter.Read(bytes, file, Labels, Dimension);

    protected override IReadOnlyList<EstimatorScore> FitMulticlass(MLContext ml, IDataView rows, int seed)
    {
        var content = Fit(rows, seed);
        return [.. Enumerable.Range(0, Labels.Outputs).Select(c => new EstimatorScore(content, c))];
    }

    protected override EstimatorScore FitBinary(MLContext ml, IDataView rows, int seed) => new(Fit(rows, seed), -1);

    protected override EstimatorScore FitRegression(MLContext ml, IDataView rows, int seed) => new(Fit(rows, seed), -1);

    protected override byte[] ToFile(FittedScore<EstimatorScore>[] scores) => EstimatorAdapter.Write(scores);

    private EstimatorContent Fit(IDataView rows, int seed)
    {
        var registration = EstimatorRegistrations.Find(_name) ?? throw LegoNetException.BadInput($"{TrainerName}: {WhyNotFittable}.");
        var content = registration.Fit((ml, estimator) => FitOnce(ml, estimator, rows), seed, out var repeats);
        return repeats ? content : throw LegoNetException.BadInput(
            $"{TrainerName}: two fits of the estimator \"{_name}\" to the same rows gave different models, so nothing could be forgotten exactly; "
            + "use the MLContext that it is given, one thread and no state of its own.");
    }

    private EstimatorContent FitOnce(MLContext ml, IEstimator<ITransformer> estimator, IDataView rows)
    {
        var transformer = estimator.Fit(rows);
        if (EstimatorEngine.WhyNotScorable(transformer, Labels, Dimension) is { } why)
        {
            throw LegoNetException.BadInput($"{TrainerName}: the estimator \"{_name}\" {why}.");
        }

        return EstimatorContent.Save(ml, transformer);
    }
}
