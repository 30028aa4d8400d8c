namespace LegoNet.Lab.Networks;

/// <summary>
/// Σ weight · −ln p(label) / m. A term has no gradient any more once p(label) is where the example says; where it says nothing and the weight is
/// below 0, at that of a guess, 1/C.
/// </summary>
internal sealed class CrossEntropy : IObjective
{
    /// <inheritdoc/>
    public double SetGradients(NetworkPass pass, RecordSet records, ReadOnlySpan<Example> batch)
    {
        var classes = pass.Logits.Length / batch.Length;
        double loss = 0;
        for (var i = 0; i < batch.Length; i++)
        {
            var (label, weight) = (batch[i].Label, batch[i].Weight);
            var gradient = pass.LogitGradient.Slice(i * classes, classes);
            pass.Logits.Slice(i * classes, classes).CopyTo(gradient);
            var logit = (double)gradient[label];
            loss += weight * (Softmax.Apply(gradient) - logit);
            if (weight < 0 ? gradient[label] <= (batch[i].Until ?? 1f / classes) : gradient[label] >= batch[i].Until)
            {
                gradient.Clear();
                continue;
            }

            gradient[label] -= 1;
            foreach (ref var g in gradient)
            {
                g *= weight / batch.Length;
            }
        }

        return loss / batch.Length;
    }
}
