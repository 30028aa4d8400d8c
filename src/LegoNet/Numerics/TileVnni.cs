using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace LegoNet.Numerics;

/// <summary>AVX-VNNI: four bytes by <c>vpdpbusd</c> (unsigned × signed, added without saturation), a tile of 4 × 24 in 12 of the 16 registers.</summary>
internal readonly struct TileVnni : IIntegerTile
{
    public static bool IsSupported => AvxVnni.IsSupported;

    public static int Depth => 4;

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
            var b0 = Vector256.Load(b).AsSByte();
            var b1 = Vector256.Load(b + 8).AsSByte();
            var b2 = Vector256.Load(b + 16).AsSByte();
            var x = Vector256.Create(a[0]).AsByte();
            c00 = AvxVnni.MultiplyWideningAndAdd(c00, x, b0);
            c01 = AvxVnni.MultiplyWideningAndAdd(c01, x, b1);
            c02 = AvxVnni.MultiplyWideningAndAdd(c02, x, b2);
            x = Vector256.Create(a[1]).AsByte();
            c10 = AvxVnni.MultiplyWideningAndAdd(c10, x, b0);
            c11 = AvxVnni.MultiplyWideningAndAdd(c11, x, b1);
            c12 = AvxVnni.MultiplyWideningAndAdd(c12, x, b2);
            x = Vector256.Create(a[2]).AsByte();
            c20 = AvxVnni.MultiplyWideningAndAdd(c20, x, b0);
            c21 = AvxVnni.MultiplyWideningAndAdd(c21, x, b1);
            c22 = AvxVnni.MultiplyWideningAndAdd(c22, x, b2);
            x = Vector256.Create(a[3]).AsByte();
            c30 = AvxVnni.MultiplyWideningAndAdd(c30, x, b0);
            c31 = AvxVnni.MultiplyWideningAndAdd(c31, x, b1);
            c32 = AvxVnni.MultiplyWideningAndAdd(c32, x, b2);
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
