using System.Text;
using LegoNet.Data.Formats;
using LegoNet.Data.Json;
using LegoNet.Numerics;
using LegoNet.Specs;

namespace LegoNet.Adapters;

/// <summary>
/// Chooses ridge or softmax, and λ, for each adapter from its own shard: by cross-validation over declared candidates. The choice is a part of
/// the function that training computes, so a model from which records went chose as if it had never seen them.
/// </summary>
public sealed class AutoTrainer : ISummingTrainer
{
    /// <summary>The name in specs.</summary>
    public const string TrainerName = "auto";

    internal static readonly double[] DefaultRidge = [0.001, 0.01, 0.1, 1];
    internal static readonly double[] DefaultSoftmax = [0.1, 0.01, 0.001];
    internal const int DefaultFolds = 2;

    private const int MostFolds = 16;
    private const int MostCandidates = 32;

    // Ridge's scores are fitted to 0 and 1.
    private const string GramName = "gram";
    private const string MomentsName = "moments";

    private readonly LabelLayout _labels;
    private readonly int _dimension;
    private readonly int _folds;
    private readonly Candidate[] _candidates;

    private AutoTrainer(string name, bool withSoftmax, StrictJson adapter, LabelLayout labels, int dimension)
    {
        _labels = labels;
        _dimension = dimension;
        Name = name;
        _folds = (int)adapter.Integer("folds", 2, MostFolds, DefaultFolds);
        var ridge = Lambdas(adapter, "ridge", DefaultRidge);
        var softmax = withSoftmax ? Lambdas(adapter, "softmax", DefaultSoftmax) : [];
        adapter.Finish();
        _candidates = [.. ridge.Select(l => new Candidate(false, l)), .. softmax.Select(l => new Candidate(true, l))];
        Declaration = Encoding.UTF8.GetString(CanonicalJson.Write(json =>
        {
            json.WriteStartObject();
            json.WriteString("trainer", name);
            if (name != TrainerName)
            {
                json.WriteString("lambda", TrainerName);
            }

            json.WriteNumber("folds", _folds);
            Write("ridge", ridge);
            if (withSoftmax)
            {
                Write("softmax", softmax);
            }

            json.WriteEndObject();

            void Write(string member, IReadOnlyList<double> lambdas)
            {
                json.WriteStartArray(member);
                foreach (var lambda in lambdas)
                {
                    json.WriteNumberValue(lambda);
                }

                json.WriteEndArray();
            }
        }));
    }

    /// <inheritdoc/>
    public string Name { get; }

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

    private int Outputs => SoftmaxFit.Logits(_labels);

    /// <summary>Reads {"trainer":"auto",…}, or {"trainer":"ridge","lambda":"auto",…}.</summary>
    internal static AutoTrainer FromSpec(StrictJson adapter, LabelLayout labels, int dimension)
    {
        var name = adapter.String("trainer");
        if (name != TrainerName)
        {
            adapter.Choice("lambda", null, TrainerName);
        }

        return new AutoTrainer(name, name == TrainerName && labels.Task != LearningTask.Regression, adapter, labels, dimension);
    }

    /// <inheritdoc/>
    public bool KeepsSums(long rows, int dimension) => false;

    /// <inheritdoc/>
    public bool UsesSums(long rows, int dimension) => rows > dimension + 1;

    /// <inheritdoc/>
    public double RefitCost(long rows, int dimension, int outputs)
    {
        double m = rows, d = dimension + 1, softmax = _candidates.Count(c => c.IsSoftmax), ridge = _candidates.Length - softmax;
        var evaluation = outputs * d * (m + m + d);
        var passes = (softmax * (_folds - 1) * SoftmaxFit.FoldEvaluations) + SoftmaxFit.Evaluations;
        var train = m * (_folds - 1) / _folds;
        return m > d ? (m * d * d / 2) + ((1 + softmax + (ridge * _folds)) * d * d * d / 6) + (passes * evaluation)
            : (m * m * d / 2) + (m * m * m / 6) + (_candidates.Length * _folds * train * train * train / 6) + (passes * outputs * m * m);
    }

    /// <inheritdoc/>
    public FittedAdapter Fit(Shard shard, FitSettings settings, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(shard);
        if (UsesSums(shard.Rows, _dimension))
        {
            var folded = new FoldedShard(shard, _folds);
            return FitPrimal(folded, [.. folded.Folds.Select(f => Sums(folded, f))], settings, cancellationToken);
        }

        shard.Sort();
        return new FittedAdapter(Choose(new DualFits(new FoldedShard(shard, _folds)), shard.Rows, new FoldedShard(shard, _folds), cancellationToken));
    }

