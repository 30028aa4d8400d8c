using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace LegoNet.Lab.Networks;

/// <summary>
/// Products of float32 matrices. Each element is summed in one order, which depends on the shapes alone: neither threads nor the machine's
/// vectors change a bit, and products are never fused with sums.
/// </summary>
internal static unsafe class Kernels
{
    private const int Lanes = 16;

    // Multiply-adds that are worth a thread.
    private const long Worthwhile = 1 << 20;

    /// <summary>C = A · Bᵀ: c[i, o] = Σ_j a[i, j] · b[o, j].</summary>
    /// <param name="a">[m, k].</param>
    /// <param name="b">[n, k].</param>
    /// <param name="c">Receives [m, n].</param>
    /// <param name="m">Rows of A.</param>
    /// <param name="n">Rows of B.</param>
    /// <param name="k">Columns of both.</param>
    /// <param name="threads">Threads to use.</param>
    public static void TimesTransposed(float[] a, float[] b, float[] c, int m, int n, int k, int threads)
        => Split(m, (long)m * n * k, threads, (first, end) =>
        {
            fixed (float* pa = a, pb = b, pc = c)
            {
                for (var i = first; i < end; i++)
                {
                    var o = 0;
                    for (; o <= n - 4; o += 4)
                    {
                        Dot4(pa + ((long)i * k), pb + ((long)o * k), k, pc + ((long)i * n) + o);
                    }

                    for (; o < n; o++)
                    {
                        pc[((long)i * n) + o] = Dot(pa + ((long)i * k), pb + ((long)o * k), k);
                    }
                }
            }
        });

    /// <summary>C = A · B: c[i, j] = Σ_p a[i, p] · b[p, j], p ascending.</summary>
    /// <param name="a">[m, k].</param>
    /// <param name="b">[k, n].</param>
    /// <param name="c">Receives [m, n].</param>
    /// <param name="m">Rows of A.</param>
    /// <param name="n">Columns of B.</param>
    /// <param name="k">Columns of A.</param>
    /// <param name="threads">Threads to use.</param>
    public static void Times(float[] a, float[] b, float[] c, int m, int n, int k, int threads)
        => Split(m, (long)m * n * k, threads, (first, end) => Combine(a, k, 1, b, c, first, end, n, k));

    /// <summary>C = Aᵀ · B: c[i, j] = Σ_p a[p, i] · b[p, j], p ascending.</summary>
    /// <param name="a">[k, m].</param>
    /// <param name="b">[k, n].</param>
    /// <param name="c">Receives [m, n].</param>
    /// <param name="m">Columns of A.</param>
    /// <param name="n">Columns of B.</param>
    /// <param name="k">Rows of both.</param>
    /// <param name="threads">Threads to use.</param>
    public static void TransposedTimes(float[] a, float[] b, float[] c, int m, int n, int k, int threads)
        => Split(m, (long)m * n * k, threads, (first, end) => Combine(a, 1, m, b, c, first, end, n, k));

    /// <summary>y += factor · x, [length of x].</summary>
    public static void AddScaled(float factor, ReadOnlySpan<float> x, Span<float> y)
    {
        var i = 0;
        var f = Vector512.Create(factor);
        for (; i <= x.Length - Lanes; i += Lanes)
        {
            (Vector512.Create<float>(y[i..]) + (f * Vector512.Create(x[i..]))).CopyTo(y[i..]);
        }

        for (; i < x.Length; i++)
        {
            y[i] += factor * x[i];
        }
    }

    /// <summary>Codes as numbers from −1 to 1: each divided by 127.</summary>
    /// <param name="codes">The codes.</param>
    /// <param name="numbers">Receives as many numbers.</param>
    public static void ToNumbers(ReadOnlySpan<sbyte> codes, Span<float> numbers)
    {
        var i = 0;
        for (; i <= codes.Length - Lanes; i += Lanes)
        {
            var (low, high) = Vector128.Widen(Vector128.Create(codes[i..]));
            var ((a, b), (c, d)) = (Vector128.Widen(low), Vector128.Widen(high));
            var whole = Vector512.Create(Vector256.Create(a, b), Vector256.Create(c, d));
            (Vector512.ConvertToSingle(whole) / Vector512.Create(127f)).CopyTo(numbers[i..]);
        }

        for (; i < codes.Length; i++)
        {
            numbers[i] = codes[i] / 127f;
        }
    }

