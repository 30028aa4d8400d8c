using System.Text;
using LegoNet.Data.Json;
using LegoNet.Specs;

namespace LegoNet.Adapters;

/// <summary>
/// Penalised logistic regression: multinomial (softmax) for classes, one logit for two classes, one logit a label for sets of labels. Exact
/// by construction: weights and p − y are rounded to int16 in each pass, so both products with the int8 codes are sums of integers, the same
/// whatever the order of the rows; the steps between passes are float64 in a fixed order. Bit for bit the same on every machine.
/// </summary>
/// <remarks>
/// <para>Task: multiclass, binary, multi-label. Codes need no further normalisation and no caching. Score: a logit, linear in the code; two
/// classes have half of one logit each way, labels have logit + ½. Cost of a fit: one Gram matrix, one factorisation, 8 passes (24 where there
/// are 32 rows a column); see docs/adapters.md for the three forms, and for when ridge or trees are the better choice.</para>
/// <para>μ = λ · the mean over columns of Σ c². The search is limited-memory BFGS (Nocedal 1980) preconditioned by (h·G + μI)⁻¹, G the Gram
/// matrix and h the curvature's share, for which ½ would be the bound (Böhning 1992).</para>
/// </remarks>
public sealed class SoftmaxTrainer : ISummingTrainer
{
    /// <summary>The name in specs.</summary>
    public const string TrainerName = "softmax";

    internal const double LeastLambda = 1e-9;
    internal const double MostLambda = 1e3;

    private readonly LabelLayout _labels;
    private readonly int _dimension;
    private readonly ShardFits _fits;

    /// <summary>Creates a trainer.</summary>
    /// <param name="lambda">λ, 10⁻⁹ to 10³, relative to the mean over columns of Σ c², so that it means the same for any number of rows.</param>
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
        _fits = new ShardFits(labels, dimension, folds: 1);
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
    public bool UsesSums(long rows, int dimension) => _fits.UsesSums(rows);

    /// <inheritdoc/>
    public double RefitCost(long rows, int dimension, int outputs) => _fits.Cost(rows, 0, 1);

    /// <inheritdoc/>
    public FittedAdapter Fit(Shard shard, FitSettings settings, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(shard);
        return _fits.Fit(shard, settings.Threads, (fits, _) => ToFile(fits, cancellationToken));
    }

    /// <inheritdoc/>
    public FittedAdapter Update(IReadOnlyDictionary<string, long[]> sums, ShardChange change, FitSettings settings, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(sums);
        ArgumentNullException.ThrowIfNull(change);
        return _fits.Update(sums, change, settings.Threads, (fits, _) => ToFile(fits, cancellationToken));
    }

    /// <inheritdoc/>
    public IAdapter Load(ReadOnlyMemory<byte> bytes, string file) => LinearAdapter.Read(bytes, file, _labels.Outputs, _dimension);

    private byte[] ToFile(ICandidateFits fits, CancellationToken cancellationToken)
        => LogitAdapter.Of(_labels, fits.Fit(new Candidate(true, Lambda), cancellationToken)!).ToFile();
}
