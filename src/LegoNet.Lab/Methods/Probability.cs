namespace LegoNet.Lab.Methods;

/// <summary>From scores to probabilities.</summary>
internal static class Probability
{
    /// <summary>Replaces one record's scores, [C], by probabilities.</summary>
    public static void OfScores(Span<double> scores)
    {
        var top = scores[0];
        foreach (var score in scores)
        {
            top = Math.Max(top, score);
        }

        double sum = 0;
        foreach (ref var score in scores)
        {
            sum += score = Networks.Softmax.Exp(score - top);
        }

        foreach (ref var score in scores)
        {
            score /= sum;
        }
    }
}
