using LegoNet.Numerics;

namespace LegoNet.TestSupport;

/// <summary>
/// A generated table of overlapping classes and binary columns, in whole numbers, the same everywhere: a linear classifier by log loss does
/// well on it and least squares does not. A row has a class, four hidden numbers around the class's centre, and columns that say whether
/// a weighted sum of those, with noise, is above a threshold.
/// </summary>
internal sealed class OverlappingClasses
{
    public const int Classes = 30;
    public const int Columns = 450;

    private const int Axes = 4;
    private const sbyte One = 64;

    private ulong _state;

    private OverlappingClasses(ulong seed) => _state = seed;

    /// <summary>Draws rows.</summary>
    /// <param name="rows">How many.</param>
    /// <param name="seed">Another number draws other rows of the same table.</param>
    /// <returns>Codes [rows, <see cref="Columns"/>] of 0 and 64, and classes [rows].</returns>
    public static (sbyte[] Codes, int[] Classes) Draw(int rows, ulong seed)
    {
        var table = new OverlappingClasses(1);
        int[] centres = table.Take(Classes * Axes, 64), weights = table.Take(Columns * Axes, 2), thresholds = table.Take(Columns, 60);
        var draws = new OverlappingClasses(SplitMix64.Mix(seed));
        var codes = new sbyte[rows * Columns];
        var classes = new int[rows];
        var z = new int[Axes];
        for (var r = 0; r < rows; r++)
        {
            var c = classes[r] = draws.Below(Classes);
            for (var l = 0; l < Axes; l++)
            {
                z[l] = centres[(c * Axes) + l] + draws.Around(18) + draws.Around(18);
            }

            for (var j = 0; j < Columns; j++)
            {
                var sum = thresholds[j] + draws.Around(120);
                for (var l = 0; l < Axes; l++)
                {
                    sum += weights[(j * Axes) + l] * z[l];
                }

                codes[(r * Columns) + j] = sum > 0 ? One : (sbyte)0;
            }
        }

        return (codes, classes);
    }

    private int[] Take(int count, int size) => [.. Enumerable.Range(0, count).Select(_ => Around(size))];

    // A whole number from −size to size.
    private int Around(int size) => Below((2 * size) + 1) - size;

    private int Below(int bound)
    {
        _state = SplitMix64.Mix(_state);
        return (int)(_state % (ulong)bound);
    }
}
