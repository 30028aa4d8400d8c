namespace LegoNet.Numerics;

/// <summary>
/// Both integer products of an iterative fit with the codes of some rows: rows × weights, and residuals × rows. A constant column of
/// <see cref="GramKernel.Bias"/> stands after every code, so D = d + 1. One thread uses a pass at a time; several passes share the codes.
/// </summary>
/// <remarks>
/// Everything is an integer and exact, so dense and sparse form, the vector width, the order of rows and how threads share them change
/// nothing. Products and residuals of a chunk of rows stand output by output: [L, <see cref="ChunkRows"/>].
/// </remarks>
internal abstract unsafe class CodePass : IDisposable
{
    /// <summary>Rows to a block; a chunk is a multiple of it.</summary>
    public const int BlockRows = 16;

    private const int MostChunkRows = 256;
    private const int ChunkEntries = 1 << 15;

    protected CodePass(int dimension, int outputs, int chunkRows)
    {
        Dimension = dimension;
        Outputs = outputs;
        ChunkRows = chunkRows;
    }

    /// <summary>Length d of a code.</summary>
    public int Dimension { get; }

    /// <summary>Outputs, L.</summary>
    public int Outputs { get; }

    /// <summary>Rows that are worked on at a time.</summary>
    public int ChunkRows { get; }

    /// <summary>Rows to a chunk, so that its numbers stay in the processor's nearest caches.</summary>
    /// <param name="outputs">L.</param>
    public static int ChunkRowsFor(int outputs) => Math.Clamp(ChunkEntries / outputs / BlockRows * BlockRows, BlockRows, MostChunkRows);

    /// <summary>Takes the weights of the products that follow.</summary>
    /// <param name="weights">[L, D]; of each output the sizes sum to less than 2³¹ / 127.</param>
    public abstract void SetWeights(ReadOnlySpan<short> weights);

    /// <summary>Writes the products of a chunk's rows with the weights.</summary>
    /// <param name="first">The first row.</param>
    /// <param name="count">Rows, at most <see cref="ChunkRows"/>.</param>
    /// <param name="products">Receives [L, <see cref="ChunkRows"/>]; rows from <paramref name="count"/> on may hold anything.</param>
    public abstract void Multiply(int first, int count, int* products);

    /// <summary>Adds residual × row over a chunk's rows.</summary>
    /// <param name="first">The first row.</param>
    /// <param name="count">Rows.</param>
    /// <param name="residuals">[L, <see cref="ChunkRows"/>], each within ±32767, and 0 from <paramref name="count"/> to the end of its block.</param>
    public abstract void Add(int first, int count, short* residuals);

    /// <summary>Adds to sums what was added since, and begins anew.</summary>
    /// <param name="sums">[L, D].</param>
    public abstract void MoveTo(Span<long> sums);

    public abstract void Dispose();

    /// <summary>Moves sums that fit an int32 for so long only to where they fit for good.</summary>
    protected static void Flush(PinnedBuffer<int> partial, PinnedBuffer<long> sums, int entries)
    {
        var from = new Span<int>(partial.Pointer, entries);
        var to = new Span<long>(sums.Pointer, entries);
        for (var i = 0; i < from.Length; i++)
        {
            to[i] += from[i];
        }

        from.Clear();
    }
}
