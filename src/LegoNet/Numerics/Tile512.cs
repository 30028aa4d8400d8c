using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace LegoNet.Numerics;

/// <summary>AVX-512BW: int16 pairs by <c>vpmaddwd</c>, a tile of 8 × 48 in 24 of the 32 registers.</summary>
internal readonly struct Tile512 : IIntegerTile
{
    public static bool IsSupported => Avx512BW.IsSupported;

    public static int Depth => 2;

    public static int Rows => 8;

    public static int Columns => 48;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static unsafe void Multiply(int* a, int* b, int steps, int* c)
    {
        var c00 = Vector512<int>.Zero;
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
        var c40 = c00;
        var c41 = c00;
        var c42 = c00;
        var c50 = c00;
        var c51 = c00;
        var c52 = c00;
        var c60 = c00;
        var c61 = c00;
        var c62 = c00;
        var c70 = c00;
        var c71 = c00;
        var c72 = c00;
        for (; steps > 0; steps--)
        {
            var b0 = Vector512.Load(b).AsInt16();
            var b1 = Vector512.Load(b + 16).AsInt16();
            var b2 = Vector512.Load(b + 32).AsInt16();
            var x = Vector512.Create(a[0]).AsInt16();
            c00 += Avx512BW.MultiplyAddAdjacent(x, b0);
            c01 += Avx512BW.MultiplyAddAdjacent(x, b1);
            c02 += Avx512BW.MultiplyAddAdjacent(x, b2);
            x = Vector512.Create(a[1]).AsInt16();
            c10 += Avx512BW.MultiplyAddAdjacent(x, b0);
            c11 += Avx512BW.MultiplyAddAdjacent(x, b1);
            c12 += Avx512BW.MultiplyAddAdjacent(x, b2);
            x = Vector512.Create(a[2]).AsInt16();
            c20 += Avx512BW.MultiplyAddAdjacent(x, b0);
            c21 += Avx512BW.MultiplyAddAdjacent(x, b1);
            c22 += Avx512BW.MultiplyAddAdjacent(x, b2);
            x = Vector512.Create(a[3]).AsInt16();
            c30 += Avx512BW.MultiplyAddAdjacent(x, b0);
            c31 += Avx512BW.MultiplyAddAdjacent(x, b1);
            c32 += Avx512BW.MultiplyAddAdjacent(x, b2);
            x = Vector512.Create(a[4]).AsInt16();
            c40 += Avx512BW.MultiplyAddAdjacent(x, b0);
            c41 += Avx512BW.MultiplyAddAdjacent(x, b1);
            c42 += Avx512BW.MultiplyAddAdjacent(x, b2);
            x = Vector512.Create(a[5]).AsInt16();
            c50 += Avx512BW.MultiplyAddAdjacent(x, b0);
            c51 += Avx512BW.MultiplyAddAdjacent(x, b1);
            c52 += Avx512BW.MultiplyAddAdjacent(x, b2);
            x = Vector512.Create(a[6]).AsInt16();
            c60 += Avx512BW.MultiplyAddAdjacent(x, b0);
            c61 += Avx512BW.MultiplyAddAdjacent(x, b1);
            c62 += Avx512BW.MultiplyAddAdjacent(x, b2);
            x = Vector512.Create(a[7]).AsInt16();
            c70 += Avx512BW.MultiplyAddAdjacent(x, b0);
            c71 += Avx512BW.MultiplyAddAdjacent(x, b1);
            c72 += Avx512BW.MultiplyAddAdjacent(x, b2);
            a += 8;
            b += 48;
        }

        Store(c, c00, c01, c02);
        Store(c + 48, c10, c11, c12);
        Store(c + 96, c20, c21, c22);
        Store(c + 144, c30, c31, c32);
        Store(c + 192, c40, c41, c42);
        Store(c + 240, c50, c51, c52);
        Store(c + 288, c60, c61, c62);
        Store(c + 336, c70, c71, c72);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static unsafe void Store(int* c, Vector512<int> x, Vector512<int> y, Vector512<int> z)
    {
        x.Store(c);
        y.Store(c + 16);
        z.Store(c + 32);
    }
}
