using LegoNet.Specs;

namespace LegoNet.Adapters;

/// <summary>Weights of logits as an adapter, whose scores add up to logits over an ensemble and go through the scorer as they are.</summary>
internal static class LogitAdapter
{
    /// <summary>Scores of labels are compared with the scorer's threshold, logits with 0.</summary>
    private const double Threshold = 0.5;

    /// <summary>Two classes share one logit, half of it each way.</summary>
    /// <param name="labels">How labels are stored.</param>
    /// <param name="logits">Weights of logits, [L, d + 1].</param>
    /// <param name="factor">What to multiply them by.</param>
    /// <returns>Weights of scores, [C, d + 1].</returns>
    public static LinearAdapter Of(LabelLayout labels, ReadOnlySpan<double> logits, double factor = 1)
    {
        var width = logits.Length / SoftmaxFit.Logits(labels);
        var weights = new float[labels.Outputs * width];
        for (var i = 0; i < logits.Length; i++)
        {
            var weight = logits[i] * factor;
            switch (labels.Task)
            {
                case LearningTask.Binary:
                    weights[i] = (float)(-weight / 2);
                    weights[width + i] = (float)(weight / 2);
                    break;
                case LearningTask.Multilabel when i % width == width - 1:
                    weights[i] = (float)(weight + (Threshold / LinearAdapter.Bias));
                    break;
                default:
                    weights[i] = (float)weight;
                    break;
            }
        }

        return new LinearAdapter(weights, labels.Outputs);
    }
}
