using LegoNet.Ensembles;
using LegoNet.Routing;
using LegoNet.Specs;

namespace LegoNet.Lab.Methods;

/// <summary>The methods that are compared, with the settings that they have where nobody says otherwise.</summary>
/// <remarks>Those of approximate methods are the best of a sweep on training records of one set, CIFAR-10: docs/lab.md.</remarks>
public static class LabMethods
{
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

        // All approximate methods start from the same network.
        var trained = new TrainedNetworks();
        return
        [
            RetrainedHead.Softmax(),
            RetrainedHead.Ridge(),
            new RetrainedNetwork { Trained = trained },
            new ExactRidgeHead(),
            new ExactRidgeHead(100 * ExactRidgeHead.DefaultLambda, Math.Min(4 * records.Dimension, LongestLift)),
            new FixSisa(),
            new LegoNetMethod("LegoNet, ridge", """{"lambda":"auto","trainer":"ridge"}""", 1, EnsembleRule.Agreement, size, keys),
            new LegoNetMethod("LegoNet, auto", """{"trainer":"auto"}""", 1, EnsembleRule.Agreement, size, keys),
            new LegoNetMethod("LegoNet, softmax", """{"lambda":0.01,"trainer":"softmax"}""", 1, EnsembleRule.Scores, size, keys),
            new PublishedLegoNet(Math.Min(10 * active, records.Count / 2), Math.Min(active, records.Count / 2)),
            new ApproximateFineTuning { Trained = trained },
            new ApproximateGradientAscent { Trained = trained },
            new ApproximateRandomLabels { Trained = trained },
            new ApproximateAmnesiac(fraction: 1, tuningSteps: 300) { Trained = trained },
            new ApproximateAmnesiac(fraction: 0.1, tuningSteps: 0) { Trained = trained },
            new ApproximateLabelFlipping(fraction: 1) { Trained = trained },
            new ApproximateLabelFlipping(fraction: 0.03, rate: 0.3f) { Trained = trained },
            new ApproximateOptimisation(fraction: 1) { Trained = trained },
            new ApproximateOptimisation(fraction: 0.3, until: 0.1f) { Trained = trained },
            new ApproximateFeatureAlignment { Trained = trained },
        ];
    }
}
