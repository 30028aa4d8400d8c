using LegoNet.Lab.Methods;

namespace LegoNet.Benchmarks.Lab;

/// <summary>Settings of the approximate methods that a sweep tries.</summary>
internal static class LabCandidates
{
    /// <summary>All candidates; they share one place for trained networks.</summary>
    public static IEnumerable<ApproximateMethod> All()
    {
        var trained = new TrainedNetworks();
        foreach (var (batches, retained, rate) in Grid([2, 8], [5, 20], [1e-3f, 2e-3f]))
        {
            yield return new ApproximateFineTuning(batches, retained, rate) { Trained = trained };
        }

        foreach (var (epochs, rate, until) in Grid([20, 50], [0.1f, 0.3f, 1], [0.2f, 0.6f]))
        {
            yield return new ApproximateGradientAscent(epochs, rate, until) { Trained = trained };
        }

        foreach (var (epochs, rate, until) in Grid([2, 5], [0.1f, 0.3f], [0.3f, 1]))
        {
            yield return new ApproximateRandomLabels(epochs, rate, 4, until) { Trained = trained };
        }

        foreach (var (steps, rate, _) in Grid([100, 300], [1e-3f, 2e-3f], [0]))
        {
            yield return new ApproximateAmnesiac(1, steps, rate) { Trained = trained };
        }

        foreach (var fraction in (double[])[0.02, 0.05, 0.1, 0.2, 0.5])
        {
            yield return new ApproximateAmnesiac(fraction, 0) { Trained = trained };
        }

        foreach (var (epochs, rate, until) in Grid([20, 50], [0.1f, 0.3f, 1], [0.1f, 0.3f]))
        {
            yield return new ApproximateLabelFlipping(1, epochs, rate, until) { Trained = trained };
        }

        foreach (var rate in (float[])[0.1f, 0.3f, 1])
        {
            yield return new ApproximateLabelFlipping(1, 20, rate, 0.3f, drawn: true) { Trained = trained };
        }

        foreach (var (fraction, rate, until) in Grid([0.03, 0.1, 0.3], [0.3f, 1], [0.1f, 0.3f]))
        {
            yield return new ApproximateLabelFlipping(fraction, 20, rate, until) { Trained = trained };
        }

        foreach (var (epochs, rate, until) in Grid([2, 5], [0.3f, 1], [0.1f, 0.3f]))
        {
            yield return new ApproximateOptimisation(1, epochs, rate, 4, until) { Trained = trained };
        }

        foreach (var (fraction, rate, until) in Grid([0.03, 0.1, 0.3], [1f, 3], [0.1f, 0.3f]))
        {
            yield return new ApproximateOptimisation(fraction, 5, rate, 4, until) { Trained = trained };
        }

        foreach (var (epochs, rate, pull) in Grid([1, 2, 4], [1e-3f, 3e-3f], [1f, 10]))
        {
            yield return new ApproximateFeatureAlignment(4, epochs, 4, rate, pull, 20) { Trained = trained };
        }

        foreach (var (rank, neighbours, _) in Grid([4, 16], [1, 5], [0]))
        {
            yield return new ApproximateFeatureAlignment(rank, 2, 4, 3e-3f, 1, neighbours) { Trained = trained };
        }
    }

    private static IEnumerable<(T1 First, T2 Second, T3 Third)> Grid<T1, T2, T3>(T1[] first, T2[] second, T3[] third)
        => first.SelectMany(a => second.SelectMany(b => third.Select(c => (a, b, c))));
}
