using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace LegoNet.Numerics;

/// <summary>Eight lanes: AVX2.</summary>
internal readonly unsafe struct PairLanes256 : IPairLanes<Vector256<int>>
{
    public static bool IsSupported => Avx2.IsSupported;

    public static int Width => 8;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Load(int* from) => Vector256.Load(from);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector256<int> value, int* to) => Vector256.Store(value, to);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Create(int value) => Vector256.Create(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Add(Vector256<int> x, Vector256<int> y) => x + y;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> LoadCodes(sbyte* from) => Avx2.ConvertToVector256Int16(Vector128.Load(from)).AsInt32();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> LoadPairs(sbyte* first, sbyte* second)
        => (Avx2.ConvertToVector256Int32(first) & Vector256.Create(0xFFFF)) | (Avx2.ConvertToVector256Int32(second) << 16);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> PairLower(Vector256<int> x, Vector256<int> y) => Avx2.UnpackLow(x.AsInt16(), y.AsInt16()).AsInt32();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> PairUpper(Vector256<int> x, Vector256<int> y) => Avx2.UnpackHigh(x.AsInt16(), y.AsInt16()).AsInt32();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> MultiplyAdd(Vector256<int> sum, Vector256<int> a, Vector256<int> b)
        => sum + Avx2.MultiplyAddAdjacent(a.AsInt16(), b.AsInt16());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Sum(Vector256<int> value) => Vector256.Sum(value);
}
