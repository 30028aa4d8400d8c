using System.Diagnostics;
using LegoNet.Adapters;
using LegoNet.Common;
using LegoNet.Routing;
using LegoNet.Specs;

namespace LegoNet.Ensembles;

/// <summary>
/// Scores codes with one immutable state of a model: the unweighted mean of the k activated adapters (LegoNet, arXiv 2210.16023), or another
/// declared rule (<see cref="EnsembleRule"/>).
/// Adapters without rows abstain; when all k abstain the declared prior decides; ties go to the lower class. Thread-safe. The
/// scores are the same doubles on every machine (the prior's, which go through a logarithm, aside).
/// </summary>
public sealed class Scorer
{
    /// <summary>Multi-label: a class is predicted when its mean score is at least this.</summary>
    public const double MultilabelThreshold = 0.5;

    private readonly Router _router;
    private readonly double[] _prior;
    private volatile IAdapter?[]? _adapters;

    internal Scorer(ModelSpec spec, Router router, IAdapter?[] adapters, SnapshotLease? lease = null)
    {
        Spec = spec;
        Lease = lease;
        _router = router;
        _adapters = adapters;
        _prior = spec.PriorScores;
    }

    /// <summary>The frozen spec.</summary>
    public ModelSpec Spec { get; }

    /// <summary>Scores, C (1 for regression).</summary>
    public int Outputs => _prior.Length;

    /// <summary>The adapters, [n]; null where one has no rows and abstains.</summary>
    /// <exception cref="SnapshotExpiredException">The scorer came from a hosted model's snapshot, and that has expired.</exception>
    internal IReadOnlyList<IAdapter?> Adapters => HeldAdapters();

    /// <summary>Scores of a record all of whose adapters abstain, [C].</summary>
    internal ReadOnlySpan<double> Prior => _prior;

    /// <summary>Until when this scorer may score; null for a model that a caller opened and watches over.</summary>
    internal SnapshotLease? Lease { get; }

    /// <summary>Mean scores of a batch of codes.</summary>
    /// <param name="codes">Row-major codes, [m, d], each in −127…127.</param>
    /// <param name="scores">Receives row-major mean scores, [m, C]; for regression in steps above the declared minimum.</param>
    /// <exception cref="ArgumentException">A span's length does not fit the spec.</exception>
    /// <exception cref="SnapshotExpiredException">The scorer came from a hosted model's snapshot, and that has expired.</exception>
    public void Score(ReadOnlySpan<sbyte> codes, Span<double> scores)
    {
        var dimension = Spec.Dimension;
        var rows = codes.Length / dimension;
        if (rows * dimension != codes.Length || scores.Length != rows * Outputs)
        {
            throw new ArgumentException($"Codes must be [m, {dimension}] and scores [m, {Outputs}].", nameof(codes));
        }

        var adapters = HeldAdapters();
        var started = Telemetry.ScoringStarted();
        var routes = new ushort[rows * Spec.Active];
        _router.Route(codes, routes);
        var code = new double[dimension + 1];
        code[dimension] = LinearAdapter.Bias;
        var room = Spec.Ensemble == EnsembleRule.Scores ? [] : new double[Spec.Active * Outputs];
        scores.Clear();
        for (var row = 0; row < rows; row++)
        {
            var source = codes.Slice(row * dimension, dimension);
            for (var j = 0; j < dimension; j++)
            {
                code[j] = source[j];
            }

            ScoreOne(adapters, code, routes.AsSpan(row * Spec.Active, Spec.Active), room, scores.Slice(row * Outputs, Outputs));
        }

        Telemetry.Scored(rows, started);
    }

    /// <summary>Predicts one record.</summary>
    /// <param name="code">The code, [d].</param>
    /// <exception cref="SnapshotExpiredException">The scorer came from a hosted model's snapshot, and that has expired.</exception>
    public Prediction Predict(ReadOnlySpan<sbyte> code)
    {
        var scores = new double[Outputs];
        Score(code, scores);
        return Interpret(scores);
    }

