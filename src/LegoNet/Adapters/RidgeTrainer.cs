using System.Text;
using LegoNet.Data.Json;
using LegoNet.Numerics;
using LegoNet.Specs;

namespace LegoNet.Adapters;

/// <summary>
/// Ridge regression on one-hot (multi-label: 0/1; regression: integer) targets, exact by construction: Σ x xᵀ and Σ x yᵀ over int8
/// codes are integers, so they are the same whatever the order of the rows and however the set of rows came about. One float64
/// factorisation with a fixed order of operations turns them into float32 weights, bit for bit the same on every machine.
/// </summary>
/// <remarks>
/// Task: multiclass, binary, regression, multi-label. Codes need no further normalisation. Score: linear in the code. A shard with
/// more rows than d + 1 is solved in the primal form (Gram matrix), a shorter one in the dual form (kernel matrix), which depends
/// on the number of rows alone. The constant column is penalised like the others.
/// </remarks>
public sealed class RidgeTrainer : ISummingTrainer, IPartialSums
{
    /// <summary>The name in specs.</summary>
    public const string TrainerName = "ridge";

    internal const double LeastLambda = 1;
    internal const double MostLambda = 1e15;

    // From this many rows per column on, subtracting from kept sums beats summing the shard again even after reading and
    // writing the sums: (d + 1)²/2 int64 against rows × d bytes and rows × d²/2 multiply-adds.
    private const int KeepSumsFrom = 32;

    // Columns of weights that are summed together, and the multiply-adds from which they are shared out among threads.
    private const int Lanes = 8;
    private const string GramName = "gram";
    private const string MomentsName = "moments";

    private readonly LabelLayout _labels;
    private readonly int _dimension;

    /// <summary>Creates a trainer.</summary>
    /// <param name="lambda">
    /// λ, 1 to 10¹⁵, added to the diagonal of Σ x xᵀ; in squared units of the int8 code (a dimension with σ = 32 units adds about 1,000 per
    /// row).
    /// </param>
    /// <param name="labels">How labels are stored.</param>
    /// <param name="dimension">Length d of a code, from 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range.</exception>
    public RidgeTrainer(double lambda, LabelLayout labels, int dimension)
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

    /// <summary>λ, in squared units of the code.</summary>
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

    private int Width => _dimension + 1;

    private int TargetOffset => Targets.Offset(_labels);

    /// <summary>Reads {"trainer":"ridge","lambda":…}.</summary>
    internal static RidgeTrainer FromSpec(StrictJson adapter, LabelLayout labels, int dimension)
    {
        ArgumentNullException.ThrowIfNull(adapter);
        adapter.Choice("trainer", null, TrainerName);
        var lambda = adapter.Number("lambda", LeastLambda, MostLambda);
        adapter.Finish();
        return new RidgeTrainer(lambda, labels, dimension);
    }

    /// <inheritdoc/>
    public bool KeepsSums(long rows, int dimension) => rows >= (long)KeepSumsFrom * (dimension + 1);

    /// <inheritdoc/>
    public bool UsesSums(long rows, int dimension) => rows > dimension + 1;

    /// <inheritdoc/>
    public double RefitCost(long rows, int dimension, int outputs)
    {
        double m = rows, d = dimension + 1;
        return m == 0 ? 0
            : KeepsSums(rows, dimension) ? (d * d * d / 6) + (outputs * d * d)
            : m > d ? (m * d * d / 2) + (d * d * d / 6) + (outputs * (m + d) * d)
            : (m * m * d / 2) + (m * m * m / 6) + (outputs * m * (m + d));
    }

    /// <inheritdoc/>
    public FittedAdapter Fit(Shard shard, FitSettings settings, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(shard);
        return UsesSums(shard.Rows, _dimension) ? FitPrimal(shard, settings.Threads) : FitDual(shard, settings.Threads);
    }

    /// <inheritdoc/>
    public FittedAdapter Update(IReadOnlyDictionary<string, long[]> sums, ShardChange change, FitSettings settings, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(sums);
        ArgumentNullException.ThrowIfNull(change);
        if (!sums.TryGetValue(GramName, out var gram) || gram.Length != GramKernel.PackedLength(Width)
            || !sums.TryGetValue(MomentsName, out var moments) || moments.Length != _labels.Outputs * Width)
        {
            throw LegoNetException.Damaged("A shard's kept sums are not those of the ridge trainer.");
        }

        AddSums(change.Removed, gram, moments, subtract: true, settings.Threads);
        AddSums(change.Added, gram, moments, subtract: false, settings.Threads);
        return Solve(new Dictionary<string, long[]> { [GramName] = gram, [MomentsName] = moments }, settings.Threads);
    }

