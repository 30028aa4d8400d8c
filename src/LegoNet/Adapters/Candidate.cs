namespace LegoNet.Adapters;

/// <summary>A trainer and its λ, one of those that an adapter chooses from.</summary>
/// <param name="IsSoftmax">Softmax; otherwise ridge.</param>
/// <param name="Lambda">λ, relative to the mean over columns of Σ c².</param>
internal readonly record struct Candidate(bool IsSoftmax, double Lambda)
{
    private const double Same = 1e-12;

    /// <summary>What its matrix G + σ I adds to the diagonal, relative as λ is.</summary>
    /// <param name="share">The share of G that stands for softmax's curvature.</param>
    public double Shift(double share) => IsSoftmax ? Lambda / share : Lambda;

    /// <summary>Whether a matrix with one shift serves for another: softmax 0.03 and ridge 0.3, say, whatever 0.03 / 0.1 is rounded to.</summary>
    public static bool IsSame(double shift, double other) => Math.Abs(shift - other) <= Same * other;
}