    /// <summary>Turns one record's mean scores into a prediction.</summary>
    /// <param name="scores">Mean scores, [C].</param>
    public Prediction Interpret(ReadOnlySpan<double> scores)
    {
        var labels = Spec.Labels;
        switch (Spec.Task)
        {
            case LearningTask.Regression:
                var value = Math.Clamp(labels.Value(scores[0]), labels.Target!.Min, labels.Target.Max);
                return new Prediction(value.ToString("R", System.Globalization.CultureInfo.InvariantCulture), -1, [value], []);
            case LearningTask.Multilabel:
                var names = new List<string>();
                var marginals = new double[Outputs];
                for (var c = 0; c < Outputs; c++)
                {
                    marginals[c] = 1 / (1 + Math.Exp(-(scores[c] - MultilabelThreshold) / Spec.Temperature));
                    if (scores[c] >= MultilabelThreshold)
                    {
                        names.Add(labels.Classes[c]);
                    }
                }

                return new Prediction(string.Join('|', names), Top(scores), scores.ToArray(), marginals);
            default:
                var top = Top(scores);
                return new Prediction(labels.Classes[top], top, scores.ToArray(), Softmax(scores));
        }
    }

    /// <summary>The highest score's position; ties go to the lower class.</summary>
    internal static int Top(ReadOnlySpan<double> scores)
    {
        var top = 0;
        for (var c = 1; c < scores.Length; c++)
        {
            if (scores[c] > scores[top])
            {
                top = c;
            }
        }

        return top;
    }

    /// <summary>The same scorer, for as long as a lease lasts.</summary>
    internal Scorer WithLease(SnapshotLease lease) => new(Spec, _router, HeldAdapters(), lease);

    /// <summary>Lets go of the adapters of a scorer whose lease has ended, whoever still refers to the scorer.</summary>
    internal void Release()
    {
        Debug.Assert(Lease is { HasEnded: true }, "Only an expired scorer is released.");
        _adapters = null;
    }

    private IAdapter?[] HeldAdapters()
        => (Lease is { HasEnded: true } ? null : _adapters) ?? throw Lease!.Expired();

    // Adapters that abstain are no voices; without any voice the prior decides.
    private void ScoreOne(IAdapter?[] adapters, ReadOnlySpan<double> code, ReadOnlySpan<ushort> route, Span<double> room, Span<double> scores)
    {
        room.Clear();
        var voices = 0;
        foreach (var number in route)
        {
            if (adapters[number] is { } adapter)
            {
                adapter.AddScores(code, room.IsEmpty ? scores : room.Slice(voices * scores.Length, scores.Length));
                voices++;
            }
        }

        if (voices == 0)
        {
            _prior.CopyTo(scores);
        }
        else if (Spec.Ensemble == EnsembleRule.Agreement)
        {
            Combination.Agreement(room[..(voices * scores.Length)], Spec.Task == LearningTask.Multilabel, scores);
        }
        else if (Spec.Ensemble == EnsembleRule.Probabilities)
        {
            Combination.Probabilities(room[..(voices * scores.Length)], Spec.Task == LearningTask.Multilabel, Spec.Temperature, scores);
        }
        else
        {
            for (var c = 0; c < scores.Length; c++)
            {
                scores[c] /= voices;
            }
        }
    }

    private double[] Softmax(ReadOnlySpan<double> scores)
    {
        var probabilities = new double[scores.Length];
        var top = scores[Top(scores)];
        double sum = 0;
        for (var c = 0; c < scores.Length; c++)
        {
            sum += probabilities[c] = Math.Exp((scores[c] - top) / Spec.Temperature);
        }

        for (var c = 0; c < scores.Length; c++)
        {
            probabilities[c] /= sum;
        }

        return probabilities;
    }
}
