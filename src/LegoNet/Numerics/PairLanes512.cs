using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace LegoNet.Numerics;

/// <summary>Sixteen lanes: AVX-512BW.</summary>
internal readonly unsafe struct PairLanes512 : IPairLanes<Vector512<int>>
{
    public static bool IsSupported => Avx512BW.IsSupported;

    public static int Width => 16;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> Load(int* from) => Vector512.Load(from);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector512<int> value, int* to) => Vector512.Store(value, to);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> Create(int value) => Vector512.Create(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> Add(Vector512<int> x, Vector512<int> y) => x + y;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> LoadCodes(sbyte* from) => Avx512BW.ConvertToVector512Int16(Vector256.Load(from)).AsInt32();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> LoadPairs(sbyte* first, sbyte* second)
        => (Avx512F.ConvertToVector512Int32(Vector128.Load(first)) & Vector512.Create(0xFFFF))
            | (Avx512F.ConvertToVector512Int32(Vector128.Load(second)) << 16);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> PairLower(Vector512<int> x, Vector512<int> y) => Avx512BW.UnpackLow(x.AsInt16(), y.AsInt16()).AsInt32();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> PairUpper(Vector512<int> x, Vector512<int> y) => Avx512BW.UnpackHigh(x.AsInt16(), y.AsInt16()).AsInt32();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> MultiplyAdd(Vector512<int> sum, Vector512<int> a, Vector512<int> b)
        => sum + Avx512BW.MultiplyAddAdjacent(a.AsInt16(), b.AsInt16());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Sum(Vector512<int> value) => Vector512.Sum(value);
}
