using System.Runtime.Intrinsics;
using LegoNet.Numerics;
using LegoNet.Specs;

namespace LegoNet.Ensembles;

/// <summary>
/// The rules of an ensemble that look at each adapter's scores. What they give are scores again: of classes, so that softmax(score / T) is the
/// probability, or of labels, so that the logistic function of (score − threshold) / T is. The same doubles on every machine.
/// </summary>
internal static class Combination
{
    /// <summary>The most that agreement multiplies by.</summary>
    public const double MostAgreement = 2;

    /// <summary>What a probability of nothing counts as in a logarithm.</summary>
    public const double LeastProbability = 1e-300;

    /// <summary>The mean, times how far the voices agree (<see cref="EnsembleRule.Agreement"/>).</summary>
    /// <remarks>
    /// With voices s + e_a of independent errors, a voice that is calibrated has been shrunk by |s|² / (|s|² + σ²), and their mean needs
    /// |s|² / (|s|² + σ²/k) only: the quotient is what is expected of the mean square over the square of the mean.
    /// </remarks>
    /// <param name="voices">Each adapter's scores, [voices, C]; altered.</param>
    /// <param name="labels">Whether the scores are of labels, not of classes.</param>
    /// <param name="scores">Receives the scores, [C].</param>
    public static void Agreement(Span<double> voices, bool labels, Span<double> scores)
    {
        var count = voices.Length / scores.Length;
        scores.Clear();
        double squares = 0;
        for (var start = 0; start < voices.Length; start += scores.Length)
        {
            var voice = voices.Slice(start, scores.Length);
            var centre = labels ? Scorer.MultilabelThreshold : Mean(voice);
            for (var c = 0; c < voice.Length; c++)
            {
                voice[c] -= centre;
                scores[c] += voice[c];
            }

            squares += FixedOrder.Dot(voice, voice);
        }

        for (var c = 0; c < scores.Length; c++)
        {
            scores[c] /= count;
        }

        var square = FixedOrder.Dot(scores, scores);
        var agreement = square > 0 ? Math.Min(MostAgreement, squares / count / square) : 1;
        for (var c = 0; c < scores.Length; c++)
        {
            scores[c] = (labels ? Scorer.MultilabelThreshold : 0) + (agreement * scores[c]);
        }
    }

    /// <summary>The mean of probabilities (<see cref="EnsembleRule.Probabilities"/>), as the scores that give them.</summary>
    /// <param name="voices">Each adapter's scores, [voices, C].</param>
    /// <param name="labels">Whether the scores are of labels, not of classes.</param>
    /// <param name="temperature">T.</param>
    /// <param name="scores">Receives the scores, [C].</param>
    public static void Probabilities(ReadOnlySpan<double> voices, bool labels, double temperature, Span<double> scores)
    {
        var count = voices.Length / scores.Length;
        var one = new double[scores.Length];
        var absent = new double[scores.Length]; // Of labels: 1 − p, which subtraction would lose where p is close to 1.
        scores.Clear();
        for (var start = 0; start < voices.Length; start += scores.Length)
        {
            var voice = voices.Slice(start, scores.Length);
            double sum = 0;
            var top = labels ? 0 : voice[Scorer.Top(voice)];
            for (var c = 0; c < one.Length; c++)
            {
                if (labels)
                {
                    var z = (voice[c] - Scorer.MultilabelThreshold) / temperature;
                    var e = Exp(-Math.Abs(z));
                    one[c] = (z >= 0 ? 1 : e) / (1 + e);
                    absent[c] += (z >= 0 ? e : 1) / (1 + e);
                }
                else
                {
                    sum += one[c] = Exp((voice[c] - top) / temperature);
                }
            }

            for (var c = 0; c < one.Length; c++)
            {
                scores[c] += labels ? one[c] : one[c] / sum;
            }
        }

        for (var c = 0; c < scores.Length; c++)
        {
            var p = scores[c] / count;
            scores[c] = labels
                ? Scorer.MultilabelThreshold + (temperature * (Log(p) - Log(absent[c] / count)))
                : temperature * Log(p);
        }
    }

    private static double Mean(ReadOnlySpan<double> values)
    {
        double sum = 0;
        foreach (var value in values)
        {
            sum += value;
        }

        return sum / values.Length;
    }

    private static double Exp(double x) => PortableMath.Exp(Vector512.Create(x))[0];

    private static double Log(double x) => PortableMath.Log(Vector512.Create(Math.Max(x, LeastProbability)))[0];
}
