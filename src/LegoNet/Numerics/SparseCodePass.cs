using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace LegoNet.Numerics;

/// <summary>
/// Both products for codes that are mostly zeros. Lanes run over outputs. Sums are whole numbers below 2⁵³ in float64, whose vector
/// arithmetic every processor has, and so exact.
/// </summary>
internal sealed unsafe class SparseCodePass : CodePass
{
    private const int Lanes = 8;

    private readonly SparseCodes _codes;
    private readonly int _vectors;
    private readonly PinnedBuffer<double> _weights;
    private readonly PinnedBuffer<double> _sums;
    private readonly PinnedBuffer<double> _line;

    /// <summary>Creates a pass.</summary>
    /// <param name="codes">The entries that are not zero.</param>
    /// <param name="dimension">d.</param>
    /// <param name="outputs">L.</param>
    /// <param name="chunkRows">Rows to a chunk, a multiple of <see cref="CodePass.BlockRows"/>.</param>
    public SparseCodePass(SparseCodes codes, int dimension, int outputs, int chunkRows)
        : base(dimension, outputs, chunkRows)
    {
        _codes = codes;
        _vectors = (outputs + Lanes - 1) / Lanes;
        _weights = new PinnedBuffer<double>((long)(dimension + 1) * _vectors * Lanes);
        _sums = new PinnedBuffer<double>((long)(dimension + 1) * _vectors * Lanes);
        _line = new PinnedBuffer<double>(_vectors * Lanes);
    }

    private int Stride => _vectors * Lanes;

    public override void SetWeights(ReadOnlySpan<short> weights)
    {
        for (var c = 0; c < Outputs; c++)
        {
            var row = weights.Slice(c * (Dimension + 1), Dimension + 1);
            for (var j = 0; j < row.Length; j++)
            {
                _weights.Pointer[((nint)j * Stride) + c] = row[j];
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Multiply(int first, int count, int* products)
    {
        var bias = Vector512.Create((double)GramKernel.Bias);
        var biasWeights = _weights.Pointer + ((nint)Dimension * Stride);
        var line = _line.Pointer;
        fixed (ushort* columns = _codes.Columns)
        fixed (sbyte* values = _codes.Values)
        {
            for (var r = 0; r < count; r++)
            {
                int start = _codes.Starts[first + r], end = _codes.Starts[first + r + 1];
                var v = 0;
                for (; v + 2 <= _vectors; v += 2)
                {
                    var w = _weights.Pointer + (v * Lanes);
                    var s0 = bias * Vector512.Load(biasWeights + (v * Lanes));
                    var s1 = bias * Vector512.Load(biasWeights + (v * Lanes) + Lanes);
                    for (var i = start; i < end; i++)
                    {
                        var x = Vector512.Create((double)values[i]);
                        var from = w + ((nint)columns[i] * Stride);
                        s0 += x * Vector512.Load(from);
                        s1 += x * Vector512.Load(from + Lanes);
                    }

                    s0.Store(line + (v * Lanes));
                    s1.Store(line + (v * Lanes) + Lanes);
                }

                if (v < _vectors)
                {
                    var w = _weights.Pointer + (v * Lanes);
                    var s0 = bias * Vector512.Load(biasWeights + (v * Lanes));
                    for (var i = start; i < end; i++)
                    {
                        s0 += Vector512.Create((double)values[i]) * Vector512.Load(w + ((nint)columns[i] * Stride));
                    }

                    s0.Store(line + (v * Lanes));
                }

                for (var c = 0; c < Outputs; c++)
                {
                    products[((nint)c * ChunkRows) + r] = (int)line[c];
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Add(int first, int count, short* residuals)
    {
        var biasSums = _sums.Pointer + ((nint)Dimension * Stride);
        var line = _line.Pointer;
        fixed (ushort* columns = _codes.Columns)
        fixed (sbyte* values = _codes.Values)
        {
            for (var r = 0; r < count; r++)
            {
                for (var c = 0; c < Outputs; c++)
                {
                    line[c] = residuals[((nint)c * ChunkRows) + r];
                }

                int start = _codes.Starts[first + r], end = _codes.Starts[first + r + 1];
                for (var v = 0; v < Stride; v += Lanes)
                {
                    var residual = Vector512.Load(line + v);
                    var sums = _sums.Pointer + v;
                    for (var i = start; i < end; i++)
                    {
                        var to = sums + ((nint)columns[i] * Stride);
                        (Vector512.Load(to) + (Vector512.Create((double)values[i]) * residual)).Store(to);
                    }

                    (Vector512.Load(biasSums + v) + (Vector512.Create((double)GramKernel.Bias) * residual)).Store(biasSums + v);
                }
            }
        }
    }

    public override void MoveTo(Span<long> sums)
    {
        for (var c = 0; c < Outputs; c++)
        {
            var to = sums.Slice(c * (Dimension + 1), Dimension + 1);
            for (var j = 0; j < to.Length; j++)
            {
                to[j] += (long)_sums.Pointer[((nint)j * Stride) + c];
            }
        }

        new Span<double>(_sums.Pointer, (Dimension + 1) * Stride).Clear();
    }

    public override void Dispose()
    {
        _weights.Dispose();
        _sums.Dispose();
        _line.Dispose();
    }
}
