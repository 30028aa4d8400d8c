using System.Buffers;
using System.Runtime.Intrinsics;

namespace LegoNet.Numerics;

/// <summary>The codes of an iterative fit, in the form whose products are quicker. Which form is taken never changes a bit.</summary>
internal sealed unsafe class CodeRows : IDisposable
{
    // What an entry that is not zero costs for up to so many outputs, its part in the preparation included, in entries of the dense form for one
    // output; and the outputs below which the dense form is held up by reading codes. Measured for 1 to 77 outputs and 152 to 8,192 columns.
    private const int SparseCost = 128;
    private const int SparseOutputs = 32;
    private const int LeastOutputs = 4;

    private readonly MemoryHandle _pin;
    private readonly SparseCodes? _sparse;

    /// <summary>Wraps codes.</summary>
    /// <param name="codes">Row-major codes [m, d], each in −127…127; they are neither copied nor altered.</param>
    /// <param name="dimension">d.</param>
    /// <param name="outputs">L, of the passes.</param>
    /// <param name="ranges">Where passes begin and end: together all rows, ascending. Others give the same, more slowly.</param>
    /// <param name="threads">Threads to prepare with.</param>
    /// <param name="sparse">The form to take; null for the quicker one.</param>
    public CodeRows(sbyte[] codes, int dimension, int outputs, IReadOnlyList<RowRange> ranges, int threads, bool? sparse = null)
    {
        Dimension = dimension;
        Outputs = outputs;
        Count = codes.Length / dimension;
        _pin = codes.AsMemory().Pin();
        var nonzeros = codes.Length - codes.AsSpan().Count((sbyte)0);
        var sparseCost = (double)nonzeros * SparseCost * ((outputs + SparseOutputs - 1) / SparseOutputs);
        if (sparse ?? sparseCost < (double)codes.Length * Math.Max(outputs, LeastOutputs))
        {
            _sparse = new SparseCodes(codes, dimension, ranges, CodePass.ChunkRowsFor(outputs), threads);
        }
    }

    /// <summary>Rows, m.</summary>
    public int Count { get; }

    /// <summary>Length d of a code.</summary>
    public int Dimension { get; }

    /// <summary>Outputs, L.</summary>
    public int Outputs { get; }

    /// <summary>A pass over these rows, for one thread.</summary>
    /// <param name="chunkRows">Rows to a chunk, a multiple of <see cref="CodePass.BlockRows"/>.</param>
    public CodePass CreatePass(int chunkRows)
    {
        // Codes with entries are taken by as few lanes as hold the outputs.
        var lanes = _sparse is null ? int.MaxValue : Outputs;
        return PairLanes512.IsSupported && lanes > 2 * PairLanes256.Width ? CreatePass<PairLanes512, Vector512<int>>(chunkRows)
            : PairLanes256.IsSupported && lanes > 2 * PairLanes128.Width ? CreatePass<PairLanes256, Vector256<int>>(chunkRows)
            : PairLanes128.IsSupported ? CreatePass<PairLanes128, Vector128<int>>(chunkRows)
            : CreatePass<PairLanesScalar, int>(chunkRows);
    }

    /// <summary>A pass by one given vector width; for tests of each.</summary>
    internal CodePass CreatePass<TLanes, TVector>(int chunkRows)
        where TLanes : struct, IPairLanes<TVector>
        where TVector : struct
        => _sparse is null
            ? new DenseCodePass<TLanes, TVector>((sbyte*)_pin.Pointer, Dimension, Outputs, chunkRows)
            : new SparseCodePass<TLanes, TVector>(_sparse, Dimension, Outputs, chunkRows);

    public void Dispose() => _pin.Dispose();
}
