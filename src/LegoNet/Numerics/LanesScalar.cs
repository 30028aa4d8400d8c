namespace LegoNet.Numerics;

/// <summary>One lane, on any machine; where there is no fused instruction, the runtime library computes it with the same rounding.</summary>
internal readonly unsafe struct LanesScalar : ILanes<double>
{
    public static bool IsSupported => true;

    public static int Width => 1;

    public static double Load(double* from) => *from;

    public static void Store(double value, double* to) => *to = value;

    public static double Create(double value) => value;

    public static double SubtractProduct(double c, double a, double b) => Math.FusedMultiplyAdd(-a, b, c);

    public static double Divide(double a, double b) => a / b;
}
