using System.Runtime.CompilerServices;
using LegoNet.Data;
using LegoNet.Encoders;
using LegoNet.Specs;

namespace LegoNet.Ensembles;

/// <summary>Measures predictions against labels, one record at a time: memory does not grow with their number.</summary>
/// <remarks>
/// A measure that does not suit the model's task, and any measure before the first record, is an <see cref="InvalidOperationException"/>;
/// what is left is always a finite number. Not thread-safe.
/// </remarks>
public sealed class Evaluation
{
    /// <summary>Bins of <see cref="CalibrationError"/>.</summary>
    public const int CalibrationBins = 15;

    // A softmax can come down to 0, whose logarithm would outweigh everything else.
    private const double LeastProbability = 1e-300;

    private readonly Scorer _scorer;
    private readonly LabelLayout _labels;
    private readonly long[,] _confusion;
    private readonly double[] _binConfidence = new double[CalibrationBins];
    private readonly long[] _binCorrect = new long[CalibrationBins];
    private readonly long[] _truePositive;
    private readonly long[] _falsePositive;
    private readonly long[] _falseNegative;
    private long _correct;
    private double _logLoss;
    private RunningMoments _targets;
    private RunningMoments _squaredErrors;
    private RunningMoments _absoluteErrors;

    /// <summary>Starts an evaluation.</summary>
    /// <param name="scorer">What predicts.</param>
    public Evaluation(Scorer scorer)
    {
        ArgumentNullException.ThrowIfNull(scorer);
        _scorer = scorer;
        _labels = scorer.Spec.Labels;
        var classes = _labels.Classes.Count;
        _confusion = HasOneClass ? new long[classes, classes] : new long[0, 0];
        (_truePositive, _falsePositive, _falseNegative) = (new long[classes], new long[classes], new long[classes]);
    }

    /// <summary>Records measured.</summary>
    public long Count { get; private set; }

    /// <summary>Share of records whose label is exactly right; multi-label: with all classes right. Not for regression.</summary>
    public double Accuracy => Measured(!IsRegression, () => (double)_correct / Count);

    /// <summary>Records by true class (row) and predicted class (column), [C, C]. Multiclass and binary only.</summary>
    public long[,] Confusion => Measured(HasOneClass, () => (long[,])_confusion.Clone());

    /// <summary>
    /// Mean of −ln of the true class's probability. A probability below 1e-300 counts as that, so that no record weighs more than 690.8.
    /// Multiclass and binary only.
    /// </summary>
    public double LogLoss => Measured(HasOneClass, () => _logLoss / Count);

    /// <summary>
    /// Expected calibration error (Guo et al. 2017): how far the predicted class's probability is from the share that is right, over
    /// <see cref="CalibrationBins"/> bins of equal width, each with its lower edge and the last with 1 as well, weighted by their records.
    /// Multiclass and binary only.
    /// </summary>
    public double CalibrationError
        => Measured(HasOneClass, () => _binConfidence.Zip(_binCorrect, (confidence, correct) => Math.Abs(confidence - correct)).Sum() / Count);

    /// <summary>
    /// F1 over all pairs of a record and a class; 0 where no class is true or predicted anywhere. Not for regression. With one class per
    /// record it is the accuracy.
    /// </summary>
    public double MicroF1 => Measured(!IsRegression, () =>
    {
        var right = 2 * _truePositive.Sum();
        var all = right + _falsePositive.Sum() + _falseNegative.Sum();
        return all == 0 ? 0 : (double)right / all;
    });

    /// <summary>Root of the mean squared error, in the target's units. Regression only.</summary>
    public double RootMeanSquaredError => Measured(IsRegression, () => Math.Sqrt(_squaredErrors.Mean));

    /// <summary>Mean absolute error, in the target's units. Regression only.</summary>
    public double MeanAbsoluteError => Measured(IsRegression, () => _absoluteErrors.Mean);

    /// <summary>
    /// Share of the targets' variance that the predictions explain, at most 1; below 0 where the targets' mean would predict better. Where
    /// all targets are equal there is nothing to explain: then 1 if every prediction is right, otherwise 0. Regression only.
    /// </summary>
    public double RSquared => Measured(IsRegression, () =>
    {
        var squares = _squaredErrors.Mean * Count;
        return squares == 0 ? 1 : _targets.SumOfSquares == 0 ? 0 : 1 - (squares / _targets.SumOfSquares);
    });

    private bool IsRegression => _labels.Task == LearningTask.Regression;

    private bool HasOneClass => _labels.Task is LearningTask.Multiclass or LearningTask.Binary;

