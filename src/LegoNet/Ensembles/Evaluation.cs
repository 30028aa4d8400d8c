using LegoNet.Specs;

namespace LegoNet.Ensembles;

/// <summary>Measures predictions against labels, one record at a time.</summary>
public sealed class Evaluation
{
    private const int CalibrationBins = 15;

    private readonly Scorer _scorer;
    private readonly long[,] _confusion;
    private readonly double[] _binConfidence = new double[CalibrationBins];
    private readonly long[] _binCorrect = new long[CalibrationBins];
    private readonly long[] _truePositive;
    private readonly long[] _falsePositive;
    private readonly long[] _falseNegative;
    private double _squared;
    private double _absolute;
    private double _sum;
    private double _sumOfSquares;
    private double _logLoss;

    /// <summary>Starts an evaluation.</summary>
    /// <param name="scorer">What predicts.</param>
    public Evaluation(Scorer scorer)
    {
        ArgumentNullException.ThrowIfNull(scorer);
        _scorer = scorer;
        var classes = Labels.Classes.Count;
        _confusion = Labels.Task is LearningTask.Multiclass or LearningTask.Binary ? new long[classes, classes] : new long[0, 0];
        (_truePositive, _falsePositive, _falseNegative) = (new long[classes], new long[classes], new long[classes]);
    }

    /// <summary>Records measured.</summary>
    public long Count { get; private set; }

    /// <summary>Records whose predicted label is exactly the true one (multi-label: all classes right).</summary>
    public long Correct { get; private set; }

    /// <summary>Share of records whose label is exactly right; not meaningful for regression.</summary>
    public double Accuracy => Count == 0 ? 0 : (double)Correct / Count;

    /// <summary>Records by true class (row) and predicted class (column), [C, C]; empty unless multiclass or binary.</summary>
    public long[,] Confusion => (long[,])_confusion.Clone();

    /// <summary>Mean of −ln of the true class's probability; multiclass and binary only.</summary>
    public double LogLoss => Count == 0 ? 0 : _logLoss / Count;

    /// <summary>Expected calibration error of the top class's probability over 15 equal bins (Guo et al., 2017); multiclass and binary only.</summary>
    public double CalibrationError
    {
        get
        {
            double error = 0;
            for (var b = 0; b < CalibrationBins; b++)
            {
                error += Math.Abs(_binConfidence[b] - _binCorrect[b]);
            }

            return Count == 0 ? 0 : error / Count;
        }
    }

    /// <summary>Root of the mean squared error, in the target's units; regression only.</summary>
    public double RootMeanSquaredError => Count == 0 ? 0 : Math.Sqrt(_squared / Count);

    /// <summary>Mean absolute error, in the target's units; regression only.</summary>
    public double MeanAbsoluteError => Count == 0 ? 0 : _absolute / Count;

    /// <summary>Share of the target's variance that is explained; regression only.</summary>
    public double RSquared => Count == 0 ? 0 : 1 - (_squared / Math.Max(double.Epsilon, _sumOfSquares - (_sum * _sum / Count)));

    private LabelLayout Labels => _scorer.Spec.Labels;

    /// <summary>Precision, recall and number of true records of a class.</summary>
    /// <param name="number">The class.</param>
    public (double Precision, double Recall, long Support) ForClass(int number)
    {
        long tp = _truePositive[number], fp = _falsePositive[number], fn = _falseNegative[number];
        return (tp + fp == 0 ? 0 : (double)tp / (tp + fp), tp + fn == 0 ? 0 : (double)tp / (tp + fn), tp + fn);
    }

    /// <summary>F1 over all (record, class) pairs; for multi-label.</summary>
    public double MicroF1
    {
        get
        {
            var denominator = (2 * _truePositive.Sum()) + _falsePositive.Sum() + _falseNegative.Sum();
            return denominator == 0 ? 0 : 2.0 * _truePositive.Sum() / denominator;
        }
    }

    /// <summary>Adds one record.</summary>
    /// <param name="label">The true label as stored, [Labels.Width].</param>
    /// <param name="scores">Its mean scores, [C].</param>
    public void Add(ReadOnlySpan<int> label, ReadOnlySpan<double> scores)
    {
        var prediction = _scorer.Interpret(scores);
        Count++;
        switch (Labels.Task)
        {
            case LearningTask.Regression:
                var truth = Labels.Value(label[0]);
                var error = prediction.Scores[0] - truth;
                _squared += error * error;
                _absolute += Math.Abs(error);
                _sum += truth;
                _sumOfSquares += truth * truth;
                break;
            case LearningTask.Multilabel:
                var exact = true;
                for (var c = 0; c < Labels.Classes.Count; c++)
                {
                    exact &= Tally(c, Labels.HasClass(label, c), scores[c] >= Scorer.MultilabelThreshold);
                }

                Correct += exact ? 1 : 0;
                break;
            default:
                _confusion[label[0], prediction.Index]++;
                for (var c = 0; c < Labels.Classes.Count; c++)
                {
                    Tally(c, label[0] == c, prediction.Index == c);
                }

                var correct = prediction.Index == label[0];
                Correct += correct ? 1 : 0;
                var confidence = prediction.Probabilities[prediction.Index];
                var bin = Math.Min(CalibrationBins - 1, (int)(confidence * CalibrationBins));
                _binConfidence[bin] += confidence;
                _binCorrect[bin] += correct ? 1 : 0;
                _logLoss -= Math.Log(Math.Max(prediction.Probabilities[label[0]], 1e-300));
                break;
        }
    }

    private bool Tally(int number, bool truth, bool predicted)
    {
        _truePositive[number] += truth && predicted ? 1 : 0;
        _falsePositive[number] += !truth && predicted ? 1 : 0;
        _falseNegative[number] += truth && !predicted ? 1 : 0;
        return truth == predicted;
    }
}
