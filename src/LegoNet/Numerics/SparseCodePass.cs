using System.Runtime.CompilerServices;

namespace LegoNet.Numerics;

/// <summary>
/// Both products for codes that are mostly zeros, by int16 pairs: two entries of a row with their columns' weights, and two entries of a
/// column with their rows' residuals. Lanes run over outputs.
/// </summary>
/// <typeparam name="TLanes">The vector width.</typeparam>
/// <typeparam name="TVector">Its vector.</typeparam>
internal sealed unsafe class SparseCodePass<TLanes, TVector> : CodePass
    where TLanes : struct, IPairLanes<TVector>
    where TVector : struct
{
    // Times 32767 it stays below 2^31.
    private const int LargestColumn = 65_535;

    private readonly SparseCodes _codes;
    private readonly int _stride;
    private readonly PinnedBuffer<short> _weights;
    private readonly PinnedBuffer<int> _offsets;
    private readonly PinnedBuffer<short> _residuals;
    private readonly PinnedBuffer<int> _line;
    private readonly PinnedBuffer<int> _partial;
    private readonly PinnedBuffer<long> _biasSums;
    private readonly PinnedBuffer<long> _sums;
    private int _partialColumn;

    /// <summary>Creates a pass.</summary>
    /// <param name="codes">The entries that are not zero.</param>
    /// <param name="dimension">d.</param>
    /// <param name="outputs">L.</param>
    /// <param name="chunkRows">Rows to a chunk, a multiple of <see cref="CodePass.BlockRows"/>.</param>
    public SparseCodePass(SparseCodes codes, int dimension, int outputs, int chunkRows)
        : base(dimension, outputs, chunkRows)
    {
        _codes = codes;
        _stride = (outputs + GroupLanes - 1) / GroupLanes * GroupLanes;
        _weights = new PinnedBuffer<short>((long)dimension * _stride);
        _offsets = new PinnedBuffer<int>(_stride);
        _residuals = new PinnedBuffer<short>((long)codes.Blocks.Max(block => block.Rows.Count) * _stride);
        _line = new PinnedBuffer<int>(_stride);
        _partial = new PinnedBuffer<int>((long)dimension * _stride);
        _biasSums = new PinnedBuffer<long>(outputs);
        _sums = new PinnedBuffer<long>((long)dimension * _stride);
    }

    // Outputs whose int16 numbers fill a vector.
    private static int GroupLanes => 2 * TLanes.Width;

    public override void SetWeights(ReadOnlySpan<short> weights)
    {
        for (var c = 0; c < Outputs; c++)
        {
            var row = weights.Slice(c * (Dimension + 1), Dimension + 1);
            var to = _weights.Pointer + Slot(c);
            for (var j = 0; j < Dimension; j++)
            {
                to[(nint)j * _stride] = row[j];
            }

            _offsets.Pointer[c] = GramKernel.Bias * row[Dimension];
        }
    }

    public override void Multiply(int first, int count, int* products)
    {
        fixed (ushort* columns = _codes.Columns)
        fixed (short* values = _codes.Values)
        {
            for (var r = 0; r < count; r++)
            {
                var start = _codes.Starts[first + r];
                Products(columns + start, (int*)(values + start), (_codes.Starts[first + r + 1] - start) / 2);
                for (var c = 0; c < Outputs; c++)
                {
                    products[((nint)c * ChunkRows) + r] = _line.Pointer[c];
                }
            }
        }
    }

    public override void Add(int first, int count, short* residuals)
    {
        for (var b = BlockOf(first); b < _codes.Blocks.Length && _codes.Blocks[b].Rows.First < first + count; b++)
        {
            var block = _codes.Blocks[b];
            Take(block.Rows, first, count, residuals);
            if (_partialColumn + block.LargestColumn > LargestColumn)
            {
                Flush();
            }

            _partialColumn += block.LargestColumn;
            fixed (byte* pairs = block.Pairs)
            fixed (byte* places = block.Places)
            fixed (short* values = block.Values)
            {
                for (var v = 0; v < Outputs; v += GroupLanes)
                {
                    AddGroup(v, pairs, places, (int*)values);
                }
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
                to[j] += _sums.Pointer[((nint)j * _stride) + c];
            }

            to[Dimension] += GramKernel.Bias * _biasSums.Pointer[c];
        }

        new Span<long>(_sums.Pointer, Dimension * _stride).Clear();
        new Span<long>(_biasSums.Pointer, Outputs).Clear();
    }

    public override void Dispose()
    {
        _weights.Dispose();
        _offsets.Dispose();
        _residuals.Dispose();
        _line.Dispose();
        _partial.Dispose();
        _biasSums.Dispose();
        _sums.Dispose();
    }

    // Where an output's int16 number stands, so that it comes out in the output's own lane: pairing takes the lower and the upper halves of
    // each 128 bits apart.
    private static int Slot(int output)
    {
        var half = Math.Min(TLanes.Width, 4);
        var (group, lane) = (output / GroupLanes * GroupLanes, output % TLanes.Width);
        var upper = output - group >= TLanes.Width ? half : 0;
        return group + (lane / half * 2 * half) + upper + (lane % half);
    }

    private int BlockOf(int row)
    {
        int low = 0, high = _codes.Blocks.Length - 1;
        while (low < high)
        {
            var middle = (low + high + 1) >>> 1;
            (low, high) = _codes.Blocks[middle].Rows.First <= row ? (middle, high) : (low, middle - 1);
        }

        return low;
    }

    // The residuals of a block's rows, row by row; 0 for rows that are not among those given.
    private void Take(RowRange block, int first, int count, short* residuals)
    {
        var (from, end) = (Math.Max(block.First, first), Math.Min(block.First + block.Count, first + count));
        if (end - from < block.Count)
        {
            new Span<short>(_residuals.Pointer, block.Count * _stride).Clear();
        }

        for (var c = 0; c < Outputs; c++)
        {
            var to = _residuals.Pointer + Slot(c);
            long sum = 0;
            for (var r = from; r < end; r++)
            {
                var residual = residuals[((nint)c * ChunkRows) + r - first];
                to[(nint)(r - block.First) * _stride] = residual;
                sum += residual;
            }

            _biasSums.Pointer[c] += sum;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Products(ushort* columns, int* values, int pairs)
    {
        var stride = (nint)_stride;
        for (var v = 0; v < Outputs; v += GroupLanes)
        {
            var weights = _weights.Pointer + v;
            var low = TLanes.Load(_offsets.Pointer + v);
            if (v + TLanes.Width >= Outputs)
            {
                for (var i = 0; i < pairs; i++)
                {
                    var x = TLanes.Load((int*)(weights + (columns[2 * i] * stride)));
                    var y = TLanes.Load((int*)(weights + (columns[(2 * i) + 1] * stride)));
                    low = TLanes.MultiplyAdd(low, TLanes.PairLower(x, y), TLanes.Create(values[i]));
                }
            }
            else
            {
                var high = TLanes.Load(_offsets.Pointer + v + TLanes.Width);
                for (var i = 0; i < pairs; i++)
                {
                    var x = TLanes.Load((int*)(weights + (columns[2 * i] * stride)));
                    var y = TLanes.Load((int*)(weights + (columns[(2 * i) + 1] * stride)));
                    var pair = TLanes.Create(values[i]);
                    low = TLanes.MultiplyAdd(low, TLanes.PairLower(x, y), pair);
                    high = TLanes.MultiplyAdd(high, TLanes.PairUpper(x, y), pair);
                }

                TLanes.Store(high, _line.Pointer + v + TLanes.Width);
            }

            TLanes.Store(low, _line.Pointer + v);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void AddGroup(int v, byte* pairs, byte* places, int* values)
    {
        var stride = (nint)_stride;
        var residuals = _residuals.Pointer + v;
        var sums = _partial.Pointer + v;
        var isHalf = v + TLanes.Width >= Outputs;
        for (var j = 0; j < Dimension; j++, sums += stride)
        {
            int count = pairs[j];
            if (count == 0)
            {
                continue;
            }

            var low = TLanes.Load(sums);
            if (isHalf)
            {
                for (var i = 0; i < count; i++)
                {
                    var x = TLanes.Load((int*)(residuals + (places[2 * i] * stride)));
                    var y = TLanes.Load((int*)(residuals + (places[(2 * i) + 1] * stride)));
                    low = TLanes.MultiplyAdd(low, TLanes.PairLower(x, y), TLanes.Create(values[i]));
                }
            }
            else
            {
                var high = TLanes.Load(sums + TLanes.Width);
                for (var i = 0; i < count; i++)
                {
                    var x = TLanes.Load((int*)(residuals + (places[2 * i] * stride)));
                    var y = TLanes.Load((int*)(residuals + (places[(2 * i) + 1] * stride)));
                    var pair = TLanes.Create(values[i]);
                    low = TLanes.MultiplyAdd(low, TLanes.PairLower(x, y), pair);
                    high = TLanes.MultiplyAdd(high, TLanes.PairUpper(x, y), pair);
                }

                TLanes.Store(high, sums + TLanes.Width);
            }

            TLanes.Store(low, sums);
            places += 2 * count;
            values += count;
        }
    }

    private void Flush()
    {
        Flush(_partial, _sums, Dimension * _stride);
        _partialColumn = 0;
    }
}
