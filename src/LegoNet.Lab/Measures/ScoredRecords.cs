using LegoNet.Lab.Methods;
using LegoNet.Lab.Networks;

namespace LegoNet.Lab.Measures;

/// <summary>What a model says of some records, and measures of it.</summary>
public sealed class ScoredRecords
{
    // Records that are scored at a time.
    private const int Part = 256;

    private readonly int[] _labels;
    private readonly double[][] _probabilities;

    private ScoredRecords(int[] labels, double[][] probabilities, double[] margins)
    {
        _labels = labels;
        _probabilities = probabilities;
        Margins = margins;
        Predictions = Array.ConvertAll(probabilities, p => Array.IndexOf(p, p.Max()));
    }

    /// <summary>The class with the highest probability of each record, [m]; among equals the lowest.</summary>
    public IReadOnlyList<int> Predictions { get; }

    /// <summary>ln p/(1 − p) of each record's own class, [m]: how sure the model is of what it should say.</summary>
    public IReadOnlyList<double> Margins { get; }

    /// <summary>The share of records whose class the model says; not a number where there are none.</summary>
    public double Accuracy => _labels.Length == 0 ? double.NaN : _labels.Zip(Predictions).Count(r => r.First == r.Second) / (double)_labels.Length;

    /// <summary>Scores records.</summary>
    /// <param name="model">The model.</param>
    /// <param name="records">The records.</param>
    /// <param name="rows">Rows of those to score; null for all.</param>
    /// <param name="threads">Threads to use, from 1.</param>
    /// <exception cref="LegoNetException">The model's scores are no numbers.</exception>
    public static ScoredRecords Of(IScoringModel model, RecordSet records, IReadOnlyList<int>? rows = null, int threads = 1)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(records);
        rows ??= records.AllRows;
        var labels = records.GatherLabels(rows);
        var classes = records.Classes.Count;
        int[][] parts = [.. rows.Chunk(Part)];
        var scored = new double[parts.Length][];
        Parallel.For(0, parts.Length, new ParallelOptions { MaxDegreeOfParallelism = threads }, part =>
        {
            scored[part] = new double[parts[part].Length * classes];
            model.Score(records.Gather(parts[part]), scored[part]);
        });
        double[][] each = [.. scored.SelectMany(scores => scores.Chunk(classes))];
        double[] margins = [.. each.Zip(labels, Margin)];
        if (!Array.TrueForAll(margins, double.IsFinite))
        {
            throw LegoNetException.BadInput("Its scores are not numbers any more: the steps it takes are too long for these records.");
        }

        Array.ForEach(each, s => Probability.OfScores(s));
        return new ScoredRecords(labels, each, margins);
    }

    /// <summary>The share of records of which another model says another class.</summary>
    /// <param name="other">What it says of the same records.</param>
    public double DisagreementWith(ScoredRecords other)
    {
        RequireSame(other);
        return Predictions.Zip(other.Predictions).Count(p => p.First != p.Second) / (double)_labels.Length;
    }

    /// <summary>Activation distance: the mean Euclidean distance between the probabilities of two models.</summary>
    /// <param name="other">What the other says of the same records.</param>
    public double ActivationDistanceTo(ScoredRecords other)
    {
        RequireSame(other);
        return _probabilities.Zip(other._probabilities, (a, b) => Math.Sqrt(a.Zip(b, (x, y) => (x - y) * (x - y)).Sum())).Average();
    }

    // Score less ln Σ e^score over the others: ln p/(1 − p), without the loss of digits where p is near 1.
    private static double Margin(double[] scores, int label)
    {
        var top = scores.Where((_, c) => c != label).Max();
        var rest = scores.Where((_, c) => c != label).Sum(s => Softmax.Exp(s - top));
        return scores[label] - top - Math.Log(rest);
    }

    private void RequireSame(ScoredRecords other)
    {
        ArgumentNullException.ThrowIfNull(other);
        if (other._labels.Length != _labels.Length || _labels.Length == 0)
        {
            throw new ArgumentException($"{other._labels.Length} records are compared with {_labels.Length}.", nameof(other));
        }
    }
}
