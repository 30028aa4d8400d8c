using System.Runtime.CompilerServices;

namespace LegoNet.Numerics;

/// <summary>Both products for codes that are mostly not zero, by int16 pairs.</summary>
/// <typeparam name="TLanes">The vector width.</typeparam>
/// <typeparam name="TVector">Its vector.</typeparam>
internal sealed unsafe class DenseCodePass<TLanes, TVector> : CodePass
    where TLanes : struct, IPairLanes<TVector>
    where TVector : struct
{
    // 127 · 32767 for each of so many rows stays below 2^31.
    private const int RowsPerSum = 512;

    private readonly sbyte* _codes;
    private readonly int _columns;
    private readonly int _paddedOutputs;
    private readonly int _steps;
    private readonly int _fullSteps;
    private readonly int _blocks;
    private readonly int _fullBlocks;
    private readonly PinnedBuffer<short> _weights;
    private readonly PinnedBuffer<int> _offsets;
    private readonly PinnedBuffer<sbyte> _tail;
    private readonly PinnedBuffer<int> _partial;
    private readonly PinnedBuffer<long> _biasSums;
    private readonly PinnedBuffer<long> _sums;
    private int _partialRows;

    /// <summary>Creates a pass.</summary>
    /// <param name="codes">Row-major codes [m, d]; they stay where they are and as they are.</param>
    /// <param name="dimension">d.</param>
    /// <param name="outputs">L.</param>
    /// <param name="chunkRows">Rows to a chunk, a multiple of <see cref="CodePass.BlockRows"/>.</param>
    public DenseCodePass(sbyte* codes, int dimension, int outputs, int chunkRows)
        : base(dimension, outputs, chunkRows)
    {
        _codes = codes;
        _paddedOutputs = (outputs + 1) & ~1;
        _fullSteps = dimension / (2 * TLanes.Width);
        _steps = (dimension + (2 * TLanes.Width) - 1) / (2 * TLanes.Width);
        _columns = _steps * 2 * TLanes.Width;
        _fullBlocks = dimension / TLanes.Width;
        _blocks = (dimension + TLanes.Width - 1) / TLanes.Width;
        var entries = (long)_blocks * outputs * TLanes.Width;
        _weights = new PinnedBuffer<short>((long)_paddedOutputs * _columns);
        _offsets = new PinnedBuffer<int>(_paddedOutputs);
        _tail = new PinnedBuffer<sbyte>(BlockRows * 2 * TLanes.Width);
        _partial = new PinnedBuffer<int>(entries);
        _biasSums = new PinnedBuffer<long>(outputs);
        _sums = new PinnedBuffer<long>(entries);
    }

    public override void SetWeights(ReadOnlySpan<short> weights)
    {
        for (var c = 0; c < Outputs; c++)
        {
            var row = weights.Slice(c * (Dimension + 1), Dimension + 1);
            row[..Dimension].CopyTo(new Span<short>(_weights.Pointer + ((nint)c * _columns), Dimension));
            _offsets.Pointer[c] = GramKernel.Bias * row[Dimension];
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Multiply(int first, int count, int* products)
    {
        var width = 2 * TLanes.Width;
        var tail = _tail.Pointer;
        for (var row = 0; row < count; row += 4)
        {
            var x0 = Row(first, Math.Min(row, count - 1));
            var x1 = Row(first, Math.Min(row + 1, count - 1));
            var x2 = Row(first, Math.Min(row + 2, count - 1));
            var x3 = Row(first, Math.Min(row + 3, count - 1));
            if (_fullSteps < _steps)
            {
                CopyTail(x0, _fullSteps * width, tail);
                CopyTail(x1, _fullSteps * width, tail + width);
                CopyTail(x2, _fullSteps * width, tail + (2 * width));
                CopyTail(x3, _fullSteps * width, tail + (3 * width));
            }

            var c = 0;
            for (; c + 4 <= _paddedOutputs; c += 4)
            {
                Tile4(x0, x1, x2, x3, c, products + row);
            }

            if (c < _paddedOutputs)
            {
                Tile2(x0, x1, x2, x3, c, products + row);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Add(int first, int count, short* residuals)
    {
        AddBias(count, residuals);
        var rows = stackalloc sbyte*[BlockRows];
        var tail = _tail.Pointer;
        var stride = ChunkRows / 2;
        for (var block = 0; block < count; block += BlockRows)
        {
            for (var r = 0; r < BlockRows; r++)
            {
                rows[r] = Row(first, Math.Min(block + r, count - 1));
            }

            if (_partialRows + BlockRows > RowsPerSum)
            {
                Flush();
            }

            _partialRows += BlockRows;
            var pairs = (int*)(residuals + block);
            for (var b = 0; b < _fullBlocks; b++)
            {
                AddBlock(rows, b * TLanes.Width, pairs, stride, _partial.Pointer + ((nint)b * Outputs * TLanes.Width));
            }

            if (_fullBlocks < _blocks)
            {
                for (var r = 0; r < BlockRows; r++)
                {
                    CopyTail(rows[r], _fullBlocks * TLanes.Width, tail + (r * TLanes.Width));
                    rows[r] = tail + (r * TLanes.Width);
                }

                AddBlock(rows, 0, pairs, stride, _partial.Pointer + ((nint)_fullBlocks * Outputs * TLanes.Width));
            }
        }
    }

    public override void MoveTo(Span<long> sums)
    {
        Flush();
        for (var c = 0; c < Outputs; c++)
        {
            var to = sums.Slice(c * (Dimension + 1), Dimension + 1);
            for (var j = 0; j < Dimension; j++)
            {
                to[j] += _sums.Pointer[((((nint)(j / TLanes.Width) * Outputs) + c) * TLanes.Width) + (j % TLanes.Width)];
            }

            to[Dimension] += GramKernel.Bias * _biasSums.Pointer[c];
        }

        new Span<long>(_sums.Pointer, _blocks * Outputs * TLanes.Width).Clear();
        new Span<long>(_biasSums.Pointer, Outputs).Clear();
    }

    public override void Dispose()
    {
        _weights.Dispose();
        _offsets.Dispose();
        _tail.Dispose();
        _partial.Dispose();
        _biasSums.Dispose();
        _sums.Dispose();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private sbyte* Row(int first, int row) => _codes + ((nint)(first + row) * Dimension);

    private void CopyTail(sbyte* row, int from, sbyte* to)
    {
        for (var j = from; j < Dimension; j++)
        {
            to[j - from] = row[j];
        }
    }

    private void AddBias(int count, short* residuals)
    {
        for (var c = 0; c < Outputs; c++)
        {
            long sum = 0;
            foreach (var residual in new ReadOnlySpan<short>(residuals + ((nint)c * ChunkRows), count))
            {
                sum += residual;
            }

            _biasSums.Pointer[c] += sum;
        }
    }

    // Eight pairs of rows at a time, so that a sum is loaded and stored once for sixteen rows.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void AddBlock(sbyte** rows, int column, int* pairs, int stride, int* sums)
    {
        var x0 = TLanes.LoadPairs(rows[0] + column, rows[1] + column);
        var x1 = TLanes.LoadPairs(rows[2] + column, rows[3] + column);
        var x2 = TLanes.LoadPairs(rows[4] + column, rows[5] + column);
        var x3 = TLanes.LoadPairs(rows[6] + column, rows[7] + column);
        var x4 = TLanes.LoadPairs(rows[8] + column, rows[9] + column);
        var x5 = TLanes.LoadPairs(rows[10] + column, rows[11] + column);
        var x6 = TLanes.LoadPairs(rows[12] + column, rows[13] + column);
        var x7 = TLanes.LoadPairs(rows[14] + column, rows[15] + column);
        for (var c = 0; c < Outputs; c++)
        {
            var even = TLanes.MultiplyAdd(TLanes.Load(sums), x0, TLanes.Create(pairs[0]));
            var odd = TLanes.MultiplyAdd(TLanes.Create(0), x1, TLanes.Create(pairs[1]));
            even = TLanes.MultiplyAdd(even, x2, TLanes.Create(pairs[2]));
            odd = TLanes.MultiplyAdd(odd, x3, TLanes.Create(pairs[3]));
            even = TLanes.MultiplyAdd(even, x4, TLanes.Create(pairs[4]));
            odd = TLanes.MultiplyAdd(odd, x5, TLanes.Create(pairs[5]));
            even = TLanes.MultiplyAdd(even, x6, TLanes.Create(pairs[6]));
            odd = TLanes.MultiplyAdd(odd, x7, TLanes.Create(pairs[7]));
            TLanes.Store(TLanes.Add(even, odd), sums);
            sums += TLanes.Width;
            pairs += stride;
        }
    }

    private void Flush()
    {
        Flush(_partial, _sums, _blocks * Outputs * TLanes.Width);
        _partialRows = 0;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Tile4(sbyte* x0, sbyte* x1, sbyte* x2, sbyte* x3, int c, int* products)
    {
        var w0 = _weights.Pointer + ((nint)c * _columns);
        var w1 = w0 + _columns;
        var w2 = w1 + _columns;
        var w3 = w2 + _columns;
        TVector s00 = TLanes.Create(0), s01 = s00, s02 = s00, s03 = s00;
        TVector s10 = s00, s11 = s00, s12 = s00, s13 = s00;
        TVector s20 = s00, s21 = s00, s22 = s00, s23 = s00;
        TVector s30 = s00, s31 = s00, s32 = s00, s33 = s00;
        for (var part = 0; part < 2; part++)
        {
            for (var step = part == 0 ? _fullSteps : _steps - _fullSteps; step > 0; step--)
            {
                var a0 = TLanes.LoadCodes(x0);
                var a1 = TLanes.LoadCodes(x1);
                var a2 = TLanes.LoadCodes(x2);
                var a3 = TLanes.LoadCodes(x3);
                var b = TLanes.Load((int*)w0);
                s00 = TLanes.MultiplyAdd(s00, a0, b);
                s10 = TLanes.MultiplyAdd(s10, a1, b);
                s20 = TLanes.MultiplyAdd(s20, a2, b);
                s30 = TLanes.MultiplyAdd(s30, a3, b);
                b = TLanes.Load((int*)w1);
                s01 = TLanes.MultiplyAdd(s01, a0, b);
                s11 = TLanes.MultiplyAdd(s11, a1, b);
                s21 = TLanes.MultiplyAdd(s21, a2, b);
                s31 = TLanes.MultiplyAdd(s31, a3, b);
                b = TLanes.Load((int*)w2);
                s02 = TLanes.MultiplyAdd(s02, a0, b);
                s12 = TLanes.MultiplyAdd(s12, a1, b);
                s22 = TLanes.MultiplyAdd(s22, a2, b);
                s32 = TLanes.MultiplyAdd(s32, a3, b);
                b = TLanes.Load((int*)w3);
                s03 = TLanes.MultiplyAdd(s03, a0, b);
                s13 = TLanes.MultiplyAdd(s13, a1, b);
                s23 = TLanes.MultiplyAdd(s23, a2, b);
                s33 = TLanes.MultiplyAdd(s33, a3, b);
                x0 += 2 * TLanes.Width;
                x1 += 2 * TLanes.Width;
                x2 += 2 * TLanes.Width;
                x3 += 2 * TLanes.Width;
                w0 += 2 * TLanes.Width;
                w1 += 2 * TLanes.Width;
                w2 += 2 * TLanes.Width;
                w3 += 2 * TLanes.Width;
            }

            Tails(out x0, out x1, out x2, out x3);
        }

        Store(c, products, s00, s10, s20, s30);
        Store(c + 1, products, s01, s11, s21, s31);
        Store(c + 2, products, s02, s12, s22, s32);
        Store(c + 3, products, s03, s13, s23, s33);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Tile2(sbyte* x0, sbyte* x1, sbyte* x2, sbyte* x3, int c, int* products)
    {
        var w0 = _weights.Pointer + ((nint)c * _columns);
        var w1 = w0 + _columns;
        TVector s00 = TLanes.Create(0), s01 = s00, s10 = s00, s11 = s00, s20 = s00, s21 = s00, s30 = s00, s31 = s00;
        for (var part = 0; part < 2; part++)
        {
            for (var step = part == 0 ? _fullSteps : _steps - _fullSteps; step > 0; step--)
            {
                var a0 = TLanes.LoadCodes(x0);
                var a1 = TLanes.LoadCodes(x1);
                var a2 = TLanes.LoadCodes(x2);
                var a3 = TLanes.LoadCodes(x3);
                var b = TLanes.Load((int*)w0);
                s00 = TLanes.MultiplyAdd(s00, a0, b);
                s10 = TLanes.MultiplyAdd(s10, a1, b);
                s20 = TLanes.MultiplyAdd(s20, a2, b);
                s30 = TLanes.MultiplyAdd(s30, a3, b);
                b = TLanes.Load((int*)w1);
                s01 = TLanes.MultiplyAdd(s01, a0, b);
                s11 = TLanes.MultiplyAdd(s11, a1, b);
                s21 = TLanes.MultiplyAdd(s21, a2, b);
                s31 = TLanes.MultiplyAdd(s31, a3, b);
                x0 += 2 * TLanes.Width;
                x1 += 2 * TLanes.Width;
                x2 += 2 * TLanes.Width;
                x3 += 2 * TLanes.Width;
                w0 += 2 * TLanes.Width;
                w1 += 2 * TLanes.Width;
            }

            Tails(out x0, out x1, out x2, out x3);
        }

        Store(c, products, s00, s10, s20, s30);
        Store(c + 1, products, s01, s11, s21, s31);
    }

    // Where the four rows' last columns stand, filled up with zeros.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Tails(out sbyte* x0, out sbyte* x1, out sbyte* x2, out sbyte* x3)
    {
        x0 = _tail.Pointer;
        x1 = x0 + (2 * TLanes.Width);
        x2 = x1 + (2 * TLanes.Width);
        x3 = x2 + (2 * TLanes.Width);
    }

    // Four rows' room is there even where fewer are left: a chunk is a multiple of four.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Store(int c, int* products, TVector s0, TVector s1, TVector s2, TVector s3)
    {
        if (c < Outputs)
        {
            var to = products + ((nint)c * ChunkRows);
            var offset = _offsets.Pointer[c];
            to[0] = TLanes.Sum(s0) + offset;
            to[1] = TLanes.Sum(s1) + offset;
            to[2] = TLanes.Sum(s2) + offset;
            to[3] = TLanes.Sum(s3) + offset;
        }
    }
}
