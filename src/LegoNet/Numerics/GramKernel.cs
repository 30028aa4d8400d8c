using System.Buffers;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace LegoNet.Numerics;

/// <summary>
/// Exact integer sums over int8 codes: the Gram matrix, products with targets, and the kernel matrix of the dual form.
/// </summary>
/// <remarks>
/// Codes are row-major [m, d], each in −127…127. A constant bias column of <see cref="Bias"/> is appended to them, so D = d + 1.
/// All results are int64 and exact: an entry of the Gram matrix is at most m · 127², below 2^53 for every m that a span can hold, so
/// its conversion to float64 is exact too. Integer addition is associative; nothing here depends on the order of rows, the blocking
/// or the vector width. Symmetric matrices stand as their lower triangle, packed row by row: see <see cref="Index"/>.
/// </remarks>
internal static unsafe class GramKernel
{
    /// <summary>The value of the constant column appended to every code.</summary>
    public const int Bias = 127;

    // A tile sums at most 256 steps before it is added to the int64 sums. With four bytes to a step an int32 reaches at most
    // 256 · 4 · 255 · 127 = 33,162,240 in size, and its correction 128 · 256 · 4 · 127 = 16,646,144: far from 2^31.
    // With two int16 to a step (the router's keys reach ±32767) it is 256 · 2 · 127 · 32767 = 2,130,641,408 < 2^31.
    internal const int MaxSteps = 256;

    private const double ExactLimit = 1L << 53;

