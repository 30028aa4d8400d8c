using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace LegoNet.Benchmarks;

/// <summary>
/// A loop of one integer multiply-add instruction in registers, nothing else: the most that any kernel of exact sums could reach. Only
/// instructions that cannot saturate count (so not <c>vpmaddubsw</c>), since a saturated sum is wrong.
/// </summary>
/// <param name="Name">The instruction and its width.</param>
/// <param name="MultiplyAdds">Multiply-adds of one pass through the loop.</param>
/// <param name="Loop">Runs a number of passes; returns something that depends on all of them.</param>
internal sealed record BareMultiplyAdd(string Name, int MultiplyAdds, Func<int, int> Loop)
{
    // Enough independent chains to hide the latency of two instructions per cycle, few enough for sixteen registers.
    private const int Chains = 12;
    private static int s_sink;

    /// <summary>Multiply-adds per second, in 10⁹.</summary>
    public double GigaPerSecond(int passes) => MultiplyAdds * (double)passes / 1e9 / Timing.Seconds(() => s_sink ^= Loop(passes));

    /// <summary>The fastest that the runtime exposes on this processor, by a short run of each; null where it exposes none that is known here.</summary>
    public static BareMultiplyAdd? Fastest(int passes)
    {
        List<BareMultiplyAdd> known = [];
        if (AvxVnniInt8.V512.IsSupported)
        {
            known.Add(new("vpdpbssd, 512 bits", 64 * Chains, VnniInt8512));
        }

        if (AvxVnni.IsSupported)
        {
            known.Add(new("vpdpbusd, 256 bits", 32 * Chains, Vnni256));
        }

        if (Avx512BW.IsSupported)
        {
            known.Add(new("vpmaddwd, 512 bits", 32 * Chains, Adjacent512));
        }

        if (Avx2.IsSupported)
        {
            known.Add(new("vpmaddwd, 256 bits", 16 * Chains, Adjacent256));
        }

        if (Dp.IsSupported)
        {
            known.Add(new("sdot, 128 bits", 16 * Chains, Dot128));
        }

        return known.MaxBy(bare => Enumerable.Range(0, 3).Max(_ => bare.GigaPerSecond(passes)));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static int VnniInt8512(int passes)
    {
        var x = Vector512.Create((sbyte)3);
        var y = Vector512.Create((sbyte)-5);
        var c0 = Vector512.Create(1);
        var c1 = Vector512.Create(2);
        var c2 = Vector512.Create(3);
        var c3 = Vector512.Create(4);
        var c4 = Vector512.Create(5);
        var c5 = Vector512.Create(6);
        var c6 = Vector512.Create(7);
        var c7 = Vector512.Create(8);
        var c8 = Vector512.Create(9);
        var c9 = Vector512.Create(10);
        var c10 = Vector512.Create(11);
        var c11 = Vector512.Create(12);
        for (; passes > 0; passes--)
        {
            c0 = AvxVnniInt8.V512.MultiplyWideningAndAdd(c0, x, y);
            c1 = AvxVnniInt8.V512.MultiplyWideningAndAdd(c1, x, y);
            c2 = AvxVnniInt8.V512.MultiplyWideningAndAdd(c2, x, y);
            c3 = AvxVnniInt8.V512.MultiplyWideningAndAdd(c3, x, y);
            c4 = AvxVnniInt8.V512.MultiplyWideningAndAdd(c4, x, y);
            c5 = AvxVnniInt8.V512.MultiplyWideningAndAdd(c5, x, y);
            c6 = AvxVnniInt8.V512.MultiplyWideningAndAdd(c6, x, y);
            c7 = AvxVnniInt8.V512.MultiplyWideningAndAdd(c7, x, y);
            c8 = AvxVnniInt8.V512.MultiplyWideningAndAdd(c8, x, y);
            c9 = AvxVnniInt8.V512.MultiplyWideningAndAdd(c9, x, y);
            c10 = AvxVnniInt8.V512.MultiplyWideningAndAdd(c10, x, y);
            c11 = AvxVnniInt8.V512.MultiplyWideningAndAdd(c11, x, y);
        }

        return (c0 ^ c1 ^ c2 ^ c3 ^ c4 ^ c5 ^ c6 ^ c7 ^ c8 ^ c9 ^ c10 ^ c11)[0];
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static int Vnni256(int passes)
    {
        var x = Vector256.Create((byte)3);
        var y = Vector256.Create((sbyte)-5);
        var c0 = Vector256.Create(1);
        var c1 = Vector256.Create(2);
        var c2 = Vector256.Create(3);
        var c3 = Vector256.Create(4);
        var c4 = Vector256.Create(5);
        var c5 = Vector256.Create(6);
        var c6 = Vector256.Create(7);
        var c7 = Vector256.Create(8);
        var c8 = Vector256.Create(9);
        var c9 = Vector256.Create(10);
        var c10 = Vector256.Create(11);
        var c11 = Vector256.Create(12);
        for (; passes > 0; passes--)
        {
            c0 = AvxVnni.MultiplyWideningAndAdd(c0, x, y);
            c1 = AvxVnni.MultiplyWideningAndAdd(c1, x, y);
            c2 = AvxVnni.MultiplyWideningAndAdd(c2, x, y);
            c3 = AvxVnni.MultiplyWideningAndAdd(c3, x, y);
            c4 = AvxVnni.MultiplyWideningAndAdd(c4, x, y);
            c5 = AvxVnni.MultiplyWideningAndAdd(c5, x, y);
            c6 = AvxVnni.MultiplyWideningAndAdd(c6, x, y);
            c7 = AvxVnni.MultiplyWideningAndAdd(c7, x, y);
            c8 = AvxVnni.MultiplyWideningAndAdd(c8, x, y);
            c9 = AvxVnni.MultiplyWideningAndAdd(c9, x, y);
            c10 = AvxVnni.MultiplyWideningAndAdd(c10, x, y);
            c11 = AvxVnni.MultiplyWideningAndAdd(c11, x, y);
        }

        return (c0 ^ c1 ^ c2 ^ c3 ^ c4 ^ c5 ^ c6 ^ c7 ^ c8 ^ c9 ^ c10 ^ c11)[0];
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static int Adjacent512(int passes)
    {
        var x = Vector512.Create((short)3);
        var c0 = Vector512.Create(1);
        var c1 = Vector512.Create(2);
        var c2 = Vector512.Create(3);
        var c3 = Vector512.Create(4);
        var c4 = Vector512.Create(5);
        var c5 = Vector512.Create(6);
        var c6 = Vector512.Create(7);
        var c7 = Vector512.Create(8);
        var c8 = Vector512.Create(9);
        var c9 = Vector512.Create(10);
        var c10 = Vector512.Create(11);
        var c11 = Vector512.Create(12);
        for (; passes > 0; passes--)
        {
            c0 = Avx512BW.MultiplyAddAdjacent(c0.AsInt16(), x);
            c1 = Avx512BW.MultiplyAddAdjacent(c1.AsInt16(), x);
            c2 = Avx512BW.MultiplyAddAdjacent(c2.AsInt16(), x);
            c3 = Avx512BW.MultiplyAddAdjacent(c3.AsInt16(), x);
            c4 = Avx512BW.MultiplyAddAdjacent(c4.AsInt16(), x);
            c5 = Avx512BW.MultiplyAddAdjacent(c5.AsInt16(), x);
            c6 = Avx512BW.MultiplyAddAdjacent(c6.AsInt16(), x);
            c7 = Avx512BW.MultiplyAddAdjacent(c7.AsInt16(), x);
            c8 = Avx512BW.MultiplyAddAdjacent(c8.AsInt16(), x);
            c9 = Avx512BW.MultiplyAddAdjacent(c9.AsInt16(), x);
            c10 = Avx512BW.MultiplyAddAdjacent(c10.AsInt16(), x);
            c11 = Avx512BW.MultiplyAddAdjacent(c11.AsInt16(), x);
        }

        return (c0 ^ c1 ^ c2 ^ c3 ^ c4 ^ c5 ^ c6 ^ c7 ^ c8 ^ c9 ^ c10 ^ c11)[0];
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static int Adjacent256(int passes)
    {
        var x = Vector256.Create((short)3);
        var c0 = Vector256.Create(1);
        var c1 = Vector256.Create(2);
        var c2 = Vector256.Create(3);
        var c3 = Vector256.Create(4);
        var c4 = Vector256.Create(5);
        var c5 = Vector256.Create(6);
        var c6 = Vector256.Create(7);
        var c7 = Vector256.Create(8);
        var c8 = Vector256.Create(9);
        var c9 = Vector256.Create(10);
        var c10 = Vector256.Create(11);
        var c11 = Vector256.Create(12);
        for (; passes > 0; passes--)
        {
            c0 = Avx2.MultiplyAddAdjacent(c0.AsInt16(), x);
            c1 = Avx2.MultiplyAddAdjacent(c1.AsInt16(), x);
            c2 = Avx2.MultiplyAddAdjacent(c2.AsInt16(), x);
            c3 = Avx2.MultiplyAddAdjacent(c3.AsInt16(), x);
            c4 = Avx2.MultiplyAddAdjacent(c4.AsInt16(), x);
            c5 = Avx2.MultiplyAddAdjacent(c5.AsInt16(), x);
            c6 = Avx2.MultiplyAddAdjacent(c6.AsInt16(), x);
            c7 = Avx2.MultiplyAddAdjacent(c7.AsInt16(), x);
            c8 = Avx2.MultiplyAddAdjacent(c8.AsInt16(), x);
            c9 = Avx2.MultiplyAddAdjacent(c9.AsInt16(), x);
            c10 = Avx2.MultiplyAddAdjacent(c10.AsInt16(), x);
            c11 = Avx2.MultiplyAddAdjacent(c11.AsInt16(), x);
        }

        return (c0 ^ c1 ^ c2 ^ c3 ^ c4 ^ c5 ^ c6 ^ c7 ^ c8 ^ c9 ^ c10 ^ c11)[0];
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static int Dot128(int passes)
    {
        var x = Vector128.Create((sbyte)3);
        var y = Vector128.Create((sbyte)-5);
        var c0 = Vector128.Create(1);
        var c1 = Vector128.Create(2);
        var c2 = Vector128.Create(3);
        var c3 = Vector128.Create(4);
        var c4 = Vector128.Create(5);
        var c5 = Vector128.Create(6);
        var c6 = Vector128.Create(7);
        var c7 = Vector128.Create(8);
        var c8 = Vector128.Create(9);
        var c9 = Vector128.Create(10);
        var c10 = Vector128.Create(11);
        var c11 = Vector128.Create(12);
        for (; passes > 0; passes--)
        {
            c0 = Dp.DotProduct(c0, x, y);
            c1 = Dp.DotProduct(c1, x, y);
            c2 = Dp.DotProduct(c2, x, y);
            c3 = Dp.DotProduct(c3, x, y);
            c4 = Dp.DotProduct(c4, x, y);
            c5 = Dp.DotProduct(c5, x, y);
            c6 = Dp.DotProduct(c6, x, y);
            c7 = Dp.DotProduct(c7, x, y);
            c8 = Dp.DotProduct(c8, x, y);
            c9 = Dp.DotProduct(c9, x, y);
            c10 = Dp.DotProduct(c10, x, y);
            c11 = Dp.DotProduct(c11, x, y);
        }

        return (c0 ^ c1 ^ c2 ^ c3 ^ c4 ^ c5 ^ c6 ^ c7 ^ c8 ^ c9 ^ c10 ^ c11)[0];
    }
}
