using System.Buffers;

namespace LegoNet.Numerics;

/// <summary>The Cholesky factor of G + σ I for a symmetric integer matrix G.</summary>
internal sealed class ShiftedFactor : IDisposable
{
    private const double Further = 1024;

    private readonly int _order;
    private readonly int _length;
    private readonly int _threads;
    private readonly double[] _strips;

    /// <summary>Factors G + σ I.</summary>
    /// <param name="lower">The packed lower triangle of G (<see cref="GramKernel.Index"/>).</param>
    /// <param name="order">The order of G.</param>
    /// <param name="shift">σ, above 0.</param>
    /// <param name="threads">Threads to use.</param>
    public ShiftedFactor(ReadOnlySpan<long> lower, int order, double shift, int threads)
    {
        _order = order;
        _threads = threads;
        _length = Cholesky.StripLength(order);
        _strips = ArrayPool<double>.Shared.Rent(_length);
        var strips = _strips.AsSpan(0, _length);
        var diagonal = new double[order];
        Shift = shift;
        for (var more = Further; ; more *= Further)
        {
            Array.Fill(diagonal, Shift);
            Cholesky.Pack(lower, order, diagonal, strips, threads);
            if (Cholesky.TryFactor(strips, order, threads))
            {
                return;
            }

            // Rows that depend on each other and next to no shift: the matrix is singular in float64.
            Shift = Math.Max(Shift, double.Epsilon) * more;
            IsExact = false;
        }
    }

    /// <summary>What was added to the diagonal: σ, or more where that was not enough.</summary>
    public double Shift { get; private set; }

    /// <summary>Whether <see cref="Shift"/> is the σ that was asked for.</summary>
    public bool IsExact { get; private set; } = true;

    /// <summary>Solves (G + σ I) X = B in place.</summary>
    /// <param name="rightHandSides">[count, order], one right-hand side per row.</param>
    /// <param name="count">The number of right-hand sides.</param>
    public void Solve(Span<double> rightHandSides, int count) => Cholesky.Solve(_strips.AsSpan(0, _length), _order, rightHandSides, count, _threads);

    public void Dispose()
    {
        // The factor came from records; the pool may not hand it on.
        _strips.AsSpan(0, _length).Clear();
        ArrayPool<double>.Shared.Return(_strips);
    }
}
