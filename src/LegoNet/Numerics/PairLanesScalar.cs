namespace LegoNet.Numerics;

/// <summary>One lane, without vectors.</summary>
internal readonly unsafe struct PairLanesScalar : IPairLanes<int>
{
    public static bool IsSupported => true;

    public static int Width => 1;

    public static int Load(int* from) => *from;

    public static void Store(int value, int* to) => *to = value;

    public static int Create(int value) => value;

    public static int Add(int x, int y) => x + y;

    public static int LoadCodes(sbyte* from) => LoadPairs(from, from + 1);

    public static int LoadPairs(sbyte* first, sbyte* second) => (*first & 0xFFFF) | (*second << 16);

    public static int PairLower(int x, int y) => (x & 0xFFFF) | (y << 16);

    public static int PairUpper(int x, int y) => (int)((uint)x >> 16) | (y & ~0xFFFF);

    public static int MultiplyAdd(int sum, int a, int b) => sum + ((short)a * (short)b) + ((a >> 16) * (b >> 16));

    public static int Sum(int value) => value;
}
