namespace LegoNet.Adapters;

/// <summary>Fits of the candidates to the rows of one shard.</summary>
internal interface ICandidateFits : IDisposable
{
    /// <summary>Scores of every row by a fit without its fold.</summary>
    /// <param name="candidate">The candidate.</param>
    /// <param name="scores">Receives [L, <see cref="FoldedShard.Stride"/>], rows in the order of folds.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <returns>False when the candidate's equations cannot be solved in float64.</returns>
    bool Predict(Candidate candidate, Span<double> scores, CancellationToken cancellationToken);

    /// <summary>Weights of a fit to all rows.</summary>
    /// <param name="candidate">The candidate.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <returns>[L, D]; null when the candidate's equations cannot be solved in float64.</returns>
    double[]? Fit(Candidate candidate, CancellationToken cancellationToken);
}
