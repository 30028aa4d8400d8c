using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace LegoNet.Numerics;

/// <summary>Float64 operations on vectors in one fixed order, whatever the machine's vectors: the same bits everywhere.</summary>
internal static unsafe class FixedOrder
{
    private const int Lanes = 8;

    /// <summary>Σ x·y: sixteen sums side by side, added in a fixed tree, then the rest one by one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static double Dot(ReadOnlySpan<double> x, ReadOnlySpan<double> y)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(y.Length, x.Length);
        Vector512<double> even = Vector512<double>.Zero, odd = Vector512<double>.Zero;
        fixed (double* a = x)
        fixed (double* b = y)
        {
            var i = 0;
            for (; i <= x.Length - (2 * Lanes); i += 2 * Lanes)
            {
                even += Vector512.Load(a + i) * Vector512.Load(b + i);
                odd += Vector512.Load(a + i + Lanes) * Vector512.Load(b + i + Lanes);
            }

            var lanes = even + odd;
            var four = lanes.GetLower() + lanes.GetUpper();
            var sum = (four[0] + four[2]) + (four[1] + four[3]);
            for (; i < x.Length; i++)
            {
                sum += a[i] * b[i];
            }

            return sum;
        }
    }

    /// <summary>y += factor · x.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void AddScaled(double factor, ReadOnlySpan<double> x, Span<double> y)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(y.Length, x.Length);
        fixed (double* from = x)
        fixed (double* to = y)
        {
            var i = 0;
            var f = Vector512.Create(factor);
            for (; i <= x.Length - Lanes; i += Lanes)
            {
                (Vector512.Load(to + i) + (f * Vector512.Load(from + i))).Store(to + i);
            }

            for (; i < x.Length; i++)
            {
                to[i] += factor * from[i];
            }
        }
    }

    /// <summary>y = factor · x.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Scale(double factor, ReadOnlySpan<double> x, Span<double> y)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(y.Length, x.Length);
        fixed (double* from = x)
        fixed (double* to = y)
        {
            var i = 0;
            var f = Vector512.Create(factor);
            for (; i <= x.Length - Lanes; i += Lanes)
            {
                (f * Vector512.Load(from + i)).Store(to + i);
            }

            for (; i < x.Length; i++)
            {
                to[i] = factor * from[i];
            }
        }
    }
}
