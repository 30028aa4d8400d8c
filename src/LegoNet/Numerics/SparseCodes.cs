using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using LegoNet.Common;

namespace LegoNet.Numerics;

/// <summary>The entries of codes that are not zero: row by row, and for blocks of rows column by column.</summary>
internal sealed unsafe class SparseCodes
{
    private readonly int _dimension;

    /// <summary>Collects entries.</summary>
    /// <param name="codes">Row-major codes [m, d].</param>
    /// <param name="dimension">d, at most 65,536.</param>
    /// <param name="ranges">Ranges of rows that passes do not reach beyond; together all rows, ascending.</param>
    /// <param name="blockRows">Rows to a block, up to 256; a block ends with its range.</param>
    /// <param name="threads">Threads to use.</param>
    public SparseCodes(sbyte[] codes, int dimension, IReadOnlyList<RowRange> ranges, int blockRows, int threads)
    {
        _dimension = dimension;
        RowRange[] blocks = [.. ranges.SelectMany(range => range.Split(blockRows))];
        Starts = new int[(codes.Length / dimension) + 1];
        InParallel.ForEach(blocks, threads, block => Count(codes, block));
        for (var r = 1; r < Starts.Length; r++)
        {
            Starts[r] = checked(Starts[r] + Starts[r - 1]);
        }

        Columns = new ushort[Starts[^1]];
        Values = new short[Starts[^1]];
        Blocks = new SparseBlock[blocks.Length];
        InParallel.ForEach(Enumerable.Range(0, blocks.Length), threads, b =>
        {
            Fill(codes, blocks[b]);
            Blocks[b] = Turn(blocks[b]);
        });
    }

    /// <summary>Where each row's entries begin, [m + 1]: always an even number.</summary>
    public int[] Starts { get; }

    /// <summary>Columns, ascending within a row; a row with an odd number of entries has an entry 0 at the end, of column 0.</summary>
    public ushort[] Columns { get; }

    /// <summary>The entries.</summary>
    public short[] Values { get; }

    /// <summary>The blocks, in the order of their rows.</summary>
    public SparseBlock[] Blocks { get; }

    private void Count(sbyte[] codes, RowRange block)
    {
        for (var r = block.First; r < block.First + block.Count; r++)
        {
            var entries = _dimension - codes.AsSpan(r * _dimension, _dimension).Count((sbyte)0);
            Starts[r + 1] = (entries + 1) & ~1;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Fill(sbyte[] codes, RowRange block)
    {
        fixed (sbyte* all = codes)
        {
            for (var r = block.First; r < block.First + block.Count; r++)
            {
                var row = all + ((nint)r * _dimension);
                var next = Starts[r];
                var j = 0;
                for (; j <= _dimension - Vector512<sbyte>.Count; j += Vector512<sbyte>.Count)
                {
                    var set = ~Vector512.Equals(Vector512.Load(row + j), Vector512<sbyte>.Zero).ExtractMostSignificantBits();
                    for (; set != 0; set &= set - 1)
                    {
                        var column = j + BitOperations.TrailingZeroCount(set);
                        Columns[next] = (ushort)column;
                        Values[next++] = row[column];
                    }
                }

                for (; j < _dimension; j++)
                {
                    if (row[j] != 0)
                    {
                        Columns[next] = (ushort)j;
                        Values[next++] = row[j];
                    }
                }
            }
        }
    }

    // The same entries by column.
    private SparseBlock Turn(RowRange block)
    {
        var next = new int[_dimension];
        var sizes = new int[_dimension];
        for (var i = Starts[block.First]; i < Starts[block.First + block.Count]; i++)
        {
            if (Values[i] != 0)
            {
                next[Columns[i]]++;
                sizes[Columns[i]] += Math.Abs(Values[i]);
            }
        }

        var pairs = new byte[_dimension];
        var largest = 0;
        var end = 0;
        for (var j = 0; j < next.Length; j++)
        {
            largest = Math.Max(largest, sizes[j]);
            pairs[j] = (byte)((next[j] + 1) / 2);
            next[j] = end;
            end += 2 * pairs[j];
        }

        var places = new byte[end];
        var values = new short[end];
        for (var r = 0; r < block.Count; r++)
        {
            for (var i = Starts[block.First + r]; i < Starts[block.First + r + 1]; i++)
            {
                if (Values[i] != 0)
                {
                    ref var to = ref next[Columns[i]];
                    places[to] = (byte)r;
                    values[to++] = Values[i];
                }
            }
        }

        return new SparseBlock(block, pairs, places, values, largest);
    }
}
