using System.Buffers;

namespace LegoNet.Numerics;

/// <summary>
/// (h·G + μ I)⁻¹ for a symmetric integer matrix G, by its Cholesky factor. With G = Xᵀ X, h stands for what the curvature of the log loss is
/// on average: it is at most ½ (Böhning 1992) and much less where rows are told apart.
/// </summary>
internal sealed class FactorPreconditioner : IPreconditioner, IDisposable
{
    private const double FirstShift = 1024;

    private readonly int _order;
    private readonly int _length;
    private readonly double[] _strips;

    /// <summary>Factors h·G + μ I.</summary>
    /// <param name="lower">The packed lower triangle of G (<see cref="GramKernel.Index"/>).</param>
    /// <param name="order">The order of G.</param>
    /// <param name="share">h.</param>
    /// <param name="penalty">μ, above 0.</param>
    public FactorPreconditioner(ReadOnlySpan<long> lower, int order, double share, double penalty)
    {
        _order = order;
        Share = share;
        _length = Cholesky.StripLength(order);
        _strips = ArrayPool<double>.Shared.Rent(_length);
        var strips = _strips.AsSpan(0, _length);
        var diagonal = new double[order];
        Shift = penalty / share;
        for (var more = FirstShift; ; more *= FirstShift)
        {
            Array.Fill(diagonal, Shift);
            Cholesky.Pack(lower, order, diagonal, strips);
            if (Cholesky.TryFactor(strips, order))
            {
                return;
            }

            // Rows that depend on each other and next to no penalty: the matrix is singular in float64. Any positive definite one will do.
            Shift = Math.Max(Shift, double.Epsilon) * more;
        }
    }

    /// <summary>h.</summary>
    public double Share { get; }

    /// <summary>What was added to the diagonal of G: μ/h, or more where that was not enough.</summary>
    public double Shift { get; private set; }

    public void Apply(Span<double> vectors, int outputs)
    {
        Cholesky.Solve(_strips.AsSpan(0, _length), _order, vectors, outputs);
        for (var i = 0; i < vectors.Length; i++)
        {
            vectors[i] /= Share;
        }
    }

    public void Dispose()
    {
        // The factor came from records; the pool may not hand it on.
        _strips.AsSpan(0, _length).Clear();
        ArrayPool<double>.Shared.Return(_strips);
    }
}
