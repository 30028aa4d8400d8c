using System.Text;
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

    // Descending: a fit starts where the one before it ended.
    private static readonly double[] s_ridge = [1, 0.1];
    private static readonly double[] s_softmax = [0.03, 0.01, 0.003];
    private static readonly double[] s_regression = [1, 0.1, 0.01, 0.001];

    private const int DefaultFolds = 2;
    private const double Slack = 1.03;

    private const int MostFolds = 16;
    private const int MostCandidates = 32;

    // Where the search for a temperature of ridge's scores, which are fitted to 0 and 1, begins.
    private const double RidgeFactor = 10;

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
        var ridge = Lambdas(adapter, "ridge", labels.Task == LearningTask.Regression ? s_regression : s_ridge);
        var softmax = withSoftmax ? Lambdas(adapter, "softmax", s_softmax) : [];
        adapter.Finish();
        if (ridge.Length + softmax.Length == 0)
        {
            throw adapter.Error(null, $"needs a candidate: a λ of \"ridge\"{(withSoftmax ? " or of \"softmax\"" : "")}");
        }

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

    /// <inheritdoc/>
    public EnsembleRule DefaultEnsemble => _labels.Task == LearningTask.Regression ? EnsembleRule.Scores : EnsembleRule.Agreement;

    private int Width => _dimension + 1;

    private int Outputs => SoftmaxFit.Logits(_labels);

    /// <summary>Reads {"trainer":"auto",…}, or {"trainer":"ridge","lambda":"auto",…}.</summary>
    internal static AutoTrainer FromSpec(StrictJson adapter, LabelLayout labels, int dimension)
    {
        var name = adapter.String("trainer");
        if (name != TrainerName && adapter.String("lambda") != TrainerName)
        {
            throw adapter.Error("lambda", $"must be a number, or \"{TrainerName}\"");
        }

        if (labels.Task == LearningTask.Regression && adapter.Has("softmax"))
        {
            throw adapter.Error("softmax", "is for classes; a regression chooses among the λ of \"ridge\"");
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
        var rows = new FoldedShard(shard, _folds);
        return new FittedAdapter(Choose(new DualFits(rows), rows, cancellationToken));
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
    public IAdapter Load(ReadOnlyMemory<byte> bytes, string file)
        => LinearAdapter.Read(bytes, file, _labels.Outputs, _dimension).With(Selection.Read(bytes, file, _candidates.Length).Of(_candidates));

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
        var file = Choose(fits, shard, cancellationToken);
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

    private byte[] Choose(ICandidateFits fits, FoldedShard shard, CancellationToken cancellationToken)
    {
        var trials = Array.ConvertAll(_candidates, c => Try(c, fits, shard, cancellationToken));
        var chosen = Best(trials);
        var weights = fits.Fit(_candidates[chosen], cancellationToken);
        return Selection.ToFile(Adapter(weights, trials[chosen].Factor), trials, chosen, shard.Rows);
    }

    private unsafe Trial Try(Candidate candidate, ICandidateFits fits, FoldedShard shard, CancellationToken cancellationToken)
    {
        using var scores = new PinnedBuffer<double>((long)Outputs * fits.Stride);
        if (!fits.Predict(candidate, new Span<double>(scores.Pointer, Outputs * fits.Stride), cancellationToken))
        {
            return new Trial(1, double.PositiveInfinity);
        }

        if (_labels.Task == LearningTask.Regression)
        {
            return new Trial(1, SquaredErrors.Sum(_labels, shard.Words, new ReadOnlySpan<double>(scores.Pointer, shard.Rows)));
        }

        var loss = SoftmaxFit.Loss(_labels, shard.Words);
        var (factor, value) = TemperatureFit.Fit(loss, shard.Rows, fits.Stride, scores.Pointer, candidate.IsSoftmax ? 1 : RidgeFactor);
        return new Trial(factor, value);
    }

    // The least loss; and of the same trainer's λ the smallest that loses next to nothing, since adapters together forgive what one adapter
    // by itself is penalised for. Among equals the one that is declared first.
    private int Best(Trial[] trials)
    {
        var best = 0;
        for (var i = 1; i < trials.Length; i++)
        {
            best = trials[i].Loss < trials[best].Loss ? i : best;
        }

        var (isSoftmax, enough) = (_candidates[best].IsSoftmax, trials[best].Loss * (_labels.Task == LearningTask.Regression ? 1 : Slack));
        for (var i = 0; i < trials.Length; i++)
        {
            if (_candidates[i].IsSoftmax == isSoftmax && trials[i].Loss <= enough && _candidates[i].Lambda < _candidates[best].Lambda)
            {
                best = i;
            }
        }

        return best;
    }

    private LinearAdapter Adapter(double[] weights, double factor)
    {
        if (_labels.Task != LearningTask.Regression)
        {
            return LogitAdapter.Of(_labels, weights, factor);
        }

        weights[_dimension] += (double)Targets.Offset(_labels) / LinearAdapter.Bias;
        return new LinearAdapter(Array.ConvertAll(weights, w => (float)w), 1);
    }
}
