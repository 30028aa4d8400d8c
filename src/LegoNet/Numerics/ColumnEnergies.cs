using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace LegoNet.Numerics;

/// <summary>Σ c² of each column of some codes: the diagonal of their Gram matrix.</summary>
internal static unsafe class ColumnEnergies
{
    // 127² for each of so many rows stays below 2^31.
    private const int RowsPerSum = 1 << 16;

    private const int Lanes = 16;

    /// <summary>Adds the sums over some rows.</summary>
    /// <param name="codes">Row-major codes, [m, d].</param>
    /// <param name="dimension">d.</param>
    /// <param name="energies">Σ c², [d]; longer is allowed.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Add(ReadOnlySpan<sbyte> codes, int dimension, Span<long> energies)
    {
        var partial = new int[dimension];
        fixed (sbyte* all = codes)
        fixed (int* sums = partial)
        {
            var rows = codes.Length / dimension;
            for (var first = 0; first < rows; first += RowsPerSum)
            {
                for (var r = first; r < Math.Min(first + RowsPerSum, rows); r++)
                {
                    var row = all + ((nint)r * dimension);
                    var j = 0;
                    for (; j <= dimension - Lanes; j += Lanes)
                    {
                        var (first8, last8) = Vector128.Widen(Vector128.Load(row + j));
                        var (lower, upper) = Vector256.Widen(Vector256.Create(first8, last8));
                        (Vector256.Load(sums + j) + (lower * lower)).Store(sums + j);
                        (Vector256.Load(sums + j + (Lanes / 2)) + (upper * upper)).Store(sums + j + (Lanes / 2));
                    }

                    for (; j < dimension; j++)
                    {
                        sums[j] += row[j] * row[j];
                    }
                }

                for (var j = 0; j < dimension; j++)
                {
                    energies[j] += sums[j];
                    sums[j] = 0;
                }
            }
        }
    }
}
