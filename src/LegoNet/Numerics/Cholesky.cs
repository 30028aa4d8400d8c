using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace LegoNet.Numerics;

/// <summary>
/// Factorisation A = L Lᵀ of a symmetric positive definite float64 matrix and the solution of A X = B, with the same bits on every
/// machine.
/// </summary>
/// <remarks>
/// <para>Order of operations, whatever the blocking: L[i, j] = (A[i, j] − Σ_k L[i, k]·L[j, k]) / L[j, j] with the sum a chain of fused
/// multiply-adds from A[i, j] on, in ascending k &lt; j, and L[j, j] the square root of the same chain; forward substitution is the
/// same chain with the right-hand side as a further row; back substitution starts from y[j] and subtracts L[k, j]·x[k] in
/// <em>descending</em> k &gt; j, then divides by L[j, j].</para>
/// <para>Layout ("strips"): rows in groups of eight; strip s holds columns 0…8s + 7 of rows 8s…8s + 7, column after column,
/// [8s + 8, 8], and starts at <see cref="StripOffset"/>. Rows beyond the order are those of the identity. Lanes run over a strip's rows.</para>
/// <para>Reference: Golub and Van Loan, Matrix Computations, 4th ed., 4.2 (the scheme is the left-looking, blocked one).</para>
/// </remarks>
internal static unsafe class Cholesky
{
    /// <summary>Rows to a strip.</summary>
    public const int Height = 8;

    // Eight strips of columns are finished together, over 128 earlier columns at a time: three strips' share of these (24 KiB) stays
    // in the L1 cache, the eight strips' (64 KiB) in L2.
    private const int BlockStrips = 8;
    private const int ChunkColumns = 128;

