using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace LegoNet.Numerics;

/// <summary>128-bit vectors on any processor: int16 pairs, by <c>pmaddwd</c> where there is SSE2, a tile of 4 × 8.</summary>
internal readonly struct Tile128 : IIntegerTile
{
    public static bool IsSupported => Vector128.IsHardwareAccelerated;

    public static int Depth => 2;

    public static int Rows => 4;

    public static int Columns => 8;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static unsafe void Multiply(int* a, int* b, int steps, int* c)
    {
        var c00 = Vector128<int>.Zero;
        var c01 = c00;
        var c10 = c00;
        var c11 = c00;
        var c20 = c00;
        var c21 = c00;
        var c30 = c00;
        var c31 = c00;
        for (; steps > 0; steps--)
        {
            var b0 = Vector128.Load(b);
            var b1 = Vector128.Load(b + 4);
            var x = Vector128.Create(a[0]);
            c00 += MultiplyAddPairs(x, b0);
            c01 += MultiplyAddPairs(x, b1);
            x = Vector128.Create(a[1]);
            c10 += MultiplyAddPairs(x, b0);
            c11 += MultiplyAddPairs(x, b1);
            x = Vector128.Create(a[2]);
            c20 += MultiplyAddPairs(x, b0);
            c21 += MultiplyAddPairs(x, b1);
            x = Vector128.Create(a[3]);
            c30 += MultiplyAddPairs(x, b0);
            c31 += MultiplyAddPairs(x, b1);
            a += 4;
            b += 8;
        }

        c00.Store(c);
        c01.Store(c + 4);
        c10.Store(c + 8);
        c11.Store(c + 12);
        c20.Store(c + 16);
        c21.Store(c + 20);
        c30.Store(c + 24);
        c31.Store(c + 28);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector128<int> MultiplyAddPairs(Vector128<int> x, Vector128<int> y)
        => Sse2.IsSupported
            ? Sse2.MultiplyAddAdjacent(x.AsInt16(), y.AsInt16())
            : ((x << 16 >> 16) * (y << 16 >> 16)) + ((x >> 16) * (y >> 16));
}