    /// <summary>Encodes, scores and measures all records of a source.</summary>
    /// <param name="scorer">What predicts.</param>
    /// <param name="source">The records, with labels.</param>
    /// <param name="encoder">The model's encoder.</param>
    /// <param name="threads">Batches encoded at a time.</param>
    /// <param name="progress">Receives progress.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="LegoNetException">The source has no records, or a record or its label is malformed; the message names the place.</exception>
    public static Evaluation Of(
        Scorer scorer,
        IRecordSource source,
        ICodeEncoder encoder,
        int threads = 1,
        IProgress<LegoNetProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(source);
        var evaluation = new Evaluation(scorer);
        var label = new int[evaluation._labels.Width];
        foreach (var (records, codes) in RecordEncoder.Batches(source, encoder, threads, null, cancellationToken))
        {
            var scores = new double[records.Length * scorer.Outputs];
            scorer.Score(codes, scores);
            for (var i = 0; i < records.Length; i++)
            {
                evaluation._labels.Parse(records[i].Label, records[i].Origin, label);
                evaluation.Add(label, scores.AsSpan(i * scorer.Outputs, scorer.Outputs));
            }

            progress?.Report(new LegoNetProgress("evaluating", evaluation.Count, source.Count));
        }

        return evaluation.Count > 0 ? evaluation : throw LegoNetException.BadInput($"{source.Name}: has no records.");
    }

    /// <summary>Adds one record.</summary>
    /// <param name="label">The true label as stored, [Labels.Width].</param>
    /// <param name="scores">Its mean scores, [C].</param>
    public void Add(ReadOnlySpan<int> label, ReadOnlySpan<double> scores)
    {
        var prediction = _scorer.Interpret(scores);
        Count++;
        switch (_labels.Task)
        {
            case LearningTask.Regression:
                AddTarget(_labels.TargetValue(label), prediction.Scores[0]);
                break;
            case LearningTask.Multilabel:
                AddClasses(label, scores);
                break;
            default:
                AddClass(_labels.ClassNumber(label), prediction);
                break;
        }
    }

    /// <summary>How well one class is found; not for regression.</summary>
    /// <param name="number">The class, 0…C − 1.</param>
    public ClassEvaluation ForClass(int number) => Measured(!IsRegression, () =>
    {
        var found = _truePositive[number];
        var records = found + _falseNegative[number];
        return new ClassEvaluation(Share(found + _falsePositive[number]), Share(records), records);

        double Share(long all) => all == 0 ? 0 : (double)found / all;
    });

    private void AddTarget(double target, double predicted)
    {
        var error = predicted - target;

        // From the declared minimum: beside a large one, the mean's own rounding would be seen in the variance.
        _targets.Add(target - _labels.Target!.Min);
        _squaredErrors.Add(error * error);
        _absoluteErrors.Add(Math.Abs(error));
    }

    private void AddClasses(ReadOnlySpan<int> label, ReadOnlySpan<double> scores)
    {
        var exact = true;
        for (var c = 0; c < scores.Length; c++)
        {
            var (truth, predicted) = (_labels.HasClass(label, c), scores[c] >= Scorer.MultilabelThreshold);
            _truePositive[c] += truth && predicted ? 1 : 0;
            _falsePositive[c] += !truth && predicted ? 1 : 0;
            _falseNegative[c] += truth && !predicted ? 1 : 0;
            exact &= truth == predicted;
        }

        _correct += exact ? 1 : 0;
    }

    private void AddClass(int truth, Prediction prediction)
    {
        var predicted = prediction.Index;
        var confidence = prediction.Probabilities[predicted];
        var bin = Math.Min(CalibrationBins - 1, (int)(confidence * CalibrationBins));
        _confusion[truth, predicted]++;
        _binConfidence[bin] += confidence;
        _logLoss -= Math.Log(Math.Max(prediction.Probabilities[truth], LeastProbability));
        if (predicted == truth)
        {
            _correct++;
            _truePositive[truth]++;
            _binCorrect[bin]++;
        }
        else
        {
            _falsePositive[predicted]++;
            _falseNegative[truth]++;
        }
    }

    // Only what suits the task, and only where there is something to measure.
    private T Measured<T>(bool suits, Func<T> measure, [CallerMemberName] string name = "")
        => !suits ? throw new InvalidOperationException($"{name} does not suit the task {_labels.Task.Word()}.")
        : Count == 0 ? throw new InvalidOperationException($"There is no {name} before the first record.")
        : measure();
}
