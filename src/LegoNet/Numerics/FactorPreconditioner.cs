namespace LegoNet.Numerics;

/// <summary>
/// (h·(G + σ I))⁻¹ by the factor of G + σ I. With G = Xᵀ X and σ = μ/h it is the inverse of h·G + μ I, where h stands for what the curvature of
/// the log loss is on average: it is at most ½ (Böhning 1992) and much less where rows are told apart.
/// </summary>
/// <param name="factor">The factor of G + σ I.</param>
/// <param name="share">h.</param>
internal sealed class FactorPreconditioner(ShiftedFactor factor, double share) : IPreconditioner
{
    public void Apply(Span<double> vectors, int outputs)
    {
        factor.Solve(vectors, outputs);
        FixedOrder.Scale(1 / share, vectors, vectors);
    }
}
