using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace LegoNet.Numerics;

/// <summary>
/// Exponential and logarithm with the same bits on every machine: each lane is a fixed sequence of additions, multiplications and
/// divisions, each rounded once. (<see cref="Math.Exp"/> is left to the platform's library.)
/// </summary>
internal static class PortableMath
{
    // 1.5 · 2^52: adding it rounds to a whole number, to nearest even, which then stands in the low bits.
    internal const double Rounder = 6755399441055744.0;

    private const double Log2E = 1.4426950408889634;

    // ln 2 in two parts; the first has 32 trailing zeros, so that its product with an exponent is exact.
    private const double Ln2High = 0.6931471803691238;
    private const double Ln2Low = 1.9082149292705877e-10;

    /// <summary>The least argument of <see cref="Exp"/> whose result is not taken for 0.</summary>
    private const double Least = -708;

    /// <summary>e^x for x ≤ 0, within 10⁻¹⁴ of itself; 0 below −708. (Cody and Waite's reduction and the Taylor series up to degree 11.)</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<double> Exp(Vector512<double> x)
    {
        var bounded = Vector512.Max(x, Vector512.Create(Least));
        var shifted = (bounded * Vector512.Create(Log2E)) + Vector512.Create(Rounder);
        var n = shifted - Vector512.Create(Rounder);
        var r = bounded - (n * Vector512.Create(Ln2High));
        r -= n * Vector512.Create(Ln2Low);
        var p = Vector512.Create(1.0 / 39916800);
        p = (p * r) + Vector512.Create(1.0 / 3628800);
        p = (p * r) + Vector512.Create(1.0 / 362880);
        p = (p * r) + Vector512.Create(1.0 / 40320);
        p = (p * r) + Vector512.Create(1.0 / 5040);
        p = (p * r) + Vector512.Create(1.0 / 720);
        p = (p * r) + Vector512.Create(1.0 / 120);
        p = (p * r) + Vector512.Create(1.0 / 24);
        p = (p * r) + Vector512.Create(1.0 / 6);
        p = (p * r) + Vector512.Create(0.5);
        p = (p * r) + Vector512<double>.One;
        p = (p * r) + Vector512<double>.One;

        // The exponent is added in the low bits of the shifted number, whose upper part the shift throws away.
        var power = ((shifted.AsInt64() + Vector512.Create(1023L)) << 52).AsDouble();
        return Vector512.ConditionalSelect(Vector512.LessThan(x, Vector512.Create(Least)), Vector512<double>.Zero, p * power);
    }

    /// <summary>ln x for normal x > 0, within 2·10⁻¹⁵ of itself or of 1, whichever is larger. (2 artanh((m − 1)/(m + 1)) by its series.)</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<double> Log(Vector512<double> x)
    {
        // x = m · 2^e with m from √½ to √2: what is added carries into the exponent where the mantissa is above √2.
        const long ToRootHalf = 0x3FF0000000000000 - 0x3FE6A09E667F3BCD;
        var bits = x.AsInt64() + Vector512.Create(ToRootHalf);
        var exponent = Vector512.ShiftRightArithmetic(bits, 52) - Vector512.Create(1023L);
        var m = (x.AsInt64() - (exponent << 52)).AsDouble();
        var e = Vector512.ConvertToDouble(exponent);
        var s = (m - Vector512<double>.One) / (m + Vector512<double>.One);
        var z = s * s;
        var p = Vector512.Create(2.0 / 19);
        p = (p * z) + Vector512.Create(2.0 / 17);
        p = (p * z) + Vector512.Create(2.0 / 15);
        p = (p * z) + Vector512.Create(2.0 / 13);
        p = (p * z) + Vector512.Create(2.0 / 11);
        p = (p * z) + Vector512.Create(2.0 / 9);
        p = (p * z) + Vector512.Create(2.0 / 7);
        p = (p * z) + Vector512.Create(2.0 / 5);
        p = (p * z) + Vector512.Create(2.0 / 3);
        var log = (s + s) + ((s * z) * p);
        return (e * Vector512.Create(Ln2High)) + (log + (e * Vector512.Create(Ln2Low)));
    }
}
