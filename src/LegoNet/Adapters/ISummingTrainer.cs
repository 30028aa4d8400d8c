namespace LegoNet.Adapters;

/// <summary>
/// A trainer that can fit from integer sums over a shard's rows: a change is added to the sums or subtracted, and the rows that stayed
/// are not needed. What <see cref="IAdapterTrainer.Fit"/> returns then carries <see cref="FittedAdapter.Sums"/>.
/// </summary>
public interface ISummingTrainer : IAdapterTrainer
{
    /// <summary>Whether sums are kept for a shard of this size, so that rows can be added and subtracted. Depends on nothing but the arguments.</summary>
    /// <param name="rows">Rows, m.</param>
    /// <param name="dimension">Length d of a code.</param>
    bool KeepsSums(long rows, int dimension);

    /// <summary>
    /// Whether a fit of a shard of this size goes through sums that <see cref="FittedAdapter.Sums"/> gives, so that <see cref="Update"/> can
    /// stand in for it while the sums are at hand. True wherever <see cref="KeepsSums"/> is.
    /// </summary>
    /// <param name="rows">Rows, m.</param>
    /// <param name="dimension">Length d of a code.</param>
    bool UsesSums(long rows, int dimension) => KeepsSums(rows, dimension);

    /// <summary>Fits an adapter from sums with some rows removed and others added: the same bytes as a fit from the rows.</summary>
    /// <param name="sums">The sums before; the trainer may change them in place.</param>
    /// <param name="change">The rows that went and came; <see cref="UsesSums"/> holds for the rows after.</param>
    /// <param name="settings">The adapter's seed, and the threads to use.</param>
    /// <param name="cancellationToken">Cancels.</param>
    FittedAdapter Update(IReadOnlyDictionary<string, long[]> sums, ShardChange change, FitSettings settings, CancellationToken cancellationToken);
}
