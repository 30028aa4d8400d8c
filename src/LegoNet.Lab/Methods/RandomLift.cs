using System.Numerics;

namespace LegoNet.Lab.Methods;

/// <summary>
/// A fixed random lift of codes into more dimensions, in whole numbers: blocks of a Walsh–Hadamard transform of the code with random signs
/// (a stand-in for a random matrix), divided by the code's own length, and negative values cut off. It learns nothing, so what is linear in
/// the lifted code is as exact as what is linear in the code (RanPAC, arXiv 2307.02251, has a Gaussian matrix there).
/// </summary>
internal sealed class RandomLift
{
    // A coordinate's standard deviation; codes end at 127.
    private const int Scale = 48;

    private readonly int _dimension;
    private readonly int _block;
    private readonly bool[] _flips;

    /// <param name="dimension">Length d of a code.</param>
    /// <param name="least">Length of a lifted code at least; it is rounded up to whole blocks, whose length is the power of two from d on.</param>
    /// <param name="seed">Seed of the signs.</param>
    public RandomLift(int dimension, int least, long seed)
    {
        _dimension = dimension;
        _block = (int)BitOperations.RoundUpToPowerOf2((uint)dimension);
        Length = (least + _block - 1) / _block * _block;
        var draws = new Draws(seed, dimension, Length);
        _flips = new bool[Length];
        foreach (ref var flip in _flips.AsSpan())
        {
            flip = draws.Below(2) == 1;
        }
    }

    /// <summary>Length of a lifted code.</summary>
    public int Length { get; }

    /// <summary>Lifts codes.</summary>
    /// <param name="codes">Row-major codes, [m, d].</param>
    /// <returns>[m, Length].</returns>
    public sbyte[] Apply(ReadOnlySpan<sbyte> codes)
    {
        var rows = codes.Length / _dimension;
        var lifted = new sbyte[rows * Length];
        var room = new int[_block];
        for (var row = 0; row < rows; row++)
        {
            var code = codes.Slice(row * _dimension, _dimension);
            long squares = 0;
            foreach (var c in code)
            {
                squares += c * c;
            }

            // A root of a whole number below 2^53 is the same everywhere.
            var length = Math.Max(Math.Sqrt(squares), 1);
            for (var first = 0; first < Length; first += _block)
            {
                for (var j = 0; j < _block; j++)
                {
                    room[j] = j < _dimension ? (_flips[first + j] ? -code[j] : code[j]) : 0;
                }

                Transform(room);
                for (var j = 0; j < _block; j++)
                {
                    lifted[(row * Length) + first + j] = (sbyte)Math.Clamp(Math.Round(Scale * Math.Max(room[j], 0) / length), 0, sbyte.MaxValue);
                }
            }
        }

        return lifted;
    }

    private static void Transform(int[] values)
    {
        for (var half = 1; half < values.Length; half *= 2)
        {
            for (var first = 0; first < values.Length; first += 2 * half)
            {
                for (var j = first; j < first + half; j++)
                {
                    (values[j], values[j + half]) = (values[j] + values[j + half], values[j] - values[j + half]);
                }
            }
        }
    }
}
