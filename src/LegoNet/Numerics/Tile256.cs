using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace LegoNet.Numerics;

/// <summary>AVX2: int16 pairs by <c>vpmaddwd</c>, a tile of 4 × 24 in 12 of the 16 registers.</summary>
internal readonly struct Tile256 : IIntegerTile
{
    public static bool IsSupported => Avx2.IsSupported;

    public static int Depth => 2;

    public static int Rows => 4;

    public static int Columns => 24;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static unsafe void Multiply(int* a, int* b, int steps, int* c)
    {
        var c00 = Vector256<int>.Zero;
        var c01 = c00;
        var c02 = c00;
        var c10 = c00;
        var c11 = c00;
        var c12 = c00;
        var c20 = c00;
        var c21 = c00;
        var c22 = c00;
        var c30 = c00;
        var c31 = c00;
        var c32 = c00;
        for (; steps > 0; steps--)
        {
            var b0 = Vector256.Load(b).AsInt16();
            var b1 = Vector256.Load(b + 8).AsInt16();
            var b2 = Vector256.Load(b + 16).AsInt16();
            var x = Vector256.Create(a[0]).AsInt16();
            c00 += Avx2.MultiplyAddAdjacent(x, b0);
            c01 += Avx2.MultiplyAddAdjacent(x, b1);
            c02 += Avx2.MultiplyAddAdjacent(x, b2);
            x = Vector256.Create(a[1]).AsInt16();
            c10 += Avx2.MultiplyAddAdjacent(x, b0);
            c11 += Avx2.MultiplyAddAdjacent(x, b1);
            c12 += Avx2.MultiplyAddAdjacent(x, b2);
            x = Vector256.Create(a[2]).AsInt16();
            c20 += Avx2.MultiplyAddAdjacent(x, b0);
            c21 += Avx2.MultiplyAddAdjacent(x, b1);
            c22 += Avx2.MultiplyAddAdjacent(x, b2);
            x = Vector256.Create(a[3]).AsInt16();
            c30 += Avx2.MultiplyAddAdjacent(x, b0);
            c31 += Avx2.MultiplyAddAdjacent(x, b1);
            c32 += Avx2.MultiplyAddAdjacent(x, b2);
            a += 4;
            b += 24;
        }

        Store(c, c00, c01, c02);
        Store(c + 24, c10, c11, c12);
        Store(c + 48, c20, c21, c22);
        Store(c + 72, c30, c31, c32);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static unsafe void Store(int* c, Vector256<int> x, Vector256<int> y, Vector256<int> z)
    {
        x.Store(c);
        y.Store(c + 8);
        z.Store(c + 16);
    }
}
