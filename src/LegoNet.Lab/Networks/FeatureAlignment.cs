namespace LegoNet.Lab.Networks;

/// <summary>
/// What Residual Feature Alignment minimises (arXiv 2411.08443): the branch's residuals are to be zero on retained records and to take the
/// features of forgotten ones to a target. The mean over a batch of: retained, ‖r‖²/h + consistency · −Σ p ln q, with p the probabilities
/// before and q those now; forgotten, pull · ‖z − target‖²/h.
/// </summary>
/// <param name="before">The network without the branch, which stays as it is.</param>
/// <param name="targets">Target features, [h], of each forgotten record; every other record is retained.</param>
/// <param name="pull">Weight of the forgotten records' term.</param>
/// <param name="consistency">Weight of the outputs' consistency.</param>
/// <param name="capacity">The largest batch.</param>
/// <param name="threads">Threads to use.</param>
internal sealed class FeatureAlignment(
    Network before, IReadOnlyDictionary<int, float[]> targets, float pull, float consistency, int capacity, int threads) : IObjective
{
    private readonly NetworkPass _before = new(before, capacity, threads);

    /// <inheritdoc/>
    public double SetGradients(NetworkPass pass, RecordSet records, ReadOnlySpan<Example> batch)
    {
        var rows = new int[batch.Length];
        for (var i = 0; i < rows.Length; i++)
        {
            rows[i] = batch[i].Row;
        }

        _before.Forward(records.Gather(rows));
        int features = pass.Features.Length / batch.Length, classes = pass.Logits.Length / batch.Length;
        double loss = 0;
        for (var i = 0; i < batch.Length; i++)
        {
            loss += targets.TryGetValue(rows[i], out var target)
                ? Pull(Row(pass.Features, i, features), target, Row(pass.FeatureGradient, i, features), pull / (features * (float)batch.Length))
                : Pull(Row(pass.Residuals, i, features), [], Row(pass.ResidualGradient, i, features), 1 / (features * (float)batch.Length))
                    + Keep(Row(_before.Logits, i, classes), Row(pass.Logits, i, classes), Row(pass.LogitGradient, i, classes), consistency / batch.Length);
        }

        return loss;
    }

    private static Span<float> Row(Span<float> values, int row, int columns) => values.Slice(row * columns, columns);

    // weight · ‖values − target‖²; no target is zero.
    private static double Pull(ReadOnlySpan<float> values, ReadOnlySpan<float> target, Span<float> gradient, float weight)
    {
        double sum = 0;
        for (var j = 0; j < values.Length; j++)
        {
            var difference = values[j] - (target.IsEmpty ? 0 : target[j]);
            sum += weight * (double)difference * difference;
            gradient[j] = 2 * weight * difference;
        }

        return sum;
    }

    // weight · −Σ p ln q.
    private static double Keep(Span<float> before, ReadOnlySpan<float> logits, Span<float> gradient, float weight)
    {
        Softmax.Apply(before);
        logits.CopyTo(gradient);
        var total = Softmax.Apply(gradient);
        double sum = 0;
        for (var c = 0; c < logits.Length; c++)
        {
            sum += weight * before[c] * (total - logits[c]);
            gradient[c] = weight * (gradient[c] - before[c]);
        }

        return sum;
    }
}
