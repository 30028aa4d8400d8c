using System.Buffers;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using LegoNet.Common;

namespace LegoNet.Numerics;

/// <summary>
/// The packed operands of a symmetric integer product: one matrix of up to a chunk's terms, once as left and once as right operand
/// of <typeparamref name="TTile"/>, and the blocked loop that multiplies the two into a packed lower triangle.
/// </summary>
/// <remarks>
/// Loops are compiled optimised at once (AggressiveOptimization): a forget in a fresh process calls them too few times for the tiers,
/// and its first refits took two to three times as long.
/// </remarks>
/// <typeparam name="TTile">The micro-kernel.</typeparam>
internal sealed unsafe class Panels<TTile> : IDisposable
    where TTile : struct, IIntegerTile
{
    private const int Alignment = 64;

    // In multiply-adds, some 50 µs: several times what it takes to call a thread.
    private const int WorthAThread = 1 << 23;

    // The unsigned form of a left operand's byte is the code + 128, which is the code with its top bit flipped.
    private const int FlipSigns = unchecked((int)0x80808080);

    private readonly int _outputs;
    private readonly int[] _correction;
    private readonly int _leftStrips;
    private readonly int _rightStrips;
    private readonly int _used;
    private readonly int[] _memory;
    private readonly GCHandle _pin;
    private readonly int* _left;
    private readonly int* _right;
    private readonly int* _line;
    private int _steps;

    /// <summary>Creates room for the operands.</summary>
    /// <param name="outputs">The order of the result.</param>
    /// <param name="maxSteps">The largest number of int32 lanes per output.</param>
    public Panels(int outputs, int maxSteps)
    {
        _outputs = outputs;
        _correction = ArrayPool<int>.Shared.Rent(outputs + TTile.Columns);
        _leftStrips = (outputs + TTile.Rows - 1) / TTile.Rows;
        _rightStrips = (outputs + TTile.Columns - 1) / TTile.Columns;
        var left = RoundUp((nuint)_leftStrips * (nuint)TTile.Rows * (nuint)maxSteps);
        var right = RoundUp((nuint)_rightStrips * (nuint)TTile.Columns * (nuint)maxSteps);
        var line = RoundUp((nuint)outputs + (nuint)Math.Max(TTile.Columns, 16));
        _used = checked((int)(left + right + line) + (Alignment / sizeof(int)));
        _memory = ArrayPool<int>.Shared.Rent(_used);
        _pin = GCHandle.Alloc(_memory, GCHandleType.Pinned);
        _left = (int*)(((nuint)_pin.AddrOfPinnedObject() + Alignment - 1) & ~(nuint)(Alignment - 1));
        _right = _left + left;
        _line = _right + right;
        new Span<int>(_line, (int)line).Clear();
    }

    /// <summary>Per output of the right operand, what the tiles' sums exceed the wanted ones by; [outputs].</summary>
    public Span<int> Correction => _correction.AsSpan(0, _outputs);

    /// <summary>Packs rows as terms: output j is column j, and a lane holds consecutive rows.</summary>
    /// <param name="codes">Codes [count, outputs].</param>
    /// <param name="dimension">The codes' dimension; the number of outputs.</param>
    /// <param name="count">The number of rows.</param>
    public void PackColumns(ReadOnlySpan<sbyte> codes, int dimension, int count)
    {
        _steps = (count + TTile.Depth - 1) / TTile.Depth;

        // A last lane that has fewer rows than it holds is filled up with zeros.
        var zeros = ArrayPool<sbyte>.Shared.Rent(dimension);
        zeros.AsSpan(0, dimension).Clear();
        fixed (sbyte* x = codes)
        fixed (sbyte* zero = zeros)
        {
            for (var s = 0; s < _steps; s++)
            {
                var row = s * TTile.Depth;
                var x0 = x + ((nint)row * dimension);
                var x1 = row + 1 < count ? x0 + dimension : zero;
                if (TTile.Depth == 2)
                {
                    InterleavePairs(x0, x1, dimension, _line);
                }
                else
                {
                    var x2 = row + 2 < count ? x0 + (2 * dimension) : zero;
                    var x3 = row + 3 < count ? x0 + (3 * dimension) : zero;
                    InterleaveQuads(x0, x1, x2, x3, dimension, _line);
                }

                Distribute(_line, _right, TTile.Columns, _rightStrips, s, 0);
                Distribute(_line, _left, TTile.Rows, _leftStrips, s, TTile.Depth == 4 ? FlipSigns : 0);
            }
        }

        ArrayPool<sbyte>.Shared.Return(zeros);
    }

    /// <summary>Packs columns as terms: output j is row j, and a lane holds consecutive columns. Sets <see cref="Correction"/> to the rows' sums.</summary>
    /// <param name="codes">Codes [outputs, dimension].</param>
    /// <param name="dimension">The codes' dimension.</param>
    /// <param name="first">The first column.</param>
    /// <param name="count">The number of columns.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void PackRows(ReadOnlySpan<sbyte> codes, int dimension, int first, int count)
    {
        _steps = (count + TTile.Depth - 1) / TTile.Depth;
        for (var j = 0; j < _outputs; j++)
        {
            var row = codes.Slice((j * dimension) + first, count);
            var right = _right + ((nint)(j / TTile.Columns) * TTile.Columns * _steps) + (j % TTile.Columns);
            var left = _left + ((nint)(j / TTile.Rows) * TTile.Rows * _steps) + (j % TTile.Rows);
            var sum = 0;
            for (var s = 0; s < _steps; s++)
            {
                var lane = 0;
                var terms = row.Slice(s * TTile.Depth, Math.Min(TTile.Depth, count - (s * TTile.Depth)));
                for (var t = 0; t < terms.Length; t++)
                {
                    sum += terms[t];
                    lane |= TTile.Depth == 4 ? (byte)terms[t] << (8 * t) : (terms[t] & 0xFFFF) << (16 * t);
                }

                right[s * TTile.Columns] = lane;
                left[s * TTile.Rows] = TTile.Depth == 4 ? lane ^ FlipSigns : lane;
            }

            _correction[j] = sum;
        }

        ClearRest(_right, TTile.Columns, _rightStrips);
        ClearRest(_left, TTile.Rows, _leftStrips);
    }

    /// <summary>Adds the product to a packed lower triangle, or subtracts it.</summary>
    /// <param name="sums">A triangle of at least this order.</param>
    /// <param name="order">The number of outputs.</param>
    /// <param name="subtract">Subtract.</param>
    /// <param name="threads">Threads to use, from 1.</param>
    public void MultiplyInto(long* sums, int order, bool subtract, int threads)
        => InParallel.Ranges(
            _rightStrips,
            1 + (int)(WorthAThread / (TTile.Columns * (long)order * _steps * TTile.Depth)),
            threads,
            (first, end) => MultiplyInto(sums, order, subtract, first, end));

    public void Dispose()
    {
        // What lies here came from records: the pool may not hand it on. (A pool, because pages fresh from the system cost more
        // than the whole product of a short shard.)
        _pin.Free();
        _memory.AsSpan(0, _used).Clear();
        ArrayPool<int>.Shared.Return(_memory);
        ArrayPool<int>.Shared.Return(_correction, clearArray: true);
    }

    // A strip of the right operand is some columns of the triangle, which no other strip adds to.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void MultiplyInto(long* sums, int order, bool subtract, int firstStrip, int endStrip)
    {
        var tile = stackalloc int[(TTile.Rows * TTile.Columns) + (Alignment / sizeof(int))];
        tile = (int*)(((nuint)tile + Alignment - 1) & ~(nuint)(Alignment - 1));
        fixed (int* correction = _correction)
        {
            for (var strip = firstStrip; strip < endStrip; strip++)
            {
                var column = strip * TTile.Columns;
                var right = _right + ((nint)column * _steps);
                for (var leftStrip = column / TTile.Rows; leftStrip < _leftStrips; leftStrip++)
                {
                    var row = leftStrip * TTile.Rows;
                    var end = Math.Min(TTile.Rows, order - row);
                    Prefetch(sums, row, column, end);
                    TTile.Multiply(_left + ((nint)row * _steps), right, _steps, tile);
                    for (var i = Math.Max(0, column - row); i < end; i++)
                    {
                        var sum = sums + GramKernel.Index(row + i, column);
                        var count = Math.Min(TTile.Columns, row + i - column + 1);
                        Accumulate(sum, tile + (i * TTile.Columns), correction + column, count, subtract);
                    }
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Accumulate(long* sum, int* tile, int* correction, int count, bool subtract)
    {
        var j = 0;
        if (Vector.IsHardwareAccelerated)
        {
            var lanes = Vector<int>.Count;
            for (; j <= count - lanes; j += lanes)
            {
                var term = Vector.Load(tile + j) - Vector.Load(correction + j);
                term = subtract ? -term : term;
                Vector.Widen(term, out var lower, out var upper);
                (Vector.Load(sum + j) + lower).Store(sum + j);
                (Vector.Load(sum + j + (lanes / 2)) + upper).Store(sum + j + (lanes / 2));
            }
        }

        for (; j < count; j++)
        {
            var term = tile[j] - correction[j];
            sum[j] += subtract ? -term : term;
        }
    }

    // The triangle's rows lie pages apart, so no hardware prefetcher sees them coming; the tile's product hides their latency.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Prefetch(long* sums, int row, int column, int rows)
    {
        if (Sse.IsSupported)
        {
            for (var i = Math.Max(0, column - row); i < rows; i++)
            {
                var first = (byte*)(sums + GramKernel.Index(row + i, column));
                for (var offset = 0; offset <= TTile.Columns * sizeof(long); offset += 64)
                {
                    Sse.Prefetch0(first + offset);
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void InterleavePairs(sbyte* x0, sbyte* x1, int count, int* line)
    {
        var j = 0;
        if (Vector128.IsHardwareAccelerated)
        {
            for (; j <= count - 16; j += 16)
            {
                var (a0, b0) = Vector128.Widen(Vector128.Load(x0 + j));
                var (a1, b1) = Vector128.Widen(Vector128.Load(x1 + j));
                StorePairs(a0.AsUInt16(), a1.AsUInt16(), line + j);
                StorePairs(b0.AsUInt16(), b1.AsUInt16(), line + j + 8);
            }
        }

        for (; j < count; j++)
        {
            line[j] = (x0[j] & 0xFFFF) | (x1[j] << 16);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void InterleaveQuads(sbyte* x0, sbyte* x1, sbyte* x2, sbyte* x3, int count, int* line)
    {
        var j = 0;
        if (Vector128.IsHardwareAccelerated)
        {
            for (; j <= count - 16; j += 16)
            {
                var (a0, b0) = Vector128.Widen(Vector128.Load((byte*)x0 + j));
                var (a1, b1) = Vector128.Widen(Vector128.Load((byte*)x1 + j));
                var (a2, b2) = Vector128.Widen(Vector128.Load((byte*)x2 + j));
                var (a3, b3) = Vector128.Widen(Vector128.Load((byte*)x3 + j));
                StorePairs(a0 | (a1 << 8), a2 | (a3 << 8), line + j);
                StorePairs(b0 | (b1 << 8), b2 | (b3 << 8), line + j + 8);
            }
        }

        for (; j < count; j++)
        {
            line[j] = (byte)x0[j] | ((byte)x1[j] << 8) | ((byte)x2[j] << 16) | ((byte)x3[j] << 24);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void StorePairs(Vector128<ushort> low, Vector128<ushort> high, int* line)
    {
        var (low0, low1) = Vector128.Widen(low);
        var (high0, high1) = Vector128.Widen(high);
        (low0 | (high0 << 16)).AsInt32().Store(line);
        (low1 | (high1 << 16)).AsInt32().Store(line + 4);
    }

    private static nuint RoundUp(nuint lanes) => (lanes + 15) & ~(nuint)15;

    /// <summary>Copies one step's lanes to their strips; the line is zero beyond the outputs.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Distribute(int* line, int* panel, int width, int strips, int step, int flip)
    {
        for (var strip = 0; strip < strips; strip++)
        {
            var from = line + (strip * width);
            var to = panel + (((nint)strip * _steps) + step) * width;
            for (var j = 0; j < width; j += 4)
            {
                if (width % 4 == 0 && Vector128.IsHardwareAccelerated)
                {
                    (Vector128.Load(from + j) ^ Vector128.Create(flip)).Store(to + j);
                }
                else
                {
                    for (var t = j; t < Math.Min(j + 4, width); t++)
                    {
                        to[t] = from[t] ^ flip;
                    }
                }
            }
        }
    }

    private void ClearRest(int* panel, int width, int strips)
    {
        var used = _outputs - ((strips - 1) * width);
        var last = panel + ((nint)(strips - 1) * width * _steps);
        for (var s = 0; s < _steps; s++)
        {
            new Span<int>(last + (s * width) + used, width - used).Clear();
        }
    }
}
