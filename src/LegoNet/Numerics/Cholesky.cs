using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using LegoNet.Common;

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

    // Several times what it takes to call a thread: multiply-adds of a factorisation (some 50 µs), strips to pack, the order from which
    // right-hand sides are shared out.
    private const int WorthAThread = 1 << 21;
    private const int PackedStrips = 32;
    private const int SolvedAlone = 512;

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
    /// <param name="threads">Threads to use, from 1; the bits are the same for any number.</param>
    public static void Pack(ReadOnlySpan<long> lower, int n, ReadOnlySpan<double> diagonal, Span<double> strips, int threads = 1)
    {
        Check(lower.Length, GramKernel.PackedLength(n), nameof(lower));
        Check(diagonal.Length, n, nameof(diagonal));
        Check(strips.Length, StripLength(n), nameof(strips));
        fixed (long* from = lower)
        fixed (double* add = diagonal)
        fixed (double* to = strips)
        {
            // A lambda takes no variable that is declared as fixed.
            long* source = from;
            double* added = add;
            double* target = to;
            InParallel.Ranges(StripCount(n), PackedStrips, threads, (first, end) => Pack(source, n, added, target, first, end));
        }
    }

    /// <summary>Factors a matrix in place.</summary>
    /// <param name="strips">The matrix; its factor on return.</param>
    /// <param name="n">The order.</param>
    /// <param name="threads">Threads to use, from 1; the bits are the same for any number.</param>
    /// <returns>False when a pivot is not positive or not finite: the matrix is not numerically positive definite, and the strips are spoilt.</returns>
    public static bool TryFactor(Span<double> strips, int n, int threads = 1)
        => Lanes512.IsSupported ? TryFactor<Lanes512, Vector512<double>>(strips, n, threads)
            : Lanes256.IsSupported ? TryFactor<Lanes256, Vector256<double>>(strips, n, threads)
            : Lanes128.IsSupported ? TryFactor<Lanes128, Vector128<double>>(strips, n, threads)
            : TryFactor<LanesScalar, double>(strips, n, threads);

    /// <summary>Solves A X = B in place, given the factor of A.</summary>
    /// <param name="strips">The factor from <see cref="TryFactor(Span{double}, int, int)"/>.</param>
    /// <param name="n">The order.</param>
    /// <param name="rightHandSides">[count, n], one right-hand side per row; the solutions on return.</param>
    /// <param name="count">The number of right-hand sides.</param>
    /// <param name="threads">Threads to use, from 1; the bits are the same for any number.</param>
    public static void Solve(ReadOnlySpan<double> strips, int n, Span<double> rightHandSides, int count, int threads = 1)
    {
        if (Lanes512.IsSupported)
        {
            Solve<Lanes512, Vector512<double>>(strips, n, rightHandSides, count, threads);
        }
        else if (Lanes256.IsSupported)
        {
            Solve<Lanes256, Vector256<double>>(strips, n, rightHandSides, count, threads);
        }
        else if (Lanes128.IsSupported)
        {
            Solve<Lanes128, Vector128<double>>(strips, n, rightHandSides, count, threads);
        }
        else
        {
            Solve<LanesScalar, double>(strips, n, rightHandSides, count, threads);
        }
    }

    /// <summary>Solves (A + diag) X = B from the integers of A: pack, factor, substitute.</summary>
    /// <param name="lower">The packed lower triangle of A; left as it is.</param>
    /// <param name="n">The order.</param>
    /// <param name="diagonal">Added to the diagonal, [n].</param>
    /// <param name="rightHandSides">[count, n], one right-hand side per row; the solutions on return.</param>
    /// <param name="count">The number of right-hand sides.</param>
    /// <param name="threads">Threads to use, from 1; the bits are the same for any number.</param>
    /// <returns>False when the matrix is not numerically positive definite; the right-hand sides are then untouched.</returns>
    public static bool TrySolve(
        ReadOnlySpan<long> lower, int n, ReadOnlySpan<double> diagonal, Span<double> rightHandSides, int count, int threads = 1)
    {
        var length = StripLength(n);
        var pooled = ArrayPool<double>.Shared.Rent(length);
        var strips = pooled.AsSpan(0, length);
        try
        {
            Pack(lower, n, diagonal, strips, threads);
            if (!TryFactor(strips, n, threads))
            {
                return false;
            }

            Solve(strips, n, rightHandSides, count, threads);
            return true;
        }
        finally
        {
            // The factor came from records; the pool may not hand it on.
            strips.Clear();
            ArrayPool<double>.Shared.Return(pooled);
        }
    }

    /// <summary><see cref="TryFactor(Span{double}, int, int)"/> with one given vector width; for tests of each.</summary>
    internal static bool TryFactor<TLanes, TVector>(Span<double> strips, int n, int threads = 1)
        where TLanes : struct, ILanes<TVector>
        where TVector : struct
    {
        Check(strips.Length, StripLength(n), nameof(strips));
        var count = StripCount(n);
        fixed (double* l = strips)
        {
            double* factor = l;
            for (var block = 0; block < count; block += BlockStrips)
            {
                var (first, end) = (block, Math.Min(count, block + BlockStrips));
                if (!TryFactorBlock<TLanes, TVector>(l, first, end))
                {
                    return false;
                }

                // Strips below the block need nothing of each other. They go by threes, as the kernel takes them.
                InParallel.Ranges(
                    (count - end + 2) / 3,
                    1 + (WorthAThread / (3 * Height * (end - first) * Height * end * Height)),
                    threads,
                    (from, to) => FinishStrips<TLanes, TVector>(factor, first, end, end + (3 * from), Math.Min(count, end + (3 * to))));
            }
        }

        return true;
    }

    /// <summary><see cref="Solve(ReadOnlySpan{double}, int, Span{double}, int, int)"/> with one given vector width; for tests of each.</summary>
    internal static void Solve<TLanes, TVector>(ReadOnlySpan<double> strips, int n, Span<double> rightHandSides, int count, int threads = 1)
        where TLanes : struct, ILanes<TVector>
        where TVector : struct
    {
        Check(strips.Length, StripLength(n), nameof(strips));
        Check(rightHandSides.Length, checked(n * count), nameof(rightHandSides));

        // A range reads the whole factor, and three groups at a time share what they read.
        var groups = StripCount(count);
        var least = Math.Max(3, (groups + threads - 1) / threads);
        fixed (double* l = strips)
        fixed (double* b = rightHandSides)
        {
            double* factor = l;
            double* sides = b;
            InParallel.Ranges(groups, n < SolvedAlone ? groups : least, threads, (first, end) =>
            {
                var from = first * Height;
                SolveGroups<TLanes, TVector>(factor, n, sides + ((nint)from * n), Math.Min(count, end * Height) - from);
            });
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Pack(long* lower, int n, double* diagonal, double* strips, int first, int end)
    {
        for (var strip = first; strip < end; strip++)
        {
            var columns = (strip + 1) * Height;
            var target = strips + StripOffset(strip);
            for (var r = 0; r < Height; r++)
            {
                var i = (strip * Height) + r;
                var row = lower + GramKernel.Index(i, 0);
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

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void SolveGroups<TLanes, TVector>(double* l, int n, double* rightHandSides, int count)
        where TLanes : struct, ILanes<TVector>
        where TVector : struct
    {
        var blocks = StripCount(n);
        var stripSize = blocks * Height * Height;
        var groups = StripCount(count);
        var pooled = ArrayPool<double>.Shared.Rent(checked(groups * stripSize));
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
                        target[(i * Height) + r] = c < count && i < n ? rightHandSides[((nint)c * n) + i] : 0;
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

            // Backwards a strip of the factor is read once too: what is solved is subtracted from everything before it at once.
            for (var block = blocks - 1; block >= 0; block--)
            {
                var b = l + StripOffset(block);
                var at = (nint)block * Height * Height;
                var group = 0;
                for (; group < groups; group++)
                {
                    StripKernel<TLanes, TVector>.Backward(x + ((nint)group * stripSize) + at, b + at);
                }

                for (group = 0; group + 3 <= groups; group += 3)
                {
                    var y0 = x + ((nint)group * stripSize);
                    var y1 = y0 + stripSize;
                    var y2 = y1 + stripSize;
                    StripKernel<TLanes, TVector>.Spread3(y0 + at, y1 + at, y2 + at, b, block * Height, y0, y1, y2);
                }

                for (; group < groups; group++)
                {
                    var y = x + ((nint)group * stripSize);
                    StripKernel<TLanes, TVector>.Spread(y + at, b, block * Height, y);
                }
            }

            for (var c = 0; c < count; c++)
            {
                var source = x + ((nint)(c / Height) * stripSize) + (c % Height);
                for (var i = 0; i < n; i++)
                {
                    rightHandSides[((nint)c * n) + i] = source[i * Height];
                }
            }
        }

        pooled.AsSpan(0, groups * stripSize).Clear();
        ArrayPool<double>.Shared.Return(pooled);
    }

    /// <summary>Finishes the columns of strips first…end − 1 in these strips themselves.</summary>
    private static bool TryFactorBlock<TLanes, TVector>(double* l, int first, int end)
        where TLanes : struct, ILanes<TVector>
        where TVector : struct
    {
        for (var k = 0; k < first * Height; k += ChunkColumns)
        {
            // A strip has fewer columns than those after it: one after the other.
            for (var block = first; block < end; block++)
            {
                UpdateColumn<TLanes, TVector>(l, block, block, end, k, Math.Min(ChunkColumns, (first * Height) - k));
            }
        }

        for (var block = first; block < end; block++)
        {
            UpdateColumn<TLanes, TVector>(l, block, block, end, first * Height, (block - first) * Height);
            if (!TryFactorDiagonal(l + StripOffset(block) + ((nint)block * Height * Height)))
            {
                return false;
            }

            FinishColumn<TLanes, TVector>(l, block, block + 1, end);
        }

        return true;
    }

    /// <summary>Finishes the columns of strips first…end − 1 in strips from…to − 1, which lie below.</summary>
    private static void FinishStrips<TLanes, TVector>(double* l, int first, int end, int from, int to)
        where TLanes : struct, ILanes<TVector>
        where TVector : struct
    {
        for (var k = 0; k < first * Height; k += ChunkColumns)
        {
            UpdateBlock<TLanes, TVector>(l, first, end, from, to, k, Math.Min(ChunkColumns, (first * Height) - k));
        }

        for (var block = first; block < end; block++)
        {
            UpdateColumn<TLanes, TVector>(l, block, from, to, first * Height, (block - first) * Height);
            FinishColumn<TLanes, TVector>(l, block, from, to);
        }
    }

    /// <summary>Subtracts the share of columns k…k + steps − 1 from the columns of strips first…end − 1, in strips from…to − 1 below.</summary>
    private static void UpdateBlock<TLanes, TVector>(double* l, int first, int end, int from, int to, int k, int steps)
        where TLanes : struct, ILanes<TVector>
        where TVector : struct
    {
        var strip = from;
        for (; strip + 3 <= to; strip += 3)
        {
            for (var block = first; block < end; block++)
            {
                UpdateColumn<TLanes, TVector>(l, block, strip, strip + 3, k, steps);
            }
        }

        for (var block = first; block < end; block++)
        {
            UpdateColumn<TLanes, TVector>(l, block, strip, to, k, steps);
        }
    }

    /// <summary>Divides one strip's worth of columns by its diagonal block, for strips first…end − 1.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void FinishColumn<TLanes, TVector>(double* l, int block, int first, int end)
        where TLanes : struct, ILanes<TVector>
        where TVector : struct
    {
        var at = (nint)block * Height * Height;
        for (var strip = first; strip < end; strip++)
        {
            StripKernel<TLanes, TVector>.Forward(l + StripOffset(strip) + at, l + StripOffset(block) + at);
        }
    }

    /// <summary>Subtracts the share of columns k…k + steps − 1 from one strip's worth of columns, for strips first…end − 1.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
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
