using LegoNet.Adapters;
using LegoNet.Specs;

namespace LegoNet.Tests.Adapters;

/// <summary>Weights of logits as weights of scores: half a logit each way for two classes, and labels that are compared with a half.</summary>
internal static class PlainScores
{
    public static LinearAdapter Of(LabelLayout labels, double[][] logits, double factor)
    {
        IEnumerable<double[]> scaled = logits.Select(w => w.Select(v => v * factor).ToArray());
        var scores = labels.Task switch
        {
            LearningTask.Binary => scaled.SelectMany(w => (double[][])[[.. w.Select(v => -v / 2)], [.. w.Select(v => v / 2)]]),
            LearningTask.Multilabel => scaled.Select(w => (double[])[.. w[..^1], w[^1] + (0.5 / 127)]),
            _ => scaled,
        };
        return new LinearAdapter([.. scores.SelectMany(w => w).Select(v => (float)v)], labels.Outputs);
    }
}
