using LegoNet.Ensembles;
using LegoNet.Routing;
using LegoNet.Specs;

namespace LegoNet.Lab.Methods;

/// <summary>The methods that are compared, with the settings that they have where nobody says otherwise.</summary>
public static class LabMethods
{
    // A tenth of each layer, of what is kept and of what a step changes.
    private const double Part = 0.1;
    private const int LongestLift = 4096;

    /// <summary>All methods, the oracles first.</summary>
    /// <param name="records">
    /// The records that they are for: how many adapters suit them, and how far codes are lifted, depends on their number and length.
    /// </param>
    /// <param name="size">Adapters n and k of this project's LegoNet; null for <see cref="EnsembleSize.For"/>.</param>
    /// <param name="keys">Its public keys, [n, d], for a declared size; null for Gaussian keys.</param>
    public static IReadOnlyList<IForgettingMethod> For(RecordSet records, EnsembleSize? size = null, KeySet? keys = null)
    {
        ArgumentNullException.ThrowIfNull(records);

        // As in the paper's tables, n / k = 10, but no more adapters than a small set can fill.
        var active = Math.Clamp(records.Count / 100, 1, 10);
        return
        [
            RetrainedHead.Softmax(),
            RetrainedHead.Ridge(),
            new RetrainedNetwork(),
            new ExactRidgeHead(),
            new ExactRidgeHead(10 * ExactRidgeHead.DefaultLambda, Math.Min(2 * records.Dimension, LongestLift)),
            new FixSisa(),
            new LegoNetMethod("LegoNet, ridge", """{"lambda":"auto","trainer":"ridge"}""", 1, EnsembleRule.Agreement, size, keys),
            new LegoNetMethod("LegoNet, auto", """{"trainer":"auto"}""", 1, EnsembleRule.Agreement, size, keys),
            new LegoNetMethod("LegoNet, softmax", """{"lambda":0.01,"trainer":"softmax"}""", 1, EnsembleRule.Scores, size, keys),
            new PublishedLegoNet(Math.Min(10 * active, records.Count / 2), Math.Min(active, records.Count / 2)),
            new ApproximateFineTuning(),
            new ApproximateGradientAscent(),
            new ApproximateRandomLabels(),
            new ApproximateAmnesiac(fraction: 1, tuningEpochs: 1),
            new ApproximateAmnesiac(Part, tuningEpochs: 0),
            new ApproximateLabelFlipping(fraction: 1),
            new ApproximateLabelFlipping(Part),
            new ApproximateOptimisation(fraction: 1),
            new ApproximateOptimisation(Part),
            new ApproximateFeatureAlignment(),
        ];
    }
}