    /// <inheritdoc/>
    public IAdapter Load(ReadOnlyMemory<byte> bytes, string file) => LinearAdapter.Read(bytes, file, _labels.Outputs, _dimension);

    Dictionary<string, long[]> IPartialSums.NoSums() => NoSums();

    void IPartialSums.AddTo(Dictionary<string, long[]> sums, Shard rows, int threads)
        => AddSums(rows, sums[GramName], sums[MomentsName], subtract: false, threads);

    FittedAdapter IPartialSums.FitSums(Dictionary<string, long[]> sums, FitSettings settings) => Solve(sums, settings.Threads);

    private Dictionary<string, long[]> NoSums() => new()
    {
        [GramName] = new long[GramKernel.PackedLength(Width)],
        [MomentsName] = new long[_labels.Outputs * Width],
    };

    private FittedAdapter FitPrimal(Shard shard, int threads)
    {
        var sums = NoSums();
        AddSums(shard, sums[GramName], sums[MomentsName], subtract: false, threads);
        return Solve(sums, threads);
    }

    private FittedAdapter Solve(Dictionary<string, long[]> sums, int threads)
    {
        var solution = Array.ConvertAll(sums[MomentsName], m => (double)m);
        SolveRidge(sums[GramName], Width, solution, threads);
        return Finish(solution, sums);
    }

    private FittedAdapter FitDual(Shard shard, int threads)
    {
        shard.Sort();
        var rows = shard.Rows;
        var kernel = new long[GramKernel.PackedLength(rows)];
        GramKernel.KernelMatrix(shard.Codes, _dimension, kernel, threads);
        var duals = new double[_labels.Outputs * rows];
        for (var row = 0; row < rows; row++)
        {
            var label = shard.Label(row);
            for (var c = 0; c < _labels.Outputs; c++)
            {
                duals[(c * rows) + row] = Target(label, c);
            }
        }

        SolveRidge(kernel, rows, duals, threads);
        return Finish(DualForm.Weights(shard.Codes, _dimension, duals, _labels.Outputs, threads));
    }

    private void SolveRidge(long[] matrix, int order, double[] rightHandSides, int threads)
    {
        var diagonal = new double[order];
        Array.Fill(diagonal, Lambda);
        if (!Cholesky.TrySolve(matrix, order, diagonal, rightHandSides, _labels.Outputs, threads))
        {
            throw LegoNetException.BadInput(
                $"adapter.lambda: {Lambda} is too small for a shard of this data (its matrix is not positive definite in float64); declare a larger one.");
        }
    }

    private FittedAdapter Finish(double[] solution, Dictionary<string, long[]>? sums = null)
    {
        if (TargetOffset != 0)
        {
            solution[_dimension] += (double)TargetOffset / LinearAdapter.Bias;
        }

        var weights = Array.ConvertAll(solution, w => (float)w);
        return new FittedAdapter(new LinearAdapter(weights, _labels.Outputs).ToFile(), sums);
    }

    private void AddSums(Shard shard, long[] gram, long[] moments, bool subtract, int threads) => shard.ForEachPart((codes, labelWords) =>
    {
        if (subtract)
        {
            GramKernel.SubtractGram(codes, _dimension, gram, threads);
        }
        else
        {
            GramKernel.AddGram(codes, _dimension, gram, threads);
        }

        AddMoments(codes, labelWords, moments, subtract);
    });

    private void AddMoments(ReadOnlySpan<sbyte> codes, ReadOnlySpan<int> labelWords, long[] moments, bool subtract)
        => Moments.Add(
            codes,
            _dimension,
            labelWords,
            _labels.Outputs,
            _labels.Task is LearningTask.Multiclass or LearningTask.Binary ? null : Target,
            moments,
            subtract);

    private int Target(ReadOnlySpan<int> label, int output)
        => _labels.Task == LearningTask.Regression ? label[0] - TargetOffset : _labels.HasClass(label, output) ? 1 : 0;
}
