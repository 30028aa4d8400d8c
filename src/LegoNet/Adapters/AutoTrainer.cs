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
/// <remarks>
/// Task: all; for regression among ridge's λ. Folds are hashes of (code, label). A candidate's scores of all rows, each by a fit without its
/// fold, get the temperature of least log loss (Guo et al. 2017, labels smoothed as by Platt 1999); the trainer with the fewest errors wins,
/// and of its λ the smallest that loses at most 3 % more than the best. The winner is fitted to all rows, and its weights are divided by the
/// temperature, so scores are calibrated logits. docs/adapters.md has the rule step by step.
/// </remarks>
public sealed class AutoTrainer : ISummingTrainer
{
    /// <summary>The name in specs.</summary>
    public const string TrainerName = "auto";

    // Descending, and in pairs of which both have the same matrix for ten classes or more.
    private static readonly double[] s_ridge = [0.3, 0.03, 0.003];
    private static readonly double[] s_softmax = [0.03, 0.003, 0.0003];
    private static readonly double[] s_regression = [1, 0.1, 0.01, 0.001];

    private const int DefaultFolds = 2;
    private const double Slack = 1.03;
    private const double Behind = 1.1;

    private const int MostFolds = 16;
    private const int MostCandidates = 32;

    // Where the search for a temperature of ridge's scores, which are fitted to 0 and 1, begins.
    private const double RidgeFactor = 10;

    private readonly LabelLayout _labels;
    private readonly int _dimension;
    private readonly ShardFits _fits;
    private readonly Candidate[] _candidates;

