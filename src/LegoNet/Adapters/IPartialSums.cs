namespace LegoNet.Adapters;

/// <summary>A trainer that fits an adapter from sums over its rows alone, so that parts of a shard can be summed apart and added.</summary>
internal interface IPartialSums : ISummingTrainer
{
    /// <summary>Sums over no rows; they grow by <see cref="AddTo"/>, and two are added number by number.</summary>
    Dictionary<string, long[]> NoSums();

    /// <summary>Adds rows to sums.</summary>
    /// <param name="sums">The sums; altered.</param>
    /// <param name="rows">The rows.</param>
    /// <param name="threads">Threads to use.</param>
    void AddTo(Dictionary<string, long[]> sums, Shard rows, int threads);

    /// <summary>Fits an adapter from the sums over all of its rows: the same bytes as a fit from the rows.</summary>
    /// <param name="sums">The sums; kept in what is returned.</param>
    /// <param name="settings">The adapter's seed, and the threads to use.</param>
    FittedAdapter FitSums(Dictionary<string, long[]> sums, FitSettings settings);
}
