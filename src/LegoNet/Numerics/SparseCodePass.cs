using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

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

    public override void Multiply(int first, int count, int* products)
    {
        fixed (ushort* columns = _codes.Columns)
        fixed (sbyte* values = _codes.Values)
        {
            for (var r = 0; r < count; r++)
            {
                var start = _codes.Starts[first + r];
                Products(columns + start, values + start, _codes.Starts[first + r + 1] - start, _line.Pointer);
                for (var c = 0; c < Outputs; c++)
                {
                    products[((nint)c * ChunkRows) + r] = (int)_line.Pointer[c];
                }
            }
        }
    }

    public override void Add(int first, int count, short* residuals)
    {
        fixed (ushort* columns = _codes.Columns)
        fixed (sbyte* values = _codes.Values)
        {
            for (var r = 0; r < count; r++)
            {
                for (var c = 0; c < Outputs; c++)
                {
                    _line.Pointer[c] = residuals[((nint)c * ChunkRows) + r];
                }

                var start = _codes.Starts[first + r];
                Add(columns + start, values + start, _codes.Starts[first + r + 1] - start, _line.Pointer);
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

    // Both products are whole numbers below 2⁵³, so a fused instruction gives what two give.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<double> MultiplyAdd(Vector512<double> sum, Vector512<double> x, Vector512<double> y)
        => Avx512F.IsSupported || Fma.IsSupported || AdvSimd.Arm64.IsSupported ? Vector512.FusedMultiplyAdd(x, y, sum) : sum + (x * y);

    // Up to three vectors of outputs at a time, so that an entry is fetched and widened once for them.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Products(ushort* columns, sbyte* values, int entries, double* line)
    {
        var bias = Vector512.Create((double)GramKernel.Bias);
        var stride = (nint)Stride;
        for (var v = 0; v < Stride; v += 3 * Lanes)
        {
            var w = _weights.Pointer + v;
            var biasWeights = w + (Dimension * stride);
            var s0 = bias * Vector512.Load(biasWeights);
            if (v + Lanes >= Stride)
            {
                for (var i = 0; i < entries; i++)
                {
                    s0 = MultiplyAdd(s0, Vector512.Create((double)values[i]), Vector512.Load(w + (columns[i] * stride)));
                }

                s0.Store(line + v);
                break;
            }

            var s1 = bias * Vector512.Load(biasWeights + Lanes);
            if (v + (2 * Lanes) >= Stride)
            {
                for (var i = 0; i < entries; i++)
                {
                    var x = Vector512.Create((double)values[i]);
                    var from = w + (columns[i] * stride);
                    s0 = MultiplyAdd(s0, x, Vector512.Load(from));
                    s1 = MultiplyAdd(s1, x, Vector512.Load(from + Lanes));
                }

                s0.Store(line + v);
                s1.Store(line + v + Lanes);
                break;
            }

            var s2 = bias * Vector512.Load(biasWeights + (2 * Lanes));
            for (var i = 0; i < entries; i++)
            {
                var x = Vector512.Create((double)values[i]);
                var from = w + (columns[i] * stride);
                s0 = MultiplyAdd(s0, x, Vector512.Load(from));
                s1 = MultiplyAdd(s1, x, Vector512.Load(from + Lanes));
                s2 = MultiplyAdd(s2, x, Vector512.Load(from + (2 * Lanes)));
            }

            s0.Store(line + v);
            s1.Store(line + v + Lanes);
            s2.Store(line + v + (2 * Lanes));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Add(ushort* columns, sbyte* values, int entries, double* line)
    {
        var bias = Vector512.Create((double)GramKernel.Bias);
        var stride = (nint)Stride;
        for (var v = 0; v < Stride; v += 3 * Lanes)
        {
            var sums = _sums.Pointer + v;
            var r0 = Vector512.Load(line + v);
            var biasSums = sums + (Dimension * stride);
            MultiplyAdd(Vector512.Load(biasSums), bias, r0).Store(biasSums);
            if (v + Lanes >= Stride)
            {
                for (var i = 0; i < entries; i++)
                {
                    var to = sums + (columns[i] * stride);
                    MultiplyAdd(Vector512.Load(to), Vector512.Create((double)values[i]), r0).Store(to);
                }

                break;
            }

            var r1 = Vector512.Load(line + v + Lanes);
            MultiplyAdd(Vector512.Load(biasSums + Lanes), bias, r1).Store(biasSums + Lanes);
            if (v + (2 * Lanes) >= Stride)
            {
                for (var i = 0; i < entries; i++)
                {
                    var x = Vector512.Create((double)values[i]);
                    var to = sums + (columns[i] * stride);
                    MultiplyAdd(Vector512.Load(to), x, r0).Store(to);
                    MultiplyAdd(Vector512.Load(to + Lanes), x, r1).Store(to + Lanes);
                }

                break;
            }

            var r2 = Vector512.Load(line + v + (2 * Lanes));
            MultiplyAdd(Vector512.Load(biasSums + (2 * Lanes)), bias, r2).Store(biasSums + (2 * Lanes));
            for (var i = 0; i < entries; i++)
            {
                var x = Vector512.Create((double)values[i]);
                var to = sums + (columns[i] * stride);
                MultiplyAdd(Vector512.Load(to), x, r0).Store(to);
                MultiplyAdd(Vector512.Load(to + Lanes), x, r1).Store(to + Lanes);
                MultiplyAdd(Vector512.Load(to + (2 * Lanes)), x, r2).Store(to + (2 * Lanes));
            }
        }
    }
}
