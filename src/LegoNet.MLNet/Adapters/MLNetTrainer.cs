using LegoNet.Adapters;
using LegoNet.Ensembles;
using LegoNet.Specs;
using Microsoft.ML;

namespace LegoNet.MLNet.Adapters;

/// <summary>
/// Fits adapters by an ML.NET trainer. A fit is a function of the shard's rows as a set, the options, the seed and the recorded
/// environment: rows are sorted, every fit has an <see cref="MLContext"/> of its own with a seed from the adapter's, and no sum runs over several threads.
/// </summary>
/// <remarks>
/// Scores are the trainer's raw scores, never calibrated. Binary: the scores are 0 and s. Multi-label: 0.5 + s for each class, since the
/// scorer's threshold is 0.5. ML.NET never sees a shard with one kind of label: then scores are constants, ±<see cref="Certain"/>.
/// </remarks>
/// <typeparam name="TModel">What a fit gives.</typeparam>
internal abstract class MLNetTrainer<TModel> : IAdapterTrainer
    where TModel : class
{
    private FitEnvironment? _recorded;

    protected MLNetTrainer(string name, LabelLayout labels, int dimension)
    {
        Name = name;
        Labels = labels;
        Dimension = dimension;
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public string Declaration { get; private set; } = "";

    /// <inheritdoc/>
    public string FileExtension => ".safetensors";

    /// <inheritdoc/>
    public string? WhyNotRefittable
        => MLNetBackend.WhyNotRefittable ?? WhyNotFittable ?? _recorded!.Difference(HereFor(_recorded)) switch
        {
            null => null,
            var difference => $"{Name} fitted them in another environment ({difference}), and its last bits depend on it; use such a machine, "
                + "or make all adapters anew here with `legonet rebuild`",
        };

    /// <inheritdoc/>
    public abstract double DefaultTemperature { get; }

    protected LabelLayout Labels { get; }

    protected int Dimension { get; }

    /// <summary>A reason of the trainer's own why it cannot fit here; null when there is none.</summary>
    protected virtual string? WhyNotFittable => null;

    /// <summary>The size of the score of a class that all rows of a shard have, or none.</summary>
    protected abstract double Certain { get; }

    /// <summary>Whether one multiclass fit gives all scores; otherwise each class is fitted against the rest.</summary>
    protected abstract bool FitsAllClasses { get; }

    /// <summary>Whether trainers see code / 127 or the codes themselves.</summary>
    protected abstract bool ScalesCodes { get; }

    /// <summary>What labels of a regression are.</summary>
    protected virtual ShardLabels RegressionLabels => ShardLabels.ScaledTarget;

    /// <inheritdoc/>
    public abstract double RefitCost(long rows, int dimension, int outputs);

    /// <inheritdoc/>
    public FittedAdapter Fit(Shard shard, FitSettings settings, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(shard);
        shard.Sort();
        try
        {
            return new FittedAdapter(ToFile(FitScores(shard, settings.Seed, cancellationToken)));
        }
        catch (Exception e) when (e is not (OperationCanceledException or LegoNetException or OutOfMemoryException))
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw LegoNetException.BadInput($"{Name}: ML.NET could not fit a shard of {shard.Rows} rows ({e.Message.TrimEnd('.')}).", e);
        }
    }

    /// <inheritdoc/>
    public abstract IAdapter Load(ReadOnlyMemory<byte> bytes, string file);

    /// <summary>Takes the declaration from the options; a constructor calls it when it has read them all.</summary>
    protected void Declare(TrainerDeclaration options, FitEnvironment here) => (_recorded, Declaration) = options.Finish(here);

    /// <summary>Fits all classes at once; the models of their scores, [C].</summary>
    protected abstract IReadOnlyList<TModel> FitMulticlass(MLContext ml, IDataView rows, int seed);

    /// <summary>Fits one class against the rest.</summary>
    protected abstract TModel FitBinary(MLContext ml, IDataView rows, int seed);

    /// <summary>Fits a regression.</summary>
    protected abstract TModel FitRegression(MLContext ml, IDataView rows, int seed);

    /// <summary>The adapter's file.</summary>
    /// <param name="scores">The scores, [C].</param>
    protected abstract byte[] ToFile(FittedScore<TModel>[] scores);

    /// <summary>A failure of a fit that ended without an exception.</summary>
    protected LegoNetException NotFinite()
        => LegoNetException.BadInput($"{Name}: a fit ended with numbers that are not finite; declare more regularisation or a smaller learning rate.");

    private static FitEnvironment HereFor(FitEnvironment recorded) => recorded.Processors is null ? FitEnvironment.Here : FitEnvironment.HereWithThreads;

    private FittedScore<TModel>[] FitScores(Shard shard, ulong seed, CancellationToken cancellationToken)
    {
        switch (Labels.Task)
        {
            case LearningTask.Regression:
                return [FitTarget(shard, seed, cancellationToken)];
            case LearningTask.Binary:
                return [FittedScore<TModel>.Constant(0), FitOneClass(shard, 1, 0, seed, cancellationToken)];
            case LearningTask.Multiclass when FitsAllClasses:
                return FitClasses(shard, seed, cancellationToken);
            default:
                var offset = Labels.Task == LearningTask.Multilabel ? Scorer.MultilabelThreshold : 0;
                var scores = new FittedScore<TModel>[Labels.Outputs];
                for (var c = 0; c < scores.Length; c++)
                {
                    scores[c] = FitOneClass(shard, c, offset, seed, cancellationToken);
                }

                return scores;
        }
    }

    private FittedScore<TModel>[] FitClasses(Shard shard, ulong seed, CancellationToken cancellationToken)
    {
        var first = shard.Label(0)[0];
        if (!shard.LabelWords.ContainsAnyExcept(first))
        {
            return [.. Enumerable.Range(0, Labels.Outputs).Select(c => FittedScore<TModel>.Constant(c == first ? Certain : 0))];
        }

        var seed32 = AdapterSeed.Of(seed, 0);
        var rows = new ShardView(shard, ShardLabels.Keys, 0, ScalesCodes, cancellationToken);
        return [.. FitMulticlass(new MLContext(seed32), rows, seed32).Select(model => new FittedScore<TModel>(model, 1, 0))];
    }

    private FittedScore<TModel> FitOneClass(Shard shard, int output, double offset, ulong seed, CancellationToken cancellationToken)
    {
        var members = 0;
        for (var row = 0; row < shard.Rows; row++)
        {
            members += Labels.HasClass(shard.Label(row), output) ? 1 : 0;
        }

        if (members == 0 || members == shard.Rows)
        {
            return FittedScore<TModel>.Constant(offset + (members == 0 ? -Certain : Certain));
        }

        var seed32 = AdapterSeed.Of(seed, output);
        var rows = new ShardView(shard, ShardLabels.OneClass, output, ScalesCodes, cancellationToken);
        return new FittedScore<TModel>(FitBinary(new MLContext(seed32), rows, seed32), 1, offset);
    }

    private FittedScore<TModel> FitTarget(Shard shard, ulong seed, CancellationToken cancellationToken)
    {
        var first = shard.Label(0)[0];
        if (!shard.LabelWords.ContainsAnyExcept(first))
        {
            return FittedScore<TModel>.Constant(first);
        }

        var seed32 = AdapterSeed.Of(seed, 0);
        var model = FitRegression(new MLContext(seed32), new ShardView(shard, RegressionLabels, 0, ScalesCodes, cancellationToken), seed32);
        if (RegressionLabels == ShardLabels.Target)
        {
            return new FittedScore<TModel>(model, 1 / Labels.Target!.Step, -Labels.Target.Min / Labels.Target.Step);
        }

        var scale = TargetScale.Of(Labels.Target!);
        return new FittedScore<TModel>(model, scale.Scale, scale.Middle);
    }
}
