namespace LegoNet.Numerics;

/// <summary>(h·diag(G) + μ I)⁻¹: needs no factorisation, and takes more passes.</summary>
/// <param name="diagonal">The diagonal of G, [D].</param>
/// <param name="share">h, see <see cref="FactorPreconditioner"/>.</param>
/// <param name="penalty">μ, above 0.</param>
internal sealed class DiagonalPreconditioner(long[] diagonal, double share, double penalty) : IPreconditioner
{
    private readonly double[] _diagonal = Array.ConvertAll(diagonal, g => (share * g) + penalty);

    public void Apply(Span<double> vectors, int outputs)
    {
        for (var i = 0; i < vectors.Length; i++)
        {
            vectors[i] /= _diagonal[i % _diagonal.Length];
        }
    }
}