    /// <inheritdoc/>
    public FittedAdapter Update(IReadOnlyDictionary<string, long[]> sums, ShardChange change, FitSettings settings, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(sums);
        ArgumentNullException.ThrowIfNull(change);
        var folds = Enumerable.Range(0, _folds).Select(f => new FoldSums(sums[GramName + f], sums[MomentsName + f])).ToArray();
        Add(change.Removed, folds, subtract: true);
        Add(change.Added, folds, subtract: false);
        return FitPrimal(new FoldedShard(change.After, _folds), folds, settings, cancellationToken);
    }

    /// <inheritdoc/>
    public IAdapter Load(ReadOnlyMemory<byte> bytes, string file) => LinearAdapter.Read(bytes, file, _labels.Outputs, _dimension);

    private static double[] Lambdas(StrictJson adapter, string member, double[] otherwise)
    {
        var lambdas = adapter.OptionalNumbers(member) ?? otherwise;
        return lambdas.All(l => l is >= SoftmaxTrainer.LeastLambda and <= SoftmaxTrainer.MostLambda) && lambdas.Count <= MostCandidates
            ? [.. lambdas]
            : throw adapter.Error(member, FormattableString.Invariant(
                $"must be at most {MostCandidates} numbers from {SoftmaxTrainer.LeastLambda} to {SoftmaxTrainer.MostLambda}"));
    }

    private FittedAdapter FitPrimal(FoldedShard shard, FoldSums[] folds, FitSettings settings, CancellationToken cancellationToken)
    {
        using var fits = new PrimalFits(shard, folds, settings.Threads);
        var file = Choose(fits, shard.Rows, shard, cancellationToken);
        var sums = new Dictionary<string, long[]>();
        for (var f = 0; f < _folds; f++)
        {
            sums.Add(GramName + f, folds[f].Gram);
            sums.Add(MomentsName + f, folds[f].Moments);
        }

        return new FittedAdapter(file, sums);
    }

    private FoldSums Sums(FoldedShard shard, RowRange range)
    {
        var sums = FoldSums.Empty(Width, Outputs);
        var codes = shard.Codes.AsSpan(range.First * _dimension, range.Count * _dimension);
        GramKernel.AddGram(codes, _dimension, sums.Gram);
        Targets.AddSums(_labels, codes, _dimension, shard.Words.AsSpan(range.First * _labels.Width, range.Count * _labels.Width), sums.Moments, false);
        return sums;
    }

    private void Add(Shard rows, FoldSums[] folds, bool subtract)
    {
        for (var r = 0; r < rows.Rows; r++)
        {
            var code = rows.Codes.Slice(r * _dimension, _dimension);
            var sums = folds[FoldedShard.FoldOf(code, rows.Label(r), _folds)];
            if (subtract)
            {
                GramKernel.SubtractGram(code, _dimension, sums.Gram);
            }
            else
            {
                GramKernel.AddGram(code, _dimension, sums.Gram);
            }

            Targets.AddSums(_labels, code, _dimension, rows.Label(r), sums.Moments, subtract);
        }
    }

    private unsafe byte[] Choose(ICandidateFits fits, int rows, FoldedShard shard, CancellationToken cancellationToken)
    {
        var loss = SoftmaxFit.Loss(_labels, shard.Words);
        using var scores = new PinnedBuffer<double>((long)Outputs * fits.Stride);
        var span = new Span<double>(scores.Pointer, Outputs * fits.Stride);
        var numbers = new double[_candidates.Length * 2];
        int best = -1;
        var least = double.PositiveInfinity;
        for (var i = 0; i < _candidates.Length; i++)
        {
            span.Clear();
            var (factor, value) = fits.Predict(_candidates[i], span, cancellationToken)
                ? TemperatureFit.Fit(loss, rows, fits.Stride, scores.Pointer)
                : (1, double.PositiveInfinity);
            numbers[2 * i] = 1 / factor;
            numbers[(2 * i) + 1] = value / rows;
            if (best < 0 || value < least)
            {
                (best, least) = (i, value);
            }
        }

        var weights = fits.Fit(_candidates[best], cancellationToken);
        if (Environment.GetEnvironmentVariable("AUTO_TRACE") is not null)
        {
            Console.WriteLine($"rows {rows}: {string.Join(" ", _candidates.Select((c, i) => $"{(c.IsSoftmax ? "s" : "r")}{c.Lambda}:T{numbers[2 * i]:G3}:{numbers[2 * i + 1]:F4}"))} -> {best}");
        }

        return LogitAdapter.Of(_labels, weights, 1 / numbers[2 * best]).ToFile();
    }
}