    /// <summary>The number of doubles that a matrix of order n takes in strips.</summary>
    /// <exception cref="LegoNetException">The matrix would not fit one array.</exception>
    public static int StripLength(int n)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(n);
        long strips = StripCount(n);
        var length = 32 * strips * (strips + 1);
        return length <= Array.MaxLength
            ? (int)length
            : throw LegoNetException.BadInput($"A matrix of order {n} is too large to be factored.");
    }

    /// <summary>Where strip s starts: 32·s·(s + 1).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static nint StripOffset(int s) => 32 * (nint)s * (s + 1);

    /// <summary>Lays out a matrix of integers plus a diagonal in strips.</summary>
    /// <param name="lower">The packed lower triangle (<see cref="GramKernel.Index"/>), entries below 2^53 in size.</param>
    /// <param name="n">The order.</param>
    /// <param name="diagonal">Added to the diagonal, [n] (the ridge λ, say): one rounding each.</param>
    /// <param name="strips">Receives the matrix, <see cref="StripLength"/> entries.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Pack(ReadOnlySpan<long> lower, int n, ReadOnlySpan<double> diagonal, Span<double> strips)
    {
        Check(lower.Length, GramKernel.PackedLength(n), nameof(lower));
        Check(diagonal.Length, n, nameof(diagonal));
        Check(strips.Length, StripLength(n), nameof(strips));
        fixed (long* from = lower)
        fixed (double* to = strips)
        {
            for (var strip = 0; strip < StripCount(n); strip++)
            {
                var columns = (strip + 1) * Height;
                var target = to + StripOffset(strip);
                for (var r = 0; r < Height; r++)
                {
                    var i = (strip * Height) + r;
                    var row = from + GramKernel.Index(i, 0);
                    var filled = i < n ? i + 1 : 0;
                    for (var j = 0; j < filled; j++)
                    {
                        target[(j * Height) + r] = row[j];
                    }

                    for (var j = filled; j < columns; j++)
                    {
                        target[(j * Height) + r] = 0;
                    }

                    if (i < n)
                    {
                        target[(i * Height) + r] += diagonal[i];
                    }
                    else
                    {
                        target[(i * Height) + r] = 1;
                    }
                }
            }
        }
    }

    /// <summary>Factors a matrix in place.</summary>
    /// <param name="strips">The matrix; its factor on return.</param>
    /// <param name="n">The order.</param>
    /// <returns>False when a pivot is not positive or not finite: the matrix is not numerically positive definite, and the strips are spoilt.</returns>
    public static bool TryFactor(Span<double> strips, int n)
        => Lanes512.IsSupported ? TryFactor<Lanes512, Vector512<double>>(strips, n)
            : Lanes256.IsSupported ? TryFactor<Lanes256, Vector256<double>>(strips, n)
            : Lanes128.IsSupported ? TryFactor<Lanes128, Vector128<double>>(strips, n)
            : TryFactor<LanesScalar, double>(strips, n);

    /// <summary>Solves A X = B in place, given the factor of A.</summary>
    /// <param name="strips">The factor from <see cref="TryFactor(Span{double}, int)"/>.</param>
    /// <param name="n">The order.</param>
    /// <param name="rightHandSides">[count, n], one right-hand side per row; the solutions on return.</param>
    /// <param name="count">The number of right-hand sides.</param>
    public static void Solve(ReadOnlySpan<double> strips, int n, Span<double> rightHandSides, int count)
    {
        if (Lanes512.IsSupported)
        {
            Solve<Lanes512, Vector512<double>>(strips, n, rightHandSides, count);
        }
        else if (Lanes256.IsSupported)
        {
            Solve<Lanes256, Vector256<double>>(strips, n, rightHandSides, count);
        }
        else if (Lanes128.IsSupported)
        {
            Solve<Lanes128, Vector128<double>>(strips, n, rightHandSides, count);
        }
        else
        {
            Solve<LanesScalar, double>(strips, n, rightHandSides, count);
        }
    }

    /// <summary>Solves (A + diag) X = B from the integers of A: pack, factor, substitute.</summary>
    /// <param name="lower">The packed lower triangle of A; left as it is.</param>
    /// <param name="n">The order.</param>
    /// <param name="diagonal">Added to the diagonal, [n].</param>
    /// <param name="rightHandSides">[count, n], one right-hand side per row; the solutions on return.</param>
    /// <param name="count">The number of right-hand sides.</param>
    /// <returns>False when the matrix is not numerically positive definite; the right-hand sides are then untouched.</returns>
    public static bool TrySolve(ReadOnlySpan<long> lower, int n, ReadOnlySpan<double> diagonal, Span<double> rightHandSides, int count)
    {
        var length = StripLength(n);
        var pooled = ArrayPool<double>.Shared.Rent(length);
        var strips = pooled.AsSpan(0, length);
        try
        {
            Pack(lower, n, diagonal, strips);
            if (!TryFactor(strips, n))
            {
                return false;
            }

            Solve(strips, n, rightHandSides, count);
            return true;
        }
        finally
        {
            // The factor came from records; the pool may not hand it on.
            strips.Clear();
            ArrayPool<double>.Shared.Return(pooled);
        }
    }

    /// <summary><see cref="TryFactor(Span{double}, int)"/> with one given vector width; for tests of each.</summary>
    internal static bool TryFactor<TLanes, TVector>(Span<double> strips, int n)
        where TLanes : struct, ILanes<TVector>
        where TVector : struct
    {
        Check(strips.Length, StripLength(n), nameof(strips));
        var count = StripCount(n);
        fixed (double* l = strips)
        {
            for (var first = 0; first < count; first += BlockStrips)
            {
                var end = Math.Min(count, first + BlockStrips);
                for (var k = 0; k < first * Height; k += ChunkColumns)
                {
                    UpdateBlock<TLanes, TVector>(l, first, end, count, k, Math.Min(ChunkColumns, (first * Height) - k));
                }

                for (var block = first; block < end; block++)
                {
                    UpdateColumn<TLanes, TVector>(l, block, block, count, first * Height, (block - first) * Height);
                    var diagonal = l + StripOffset(block) + ((nint)block * Height * Height);
                    if (!TryFactorDiagonal(diagonal))
                    {
                        return false;
                    }

                    for (var strip = block + 1; strip < count; strip++)
                    {
                        StripKernel<TLanes, TVector>.Forward(l + StripOffset(strip) + ((nint)block * Height * Height), diagonal);
                    }
                }
            }
        }

        return true;
    }

    /// <summary><see cref="Solve(ReadOnlySpan{double}, int, Span{double}, int)"/> with one given vector width; for tests of each.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Solve<TLanes, TVector>(ReadOnlySpan<double> strips, int n, Span<double> rightHandSides, int count)
        where TLanes : struct, ILanes<TVector>
        where TVector : struct
    {
        Check(strips.Length, StripLength(n), nameof(strips));
        Check(rightHandSides.Length, checked(n * count), nameof(rightHandSides));
        var blocks = StripCount(n);
        var stripSize = blocks * Height * Height;
        var groups = StripCount(count);
        var pooled = ArrayPool<double>.Shared.Rent(checked(groups * stripSize));
        fixed (double* l = strips)
        fixed (double* x = pooled)
        {
            // Right-hand sides are laid out as the strips are, eight to a strip, so that forward substitution is the factorisation's own step.
            for (var group = 0; group < groups; group++)
            {
                var target = x + ((nint)group * stripSize);
                for (var r = 0; r < Height; r++)
                {
                    var c = (group * Height) + r;
                    for (var i = 0; i < blocks * Height; i++)
                    {
                        target[(i * Height) + r] = c < count && i < n ? rightHandSides[(c * n) + i] : 0;
                    }
                }
            }

            for (var block = 0; block < blocks; block++)
            {
                var b = l + StripOffset(block);
                var at = (nint)block * Height * Height;
                var group = 0;
                for (; group + 3 <= groups; group += 3)
                {
                    var y0 = x + ((nint)group * stripSize);
                    var y1 = y0 + stripSize;
                    var y2 = y1 + stripSize;
                    StripKernel<TLanes, TVector>.Update3(y0, y1, y2, b, block * Height, y0 + at, y1 + at, y2 + at);
                }

                for (; group < groups; group++)
                {
                    var y = x + ((nint)group * stripSize);
                    StripKernel<TLanes, TVector>.Update(y, b, block * Height, y + at);
                }

                for (group = 0; group < groups; group++)
                {
                    StripKernel<TLanes, TVector>.Forward(x + ((nint)group * stripSize) + at, b + at);
                }
            }

            for (var group = 0; group < groups; group++)
            {
                var source = x + ((nint)group * stripSize);
                StripKernel<TLanes, TVector>.Backward(l, blocks, source);
                for (var r = 0; r < Height && (group * Height) + r < count; r++)
                {
                    var row = rightHandSides.Slice(((group * Height) + r) * n, n);
                    for (var i = 0; i < row.Length; i++)
                    {
                        row[i] = source[(i * Height) + r];
                    }
                }
            }
        }

        pooled.AsSpan(0, groups * stripSize).Clear();
        ArrayPool<double>.Shared.Return(pooled);
    }

    /// <summary>Subtracts the share of columns k…k + steps − 1 from the columns of strips first…end − 1.</summary>
    private static void UpdateBlock<TLanes, TVector>(double* l, int first, int end, int count, int k, int steps)
        where TLanes : struct, ILanes<TVector>
        where TVector : struct
    {
        // Strips within the block have fewer columns than the block: one after the other.
        for (var block = first; block < end; block++)
        {
            UpdateColumn<TLanes, TVector>(l, block, block, end, k, steps);
        }

        var from = k * Height;
        var strip = end;
        for (; strip + 3 <= count; strip += 3)
        {
            var a0 = l + StripOffset(strip);
            var a1 = l + StripOffset(strip + 1);
            var a2 = l + StripOffset(strip + 2);
            for (var block = first; block < end; block++)
            {
                var at = (nint)block * Height * Height;
                StripKernel<TLanes, TVector>.Update3(
                    a0 + from, a1 + from, a2 + from, l + StripOffset(block) + from, steps, a0 + at, a1 + at, a2 + at);
            }
        }

        for (var block = first; block < end; block++)
        {
            UpdateColumn<TLanes, TVector>(l, block, strip, count, k, steps);
        }
    }

    /// <summary>Subtracts the share of columns k…k + steps − 1 from one strip's worth of columns, for strips first…end − 1.</summary>
    private static void UpdateColumn<TLanes, TVector>(double* l, int block, int first, int end, int k, int steps)
        where TLanes : struct, ILanes<TVector>
        where TVector : struct
    {
        if (steps == 0)
        {
            return;
        }

        var from = k * Height;
        var at = (nint)block * Height * Height;
        var b = l + StripOffset(block) + from;
        var strip = first;
        for (; strip + 3 <= end; strip += 3)
        {
            var a0 = l + StripOffset(strip);
            var a1 = l + StripOffset(strip + 1);
            var a2 = l + StripOffset(strip + 2);
            StripKernel<TLanes, TVector>.Update3(a0 + from, a1 + from, a2 + from, b, steps, a0 + at, a1 + at, a2 + at);
        }

        for (; strip < end; strip++)
        {
            var a = l + StripOffset(strip);
            StripKernel<TLanes, TVector>.Update(a + from, b, steps, a + at);
        }
    }

    /// <summary>Factors a diagonal block, [8, 8] with entry (i, j) at 8j + i; what stands above the diagonal is set to zero.</summary>
    private static bool TryFactorDiagonal(double* c)
    {
        for (var k = 0; k < Height; k++)
        {
            var pivot = c[(k * Height) + k];
            if (!(pivot > 0) || double.IsPositiveInfinity(pivot))
            {
                return false;
            }

            var root = Math.Sqrt(pivot);
            c[(k * Height) + k] = root;
            for (var i = 0; i < k; i++)
            {
                c[(k * Height) + i] = 0;
            }

            for (var i = k + 1; i < Height; i++)
            {
                c[(k * Height) + i] /= root;
            }

            for (var j = k + 1; j < Height; j++)
            {
                var negated = -c[(k * Height) + j];
                for (var i = j; i < Height; i++)
                {
                    c[(j * Height) + i] = Math.FusedMultiplyAdd(c[(k * Height) + i], negated, c[(j * Height) + i]);
                }
            }
        }

        return true;
    }

    private static int StripCount(int n) => (n + Height - 1) / Height;

    private static void Check(int length, int expected, string name)
    {
        if (length != expected)
        {
            throw new ArgumentException($"The span holds {length} entries where {expected} are expected.", name);
        }
    }
}