    /// <summary>The number of entries of a packed lower triangle of order n: n(n + 1)/2.</summary>
    /// <exception cref="LegoNetException">The triangle would not fit one array.</exception>
    public static int PackedLength(int n)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(n);
        var length = (long)n * (n + 1) / 2;
        return length <= Array.MaxLength
            ? (int)length
            : throw LegoNetException.BadInput($"A matrix of order {n} is too large to be held.");
    }

    /// <summary>Where entry (i, j), i ≥ j, of a packed lower triangle stands: i(i + 1)/2 + j.</summary>
    public static int Index(int i, int j) => (int)((long)i * (i + 1) / 2) + j;

    /// <summary>Adds Σ x xᵀ over the rows, bias column included, to the sums.</summary>
    /// <param name="codes">Codes [m, d].</param>
    /// <param name="dimension">d.</param>
    /// <param name="sums">Packed lower triangle of order d + 1; added to.</param>
    /// <param name="threads">Threads to use, from 1.</param>
    public static void AddGram(ReadOnlySpan<sbyte> codes, int dimension, Span<long> sums, int threads = 1)
        => Gram(codes, dimension, sums, false, threads);

    /// <summary>Subtracts Σ x xᵀ over the rows from the sums: the exact opposite of <see cref="AddGram"/>.</summary>
    /// <inheritdoc cref="AddGram"/>
    public static void SubtractGram(ReadOnlySpan<sbyte> codes, int dimension, Span<long> sums, int threads = 1)
        => Gram(codes, dimension, sums, true, threads);

    /// <summary>Writes the kernel matrix K = X Xᵀ, K[i, j] = x_i · x_j + 127², of the dual form.</summary>
    /// <param name="codes">Codes [m, d].</param>
    /// <param name="dimension">d.</param>
    /// <param name="kernel">Packed lower triangle of order m; overwritten.</param>
    /// <param name="threads">Threads to use, from 1.</param>
    public static void KernelMatrix(ReadOnlySpan<sbyte> codes, int dimension, Span<long> kernel, int threads = 1)
    {
        if (TileVnni.IsSupported)
        {
            KernelMatrix<TileVnni>(codes, dimension, kernel, threads);
        }
        else if (Tile512.IsSupported)
        {
            KernelMatrix<Tile512>(codes, dimension, kernel, threads);
        }
        else if (Tile256.IsSupported)
        {
            KernelMatrix<Tile256>(codes, dimension, kernel, threads);
        }
        else if (Tile128.IsSupported)
        {
            KernelMatrix<Tile128>(codes, dimension, kernel, threads);
        }
        else
        {
            KernelMatrix<TileScalar>(codes, dimension, kernel, threads);
        }
    }

    /// <summary>Adds to the sums of codes by class: Xᵀ·T for one-hot targets.</summary>
    /// <param name="codes">Codes [m, d].</param>
    /// <param name="dimension">d.</param>
    /// <param name="classes">The class of each row, [m], each in 0…classCount − 1.</param>
    /// <param name="classCount">The number of classes C.</param>
    /// <param name="sums">[C, d + 1], row-major; the last column is 127 × the class's number of rows. Added to.</param>
    public static void AddClassSums(ReadOnlySpan<sbyte> codes, int dimension, ReadOnlySpan<int> classes, int classCount, Span<long> sums)
        => ClassSums(codes, dimension, classes, classCount, sums, false);

    /// <summary>Subtracts from the sums of codes by class: the exact opposite of <see cref="AddClassSums"/>.</summary>
    /// <inheritdoc cref="AddClassSums"/>
    public static void SubtractClassSums(ReadOnlySpan<sbyte> codes, int dimension, ReadOnlySpan<int> classes, int classCount, Span<long> sums)
        => ClassSums(codes, dimension, classes, classCount, sums, true);

    /// <summary>Adds Xᵀ·T for integer targets.</summary>
    /// <param name="codes">Codes [m, d].</param>
    /// <param name="dimension">d.</param>
    /// <param name="targets">Targets [m, C], row-major.</param>
    /// <param name="targetCount">C.</param>
    /// <param name="sums">[C, d + 1], row-major; the last column is 127 × the sum of the target. Added to.</param>
    /// <exception cref="LegoNetException">The targets are so large that a sum over these rows could reach 2^53.</exception>
    public static void AddTargetSums(ReadOnlySpan<sbyte> codes, int dimension, ReadOnlySpan<int> targets, int targetCount, Span<long> sums)
        => TargetSums(codes, dimension, targets, targetCount, sums, false);

    /// <summary>Subtracts Xᵀ·T for integer targets: the exact opposite of <see cref="AddTargetSums"/>.</summary>
    /// <inheritdoc cref="AddTargetSums"/>
    public static void SubtractTargetSums(ReadOnlySpan<sbyte> codes, int dimension, ReadOnlySpan<int> targets, int targetCount, Span<long> sums)
        => TargetSums(codes, dimension, targets, targetCount, sums, true);

    /// <summary><see cref="AddGram"/> or <see cref="SubtractGram"/> by one given micro-kernel; for tests of each width.</summary>
    internal static void Gram<TTile>(ReadOnlySpan<sbyte> codes, int dimension, Span<long> sums, bool subtract, int threads = 1)
        where TTile : struct, IIntegerTile
    {
        var rows = RowCount(codes, dimension);
        CheckLength(sums.Length, PackedLength(dimension + 1), nameof(sums));
        if (rows == 0)
        {
            return;
        }

        var maxSteps = StepsPerChunk<TTile>();
        var steps = Math.Min(maxSteps, (rows + TTile.Depth - 1) / TTile.Depth);
        using var panels = new Panels<TTile>(dimension, steps);
        var biasRow = sums.Slice(Index(dimension, 0), dimension + 1);
        fixed (sbyte* x = codes)
        fixed (long* s = sums)
        {
            for (var first = 0; first < rows; first += maxSteps * TTile.Depth)
            {
                var count = Math.Min(maxSteps * TTile.Depth, rows - first);
                var chunk = codes.Slice(first * dimension, count * dimension);
                var columnSums = panels.Correction;
                columnSums.Clear();
                AddColumns(chunk, dimension, columnSums);
                for (var j = 0; j < dimension; j++)
                {
                    long bias = Bias * columnSums[j];
                    biasRow[j] += subtract ? -bias : bias;
                }

                long square = (long)count * Bias * Bias;
                biasRow[dimension] += subtract ? -square : square;

                panels.PackColumns(chunk, dimension, count);
                Correct<TTile>(columnSums, 0);
                panels.MultiplyInto(s, dimension, subtract, threads);
            }
        }
    }

    /// <summary><see cref="KernelMatrix(ReadOnlySpan{sbyte}, int, Span{long}, int)"/> by one given micro-kernel; for tests of each width.</summary>
    internal static void KernelMatrix<TTile>(ReadOnlySpan<sbyte> codes, int dimension, Span<long> kernel, int threads = 1)
        where TTile : struct, IIntegerTile
    {
        var rows = RowCount(codes, dimension);
        CheckLength(kernel.Length, PackedLength(rows), nameof(kernel));
        kernel.Clear();
        if (rows == 0)
        {
            return;
        }

        var maxSteps = StepsPerChunk<TTile>();
        var steps = Math.Min(maxSteps, (dimension + TTile.Depth - 1) / TTile.Depth);
        using var panels = new Panels<TTile>(rows, steps);
        fixed (long* k = kernel)
        {
            for (var first = 0; first < dimension; first += maxSteps * TTile.Depth)
            {
                var count = Math.Min(maxSteps * TTile.Depth, dimension - first);
                panels.PackRows(codes, dimension, first, count);
                Correct<TTile>(panels.Correction, first == 0 ? Bias * Bias : 0);
                panels.MultiplyInto(k, rows, false, threads);
            }
        }
    }

    private static void Gram(ReadOnlySpan<sbyte> codes, int dimension, Span<long> sums, bool subtract, int threads)
    {
        if (TileVnni.IsSupported)
        {
            Gram<TileVnni>(codes, dimension, sums, subtract, threads);
        }
        else if (Tile512.IsSupported)
        {
            Gram<Tile512>(codes, dimension, sums, subtract, threads);
        }
        else if (Tile256.IsSupported)
        {
            Gram<Tile256>(codes, dimension, sums, subtract, threads);
        }
        else if (Tile128.IsSupported)
        {
            Gram<Tile128>(codes, dimension, sums, subtract, threads);
        }
        else
        {
            Gram<TileScalar>(codes, dimension, sums, subtract, threads);
        }
    }

    private static void ClassSums(ReadOnlySpan<sbyte> codes, int dimension, ReadOnlySpan<int> classes, int classCount, Span<long> sums, bool subtract)
    {
        var rows = RowCount(codes, dimension);
        CheckLength(classes.Length, rows, nameof(classes));
        CheckLength(sums.Length, checked(classCount * (dimension + 1)), nameof(sums));

        // int32 would overflow after 2^31 / 127 = 16,909,320 rows of one class; a chunk is shorter than that.
        const int MaxRows = 1 << 24;
        var length = checked(classCount * dimension);
        var pooled = ArrayPool<int>.Shared.Rent(length);
        try
        {
            var partial = pooled.AsSpan(0, length);
            for (var first = 0; first < rows; first += MaxRows)
            {
                partial.Clear();
                var end = Math.Min(rows, first + MaxRows);
                for (var r = first; r < end; r++)
                {
                    var c = classes[r];
                    if ((uint)c >= (uint)classCount)
                    {
                        throw new ArgumentOutOfRangeException(nameof(classes), "A class index lies outside the class list.");
                    }

                    AddColumns(codes.Slice(r * dimension, dimension), dimension, partial.Slice(c * dimension, dimension));
                    sums[(c * (dimension + 1)) + dimension] += subtract ? -Bias : Bias;
                }

                for (var c = 0; c < classCount; c++)
                {
                    var sum = sums.Slice(c * (dimension + 1), dimension);
                    var part = partial.Slice(c * dimension, dimension);
                    for (var j = 0; j < sum.Length; j++)
                    {
                        sum[j] += subtract ? -part[j] : part[j];
                    }
                }
            }
        }
        finally
        {
            ArrayPool<int>.Shared.Return(pooled, clearArray: true);
        }
    }

    private static void TargetSums(ReadOnlySpan<sbyte> codes, int dimension, ReadOnlySpan<int> targets, int targetCount, Span<long> sums, bool subtract)
    {
        var rows = RowCount(codes, dimension);
        CheckLength(targets.Length, checked(rows * targetCount), nameof(targets));
        CheckLength(sums.Length, checked(targetCount * (dimension + 1)), nameof(sums));
        long largest = 0;
        foreach (var t in targets)
        {
            largest = Math.Max(largest, Math.Abs((long)t));
        }

        // Below 2^53 every product and partial sum is exact in float64, whose vector arithmetic every processor has.
        if ((double)largest * Bias * rows >= ExactLimit)
        {
            throw LegoNetException.BadInput($"Targets of up to ±{largest} steps over {rows} rows exceed what can be summed exactly: declare a larger step.");
        }

        var width = dimension + 1;
        var row = ArrayPool<double>.Shared.Rent(width);
        var pooled = ArrayPool<double>.Shared.Rent(checked(targetCount * width));
        try
        {
            var partial = pooled.AsSpan(0, targetCount * width);
            partial.Clear();
            row[dimension] = Bias;
            for (var r = 0; r < rows; r++)
            {
                var code = codes.Slice(r * dimension, dimension);
                for (var j = 0; j < code.Length; j++)
                {
                    row[j] = code[j];
                }

                for (var c = 0; c < targetCount; c++)
                {
                    var target = targets[(r * targetCount) + c];
                    if (target == 0)
                    {
                        continue;
                    }

                    AddScaled(row.AsSpan(0, width), target, partial.Slice(c * width, width));
                }
            }

            for (var i = 0; i < partial.Length; i++)
            {
                var part = (long)partial[i];
                sums[i] += subtract ? -part : part;
            }
        }
        finally
        {
            ArrayPool<double>.Shared.Return(row, clearArray: true);
            ArrayPool<double>.Shared.Return(pooled, clearArray: true);
        }
    }

    /// <summary>sum += factor · x, where every intermediate is an integer below 2^53 and therefore exact.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void AddScaled(ReadOnlySpan<double> x, double factor, Span<double> sum)
    {
        fixed (double* from = x)
        fixed (double* to = sum)
        {
            var j = 0;
            if (Vector.IsHardwareAccelerated)
            {
                var lanes = Vector<double>.Count;
                var f = new Vector<double>(factor);
                for (; j <= x.Length - lanes; j += lanes)
                {
                    (Vector.Load(to + j) + (Vector.Load(from + j) * f)).Store(to + j);
                }
            }

            for (; j < x.Length; j++)
            {
                to[j] += from[j] * factor;
            }
        }
    }

    /// <summary>Adds every row of the codes to int32 column sums.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void AddColumns(ReadOnlySpan<sbyte> codes, int dimension, Span<int> sums)
    {
        fixed (sbyte* first = codes)
        fixed (int* s = sums)
        {
            var end = first + codes.Length;
            for (var x = first; x < end; x += dimension)
            {
                var j = 0;
                if (Vector128.IsHardwareAccelerated)
                {
                    for (; j <= dimension - 16; j += 16)
                    {
                        var (lower, upper) = Vector128.Widen(Vector128.Load(x + j));
                        var (a, b) = Vector128.Widen(lower);
                        var (c, d) = Vector128.Widen(upper);
                        (Vector128.Load(s + j) + a).Store(s + j);
                        (Vector128.Load(s + j + 4) + b).Store(s + j + 4);
                        (Vector128.Load(s + j + 8) + c).Store(s + j + 8);
                        (Vector128.Load(s + j + 12) + d).Store(s + j + 12);
                    }
                }

                for (; j < dimension; j++)
                {
                    s[j] += x[j];
                }
            }
        }
    }

    /// <summary>Turns sums of the right operand into what the tile's result exceeds the wanted one by.</summary>
    private static void Correct<TTile>(Span<int> sums, int add)
        where TTile : struct, IIntegerTile
    {
        var offset = TTile.Depth == 4 ? 128 : 0;
        for (var j = 0; j < sums.Length; j++)
        {
            sums[j] = (offset * sums[j]) - add;
        }
    }

    // About 24 KiB of the right operand at a time: it stays in the L1 cache while all of the left operand passes by.
    private static int StepsPerChunk<TTile>()
        where TTile : struct, IIntegerTile
        => Math.Min(MaxSteps, 24 * 1024 / (sizeof(int) * TTile.Columns));

    private static int RowCount(ReadOnlySpan<sbyte> codes, int dimension)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(dimension, 1);
        var rows = codes.Length / dimension;
        CheckLength(codes.Length, rows * dimension, nameof(codes));
        return rows;
    }

    private static void CheckLength(int length, int expected, string name)
    {
        if (length != expected)
        {
            throw new ArgumentException($"The span holds {length} entries where {expected} are expected.", name);
        }
    }
}