    private AutoTrainer(string name, bool withSoftmax, StrictJson adapter, LabelLayout labels, int dimension)
    {
        _labels = labels;
        _dimension = dimension;
        Name = name;
        var folds = (int)adapter.Integer("folds", 2, MostFolds, DefaultFolds);
        var ridge = Lambdas(adapter, "ridge", labels.Task == LearningTask.Regression ? s_regression : s_ridge);
        var softmax = withSoftmax ? Lambdas(adapter, "softmax", s_softmax) : [];
        adapter.Finish();
        _fits = new ShardFits(labels, dimension, folds);
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

            json.WriteNumber("folds", folds);
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
    public bool UsesSums(long rows, int dimension) => _fits.UsesSums(rows);

    /// <inheritdoc/>
    public double RefitCost(long rows, int dimension, int outputs)
    {
        var softmax = _candidates.Count(c => c.IsSoftmax);
        return _fits.Cost(rows, _candidates.Length - softmax, softmax);
    }

    /// <inheritdoc/>
    public FittedAdapter Fit(Shard shard, FitSettings settings, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(shard);
        return _fits.Fit(shard, settings.Threads, (fits, rows) => Choose(fits, rows, cancellationToken));
    }

    /// <inheritdoc/>
    public FittedAdapter Update(IReadOnlyDictionary<string, long[]> sums, ShardChange change, FitSettings settings, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(sums);
        ArgumentNullException.ThrowIfNull(change);
        return _fits.Update(sums, change, settings.Threads, (fits, rows) => Choose(fits, rows, cancellationToken));
    }

    /// <inheritdoc/>
    public IAdapter Load(ReadOnlyMemory<byte> bytes, string file)
    {
        var parsed = SafetensorsFile.Parse(bytes, file, LegoNetError.Damaged);
        return LinearAdapter.Read(parsed, file, _labels.Outputs, _dimension).With(Selection.Read(parsed, file, _candidates.Length).Of(_candidates));
    }

    private static double[] Lambdas(StrictJson adapter, string member, double[] otherwise)
    {
        var lambdas = adapter.OptionalNumbers(member) ?? otherwise;
        return lambdas.All(l => l is >= SoftmaxTrainer.LeastLambda and <= SoftmaxTrainer.MostLambda) && lambdas.Count <= MostCandidates
            ? [.. lambdas]
            : throw adapter.Error(member, FormattableString.Invariant(
                $"must be at most {MostCandidates} numbers from {SoftmaxTrainer.LeastLambda} to {SoftmaxTrainer.MostLambda}"));
    }

    private byte[] Choose(ICandidateFits fits, FoldedShard shard, CancellationToken cancellationToken)
    {
        var trials = Walk(fits, shard, cancellationToken);
        var chosen = Best(trials);
        var weights = fits.Fit(_candidates[chosen], cancellationToken)
            ?? throw LegoNetException.BadInput($"adapter: λ {_candidates[chosen].Lambda} is too small for a shard of this data; declare larger ones.");
        return Selection.ToFile(Adapter(weights, trials[chosen].Factor), trials, chosen, shard.Rows);
    }

    // Along each trainer's λ, in the order in which they are declared, for as long as the loss falls; both at a time, since they share
    // matrices. A trainer that is clearly behind after its first λ is out of the race.
    private Trial[] Walk(ICandidateFits fits, FoldedShard shard, CancellationToken cancellationToken)
    {
        var trials = new Trial[_candidates.Length];
        Array.Fill(trials, Trial.None);
        var walks = new List<(int First, int End)>();
        foreach (var kind in _candidates.GroupBy(c => c.IsSoftmax))
        {
            var first = Array.IndexOf(_candidates, kind.First());
            walks.Add((first, first + kind.Count()));
        }

        for (var step = 0; walks.Count > 0; step++)
        {
            foreach (var (first, _) in walks)
            {
                trials[first + step] = Try(_candidates[first + step], fits, shard, cancellationToken);
            }

            var least = walks.Min(w => trials[w.First + step].Errors);
            walks.RemoveAll(w => w.First + step + 1 == w.End
                || (step == 0 ? trials[w.First].Errors > least * Behind : !(trials[w.First + step].Loss < trials[w.First + step - 1].Loss)));
        }

        return trials;
    }

    private unsafe Trial Try(Candidate candidate, ICandidateFits fits, FoldedShard shard, CancellationToken cancellationToken)
    {
        using var scores = new PinnedBuffer<double>((long)Outputs * shard.Stride);
        if (!fits.Predict(candidate, new Span<double>(scores.Pointer, Outputs * shard.Stride), cancellationToken))
        {
            return Trial.None;
        }

        if (_labels.Task == LearningTask.Regression)
        {
            return new Trial(1, SquaredErrors.Sum(_labels, shard.Words, new ReadOnlySpan<double>(scores.Pointer, shard.Rows)), 0);
        }

        var loss = shard.Loss;
        var (factor, value) = TemperatureFit.Fit(loss, shard.Rows, shard.Stride, scores.Pointer, candidate.IsSoftmax ? 1 : RidgeFactor);
        return new Trial(factor, value, loss.Errors(shard.Rows, shard.Stride, scores.Pointer));
    }

    // The trainer with the fewest errors at its least loss; and of its λ the smallest that loses next to nothing, since adapters together forgive
    // what one adapter by itself is penalised for. Among equals the one that is declared first.
    private int Best(Trial[] trials)
    {
        var best = _candidates.GroupBy(c => c.IsSoftmax)
            .Select(kind => kind.Select(c => Array.IndexOf(_candidates, c)).MinBy(i => trials[i].Loss))
            .OrderBy(i => trials[i].Errors).ThenBy(i => trials[i].Loss)
            .First();
        var enough = trials[best].Loss * (_labels.Task == LearningTask.Regression ? 1 : Slack);
        var (isSoftmax, lambda) = _candidates[best];
        for (var i = 0; i < trials.Length; i++)
        {
            if (_candidates[i].IsSoftmax == isSoftmax && trials[i].Loss <= enough && _candidates[i].Lambda < lambda)
            {
                (best, lambda) = (i, _candidates[i].Lambda);
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