    private static void Split(int rows, long work, int threads, Action<int, int> action)
    {
        var parts = (int)Math.Min(Math.Min(threads, rows), Math.Max(1, work / Worthwhile));
        if (parts <= 1)
        {
            action(0, rows);
            return;
        }

        Parallel.For(0, parts, new ParallelOptions { MaxDegreeOfParallelism = threads }, part
            => action((int)((long)rows * part / parts), (int)((long)rows * (part + 1) / parts)));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Dot4(float* x, float* w, int k, float* result)
    {
        Vector512<float> s0 = Vector512<float>.Zero, s1 = s0, s2 = s0, s3 = s0;
        float* w1 = w + k, w2 = w1 + k, w3 = w2 + k;
        var j = 0;
        for (; j <= k - Lanes; j += Lanes)
        {
            var v = Vector512.Load(x + j);
            s0 += v * Vector512.Load(w + j);
            s1 += v * Vector512.Load(w1 + j);
            s2 += v * Vector512.Load(w2 + j);
            s3 += v * Vector512.Load(w3 + j);
        }

        result[0] = Rest(Tree(s0), x, w, j, k);
        result[1] = Rest(Tree(s1), x, w1, j, k);
        result[2] = Rest(Tree(s2), x, w2, j, k);
        result[3] = Rest(Tree(s3), x, w3, j, k);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float Dot(float* x, float* w, int k)
    {
        var sum = Vector512<float>.Zero;
        var j = 0;
        for (; j <= k - Lanes; j += Lanes)
        {
            sum += Vector512.Load(x + j) * Vector512.Load(w + j);
        }

        return Rest(Tree(sum), x, w, j, k);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float Tree(Vector512<float> lanes)
    {
        var eight = lanes.GetLower() + lanes.GetUpper();
        var four = eight.GetLower() + eight.GetUpper();
        return (four[0] + four[2]) + (four[1] + four[3]);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float Rest(float sum, float* x, float* w, int j, int k)
    {
        for (; j < k; j++)
        {
            sum += x[j] * w[j];
        }

        return sum;
    }

    // Rows first to end of C; the factor of row i and term p is a[i · rowStep + p · termStep].
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Combine(float[] a, int rowStep, int termStep, float[] b, float[] c, int first, int end, int n, int k)
    {
        fixed (float* pa = a, pb = b, pc = c)
        {
            for (var i = first; i < end; i++)
            {
                var factors = pa + ((long)i * rowStep);
                var to = pc + ((long)i * n);
                var j = 0;
                for (; j <= n - (4 * Lanes); j += 4 * Lanes)
                {
                    Vector512<float> s0 = Vector512<float>.Zero, s1 = s0, s2 = s0, s3 = s0;
                    var from = pb + j;
                    for (var p = 0; p < k; p++, from += n)
                    {
                        var f = Vector512.Create(factors[(long)p * termStep]);
                        s0 += f * Vector512.Load(from);
                        s1 += f * Vector512.Load(from + Lanes);
                        s2 += f * Vector512.Load(from + (2 * Lanes));
                        s3 += f * Vector512.Load(from + (3 * Lanes));
                    }

                    s0.Store(to + j);
                    s1.Store(to + j + Lanes);
                    s2.Store(to + j + (2 * Lanes));
                    s3.Store(to + j + (3 * Lanes));
                }

                for (; j <= n - Lanes; j += Lanes)
                {
                    var sum = Vector512<float>.Zero;
                    for (var p = 0; p < k; p++)
                    {
                        sum += Vector512.Create(factors[(long)p * termStep]) * Vector512.Load(pb + ((long)p * n) + j);
                    }

                    sum.Store(to + j);
                }

                for (; j < n; j++)
                {
                    var sum = 0f;
                    for (var p = 0; p < k; p++)
                    {
                        sum += factors[(long)p * termStep] * pb[((long)p * n) + j];
                    }

                    to[j] = sum;
                }
            }
        }
    }
}
