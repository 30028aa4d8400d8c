using System.Buffers;
using LegoNet.Numerics;

namespace LegoNet.Routing;

/// <summary>The router's integer product over one micro-kernel: the keys are packed once, codes are packed and multiplied in blocks.</summary>
/// <typeparam name="TTile">A micro-kernel on int16 pairs.</typeparam>
internal sealed unsafe class RouterKernel<TTile> : IRouterKernel
    where TTile : struct, IIntegerTile
{
    // A block is a few tiles of codes, so that a strip of keys that came from L2 is used several times.
    private const int TilesPerBlock = 4;

    private readonly int _count;
    private readonly int _dimension;
    private readonly int _steps;
    private readonly int _strips;
    private readonly int[] _keys;

    /// <summary>Packs the keys: [strips, steps, Columns] lanes of two dimensions each.</summary>
    public RouterKernel(KeySet keys)
    {
        if (TTile.Depth != 2)
        {
            throw new NotSupportedException("Keys are 16 bits wide; this micro-kernel takes bytes.");
        }

        _count = keys.Count;
        _dimension = keys.Dimension;
        _steps = (_dimension + 1) / 2;
        _strips = (_count + TTile.Columns - 1) / TTile.Columns;
        var length = (long)_strips * _steps * TTile.Columns;
        if (length > Array.MaxLength)
        {
            throw LegoNetException.BadInput($"{_count} keys of dimension {_dimension} are more than a router can hold.");
        }

        _keys = new int[length];
        for (var i = 0; i < _count; i++)
        {
            var key = keys[i];
            var to = _keys.AsSpan((i / TTile.Columns * _steps * TTile.Columns) + (i % TTile.Columns));
            for (var s = 0; s < _steps; s++)
            {
                var high = (2 * s) + 1 < _dimension ? key[(2 * s) + 1] : 0;
                to[s * TTile.Columns] = (key[2 * s] & 0xFFFF) | (high << 16);
            }
        }
    }

    public int BlockRows => TilesPerBlock * TTile.Rows;

    public void Similarities(ReadOnlySpan<sbyte> codes, Span<long> similarities)
    {
        var rows = codes.Length / _dimension;
        var tiles = (rows + TTile.Rows - 1) / TTile.Rows;
        var packed = ArrayPool<int>.Shared.Rent(tiles * TTile.Rows * _steps);
        var sums = similarities[..(rows * _count)];
        sums.Clear();
        var tile = stackalloc int[TTile.Rows * TTile.Columns];
        fixed (int* left = packed)
        fixed (int* right = _keys)
        fixed (long* to = sums)
        {
            Pack(codes, rows, left);
            for (var strip = 0; strip < _strips; strip++)
            {
                var columns = Math.Min(TTile.Columns, _count - (strip * TTile.Columns));

                // See GramKernel.MaxSteps for why an int32 holds the sum of so many steps, whatever codes and keys are.
                for (var first = 0; first < _steps; first += GramKernel.MaxSteps)
                {
                    var steps = Math.Min(GramKernel.MaxSteps, _steps - first);
                    for (var t = 0; t < tiles; t++)
                    {
                        TTile.Multiply(
                            left + (((t * _steps) + first) * TTile.Rows),
                            right + ((((nint)strip * _steps) + first) * TTile.Columns),
                            steps,
                            tile);
                        var end = Math.Min(TTile.Rows, rows - (t * TTile.Rows));
                        for (var i = 0; i < end; i++)
                        {
                            var sum = to + ((nint)((t * TTile.Rows) + i) * _count) + (strip * TTile.Columns);
                            for (var j = 0; j < columns; j++)
                            {
                                sum[j] += tile[(i * TTile.Columns) + j];
                            }
                        }
                    }
                }
            }
        }

        packed.AsSpan(0, tiles * TTile.Rows * _steps).Clear();
        ArrayPool<int>.Shared.Return(packed);
    }

    private void Pack(ReadOnlySpan<sbyte> codes, int rows, int* left)
    {
        for (var i = 0; i < (rows + TTile.Rows - 1) / TTile.Rows * TTile.Rows; i++)
        {
            var to = left + ((nint)(i / TTile.Rows) * _steps * TTile.Rows) + (i % TTile.Rows);
            if (i >= rows)
            {
                for (var s = 0; s < _steps; s++)
                {
                    to[s * TTile.Rows] = 0;
                }

                continue;
            }

            fixed (sbyte* code = codes.Slice(i * _dimension, _dimension))
            {
                for (var s = 0; s < _dimension / 2; s++)
                {
                    to[s * TTile.Rows] = (code[2 * s] & 0xFFFF) | (code[(2 * s) + 1] << 16);
                }

                if (_dimension % 2 != 0)
                {
                    to[(_steps - 1) * TTile.Rows] = code[_dimension - 1] & 0xFFFF;
                }
            }
        }
    }
}
