namespace LegoNet.Adapters;

/// <summary>A trainer and its λ, one of those that an adapter chooses from.</summary>
/// <param name="IsSoftmax">Softmax; otherwise ridge.</param>
/// <param name="Lambda">λ, relative to the mean over columns of Σ c².</param>
internal readonly record struct Candidate(bool IsSoftmax, double Lambda);
