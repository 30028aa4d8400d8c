using System.Text;
using LegoNet.Data.Json;
using LegoNet.Numerics;
using LegoNet.Specs;

namespace LegoNet.Adapters;

/// <summary>
/// Penalised logistic regression: multinomial (softmax) for classes, one logit for two classes, one logit a label for sets of labels. Exact
/// by construction.
/// </summary>
public sealed class SoftmaxTrainer : ISummingTrainer
{
    /// <summary>The name in specs.</summary>
    public const string TrainerName = "softmax";

    internal const double LeastLambda = 1e-9;
    internal const double MostLambda = 1e3;
    private const string GramName = "gram";

    private readonly LabelLayout _labels;
    private readonly int _dimension;

    /// <summary>Creates a trainer.</summary>
    /// <param name="lambda">λ, 10⁻⁹ to 10³; relative.</param>
    /// <param name="labels">How labels are stored.</param>
    /// <param name="dimension">Length d of a code, from 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range.</exception>
    public SoftmaxTrainer(double lambda, LabelLayout labels, int dimension)
    {
        ArgumentNullException.ThrowIfNull(labels);
        ArgumentOutOfRangeException.ThrowIfLessThan(dimension, 1);
        if (!(lambda >= LeastLambda && lambda <= MostLambda))
        {
            throw new ArgumentOutOfRangeException(nameof(lambda), lambda, FormattableString.Invariant($"Must be from {LeastLambda} to {MostLambda}."));
        }

        Lambda = lambda;
        _labels = labels;
        _dimension = dimension;
        Declaration = Encoding.UTF8.GetString(CanonicalJson.Write(json =>
        {
            json.WriteStartObject();
            json.WriteString("trainer", TrainerName);
            json.WriteNumber("lambda", lambda);
            json.WriteEndObject();
        }));
    }

    /// <summary>λ, relative.</summary>
    public double Lambda { get; }

    /// <inheritdoc/>
    public string Name => TrainerName;

    /// <inheritdoc/>
    public string Declaration { get; }

    /// <inheritdoc/>
    public string FileExtension => ".safetensors";

    /// <inheritdoc/>
    /// <remarks>Always null: the same bytes on every machine.</remarks>
    public string? WhyNotRefittable => null;

    /// <inheritdoc/>
    /// <remarks>1: the scores are logits.</remarks>
    public double DefaultTemperature => 1;

    private int Width => _dimension + 1;

    /// <summary>Reads {"trainer":"softmax","lambda":…}.</summary>
    internal static SoftmaxTrainer FromSpec(StrictJson adapter, LabelLayout labels, int dimension)
    {
        ArgumentNullException.ThrowIfNull(adapter);
        adapter.Choice("trainer", null, TrainerName);
        if (labels.Task == LearningTask.Regression)
        {
            throw adapter.Error("trainer", $"names \"{TrainerName}\", which does not do regression (\"{RidgeTrainer.TrainerName}\" does)");
        }

        if (adapter.HasText("lambda"))
        {
            throw adapter.Error("lambda", $"must be a number; adapters that choose λ for themselves have the trainer \"{AutoTrainer.TrainerName}\"");
        }

        var lambda = adapter.Number("lambda", LeastLambda, MostLambda);
        adapter.Finish();
        return new SoftmaxTrainer(lambda, labels, dimension);
    }

    /// <inheritdoc/>
    public bool KeepsSums(long rows, int dimension) => false;

    /// <inheritdoc/>
    public bool UsesSums(long rows, int dimension) => rows > dimension + 1;

    /// <inheritdoc/>
    public double RefitCost(long rows, int dimension, int outputs)
    {
        double m = rows, d = dimension + 1;
        return m > d ? (m * d * d / 2) + (d * d * d / 6) + (SoftmaxFit.Evaluations * outputs * d * (m + m + d))
            : (m * m * d / 2) + (m * m * m / 6) + (outputs * m * (d + (SoftmaxFit.Evaluations * m)));
    }

    /// <inheritdoc/>
    public FittedAdapter Fit(Shard shard, FitSettings settings, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(shard);
        if (!UsesSums(shard.Rows, _dimension))
        {
            return new FittedAdapter(LogitAdapter.Of(_labels, FitDual(shard, cancellationToken)).ToFile());
        }

        var gram = new long[GramKernel.PackedLength(Width)];
        GramKernel.AddGram(shard.Codes, _dimension, gram);
        return FitPrimal(shard, gram, settings, cancellationToken);
    }

    /// <inheritdoc/>
    public FittedAdapter Update(IReadOnlyDictionary<string, long[]> sums, ShardChange change, FitSettings settings, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(sums);
        ArgumentNullException.ThrowIfNull(change);
        var gram = sums[GramName];
        GramKernel.SubtractGram(change.Removed.Codes, _dimension, gram);
        GramKernel.AddGram(change.Added.Codes, _dimension, gram);
        return FitPrimal(change.After, gram, settings, cancellationToken);
    }

    /// <inheritdoc/>
    public IAdapter Load(ReadOnlyMemory<byte> bytes, string file) => LinearAdapter.Read(bytes, file, _labels.Outputs, _dimension);

    private FittedAdapter FitPrimal(Shard shard, long[] gram, FitSettings settings, CancellationToken cancellationToken)
    {
        var penalty = Lambda * FoldSums.MeanEnergy(gram);
        using var factor = new FactorPreconditioner(gram, Width, SoftmaxFit.CurvatureShare, penalty);
        using var rows = new CodeRows(shard.Codes.ToArray(), _dimension, SoftmaxFit.Logits(_labels));
        var loss = SoftmaxFit.Loss(_labels, shard.LabelWords.ToArray());
        using var function = new CodeLogLoss(rows, loss, [new RowRange(0, shard.Rows)], penalty, factor, settings.Threads);
        var at = new Direction(new double[function.Length]);
        QuasiNewton.Minimise(function, at, SoftmaxFit.Evaluations, SoftmaxFit.Tolerance, cancellationToken);
        return new FittedAdapter(LogitAdapter.Of(_labels, at.Coordinates).ToFile(), new Dictionary<string, long[]> { [GramName] = gram });
    }

    private double[] FitDual(Shard shard, CancellationToken cancellationToken)
    {
        shard.Sort();
        var kernel = new long[GramKernel.PackedLength(shard.Rows)];
        GramKernel.KernelMatrix(shard.Codes, _dimension, kernel);

        // The trace of X Xᵀ is that of Xᵀ X.
        var penalty = Lambda * FoldSums.MeanEnergy(kernel) * shard.Rows / Width;
        using var factor = new FactorPreconditioner(kernel, shard.Rows, SoftmaxFit.CurvatureShare, penalty);
        var loss = SoftmaxFit.Loss(_labels, shard.LabelWords.ToArray());
        var function = new KernelLogLoss(loss, shard.Rows, penalty, factor);
        var at = function.Zero;
        QuasiNewton.Minimise(function, at, SoftmaxFit.Evaluations, SoftmaxFit.Tolerance, cancellationToken);
        return DualForm.Weights(shard.Codes, _dimension, at.Coordinates, loss.Outputs);
    }
}
