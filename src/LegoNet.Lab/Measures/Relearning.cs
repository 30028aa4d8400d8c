using LegoNet.Lab.Methods;
using LegoNet.Lab.Networks;

namespace LegoNet.Lab.Measures;

/// <summary>
/// Relearning: how soon a network that forgot knows the forgotten records as well as before, when it is trained on them alone. One that needs
/// fewer steps than its oracle has kept something of them.
/// </summary>
public static class Relearning
{
    // Of a large class a part tells when it is known again, in a fraction of the time.
    private const int Judged = 500;

    /// <summary>Counts the steps of training until the mean loss on the forgotten records is what it was before.</summary>
    /// <param name="model">The model that forgot, or its oracle. It stays what it is.</param>
    /// <param name="before">The model before the first request.</param>
    /// <param name="records">The records that methods were trained on.</param>
    /// <param name="forgotten">Rows of those that were forgotten; at least one.</param>
    /// <param name="most">Steps to give up after, from 1.</param>
    /// <param name="seed">Seed of the batches, and of the 500 records that are judged by where there are more.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <returns>Steps, <paramref name="most"/> where they do not suffice; null where the model is no single network.</returns>
    public static int? Steps(
        IScoringModel model,
        IScoringModel before,
        RecordSet records,
        IReadOnlyCollection<int> forgotten,
        int most = 1000,
        long seed = 1,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(before);
        ArgumentNullException.ThrowIfNull(records);
        ArgumentNullException.ThrowIfNull(forgotten);
        ArgumentOutOfRangeException.ThrowIfLessThan(most, 1);
        if (model is not NetworkModel { Network: var trained })
        {
            return null;
        }

        var network = trained.Clone();
        var recipe = network.Shape.Hidden == 0 ? NetworkRecipe.Linear : new NetworkRecipe();
        var judged = new Draws(seed, -18).Sample(forgotten, Judged);
        var target = Loss(before, records, judged);
        var steps = 0;
        var plan = recipe.Plan(records, forgotten.Order(), seed) with
        {
            Epochs = most,
            IsEnough = () => steps == most || Loss(new NetworkModel(network), records, judged) <= target,
            Updated = (_, _) => steps++,
        };
        NetworkTrainer.Train(network, records, plan, threads: 1, cancellationToken);
        return steps;
    }

    // −ln p, of margins ln p/(1 − p).
    private static double Loss(IScoringModel model, RecordSet records, int[] rows)
        => ScoredRecords.Of(model, records, rows).Margins.Average(m => Math.Max(-m, 0) + Math.Log(1 + Math.Exp(-Math.Abs(m))));
}
