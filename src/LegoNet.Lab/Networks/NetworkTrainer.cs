namespace LegoNet.Lab.Networks;

/// <summary>The one training loop: every method that trains a network calls it with a plan of its own.</summary>
internal static class NetworkTrainer
{
    /// <summary>Trains a network. The result depends on the network, the records and the plan alone, to the bit.</summary>
    /// <param name="network">The network, which is changed.</param>
    /// <param name="records">The records that the examples are of.</param>
    /// <param name="plan">What to train on. Without examples nothing happens.</param>
    /// <param name="threads">Threads to use; they change no bit.</param>
    /// <param name="cancellationToken">Cancels between steps; the network is then anywhere on its way.</param>
    /// <returns>Mean loss of each step, in their order.</returns>
    public static IReadOnlyList<double> Train(Network network, RecordSet records, TrainingPlan plan, int threads, CancellationToken cancellationToken)
    {
        var losses = new List<double>();
        Example[] examples = [.. plan.Examples], order = new Example[examples.Length];
        var size = Math.Min(plan.BatchSize, order.Length);
        var pass = new NetworkPass(network, Math.Max(size, 1), threads);
        var codes = new sbyte[size * records.Dimension];
        var optimiser = new Optimiser(plan.Optimiser);
        ParameterBlock[] blocks = [.. network.Blocks.Where(b => !b.IsFrozen)];
        for (var epoch = 0; epoch < plan.Epochs; epoch++)
        {
            examples.CopyTo(order, 0);
            new Draws(plan.Seed, epoch).Shuffle<Example>(order);
            for (var first = 0; first < order.Length; first += size)
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (plan.IsEnough?.Invoke() == true)
                {
                    return losses;
                }

                var batch = new ArraySegment<Example>(order, first, Math.Min(size, order.Length - first));
                for (var i = 0; i < batch.Count; i++)
                {
                    records.Code(batch[i].Row).CopyTo(codes.AsSpan(i * records.Dimension));
                }

                pass.Forward(codes.AsSpan(0, batch.Count * records.Dimension));
                losses.Add(plan.Objective.SetGradients(pass, records, batch));
                pass.Backward();
                Apply(plan, optimiser, blocks, batch);
            }
        }

        return losses;
    }

    private static void Apply(TrainingPlan plan, Optimiser optimiser, ParameterBlock[] blocks, IReadOnlyList<Example> batch)
    {
        var updates = Array.ConvertAll(blocks, optimiser.Update);
        for (var b = 0; b < blocks.Length; b++)
        {
            LargestMagnitudes.Keep(updates[b], plan.UpdateFraction);
            Kernels.AddScaled(1, updates[b], blocks[b].Values);
        }

        plan.Updated?.Invoke(updates, batch);
    }
}
