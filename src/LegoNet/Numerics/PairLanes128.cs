using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace LegoNet.Numerics;

/// <summary>Four lanes, on any processor with vectors of 128 bits.</summary>
internal readonly unsafe struct PairLanes128 : IPairLanes<Vector128<int>>
{
    public static bool IsSupported => Vector128.IsHardwareAccelerated;

    public static int Width => 4;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> Load(int* from) => Vector128.Load(from);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector128<int> value, int* to) => Vector128.Store(value, to);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> Create(int value) => Vector128.Create(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> Add(Vector128<int> x, Vector128<int> y) => x + y;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> LoadCodes(sbyte* from) => Vector128.WidenLower(Vector128.CreateScalarUnsafe(*(long*)from).AsSByte()).AsInt32();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> LoadPairs(sbyte* first, sbyte* second)
        => (Widen(first) & Vector128.Create(0xFFFF)) | (Widen(second) << 16);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> PairLower(Vector128<int> x, Vector128<int> y)
        => (Vector128.WidenLower(x.AsInt16()) & Vector128.Create(0xFFFF)) | (Vector128.WidenLower(y.AsInt16()) << 16);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> PairUpper(Vector128<int> x, Vector128<int> y)
        => (Vector128.WidenUpper(x.AsInt16()) & Vector128.Create(0xFFFF)) | (Vector128.WidenUpper(y.AsInt16()) << 16);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> MultiplyAdd(Vector128<int> sum, Vector128<int> a, Vector128<int> b) => sum + Tile128.MultiplyAddPairs(a, b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Sum(Vector128<int> value) => Vector128.Sum(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<int> Widen(sbyte* four) => Vector128.WidenLower(Vector128.WidenLower(Vector128.CreateScalarUnsafe(*(int*)four).AsSByte()));
}
