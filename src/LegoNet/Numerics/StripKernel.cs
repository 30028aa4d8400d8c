using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace LegoNet.Numerics;

/// <summary>The inner loops of <see cref="Cholesky"/> on strips of eight rows, for one vector width.</summary>
/// <remarks>
/// A strip holds eight rows of a matrix with its columns one after another: [columns, 8]. Lanes run over a strip's rows, sums run over
/// columns, one fused multiply-add after the other; so an element's value does not depend on how many lanes work side by side.
/// </remarks>
internal static unsafe class StripKernel<TLanes, TVector>
    where TLanes : struct, ILanes<TVector>
    where TVector : struct
{
    /// <summary>Rows to a strip.</summary>
    public const int Height = Cholesky.Height;

    /// <summary>c[j, r] −= Σ_k b[k, j]·a[k, r], in ascending k, for eight columns j and a strip's rows r.</summary>
    /// <param name="a">[steps, 8], the strip's earlier columns.</param>
    /// <param name="b">[steps, 8], the earlier columns of the strip that the columns j are rows of.</param>
    /// <param name="steps">The number of earlier columns.</param>
    /// <param name="c">[8, 8], the strip's columns j.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Update(double* a, double* b, int steps, double* c)
    {
        if (TLanes.Width == Height)
        {
            Update512(a, b, steps, c);
            return;
        }

        for (var j = 0; j < Height; j += 4)
        {
            for (var r = 0; r < Height; r += 2 * TLanes.Width)
            {
                var from = a + r;
                var with = b + j;
                var to = c + (j * Height) + r;
                var to2 = to + TLanes.Width;
                var c00 = TLanes.Load(to);
                var c01 = TLanes.Load(to2);
                var c10 = TLanes.Load(to + Height);
                var c11 = TLanes.Load(to2 + Height);
                var c20 = TLanes.Load(to + (2 * Height));
                var c21 = TLanes.Load(to2 + (2 * Height));
                var c30 = TLanes.Load(to + (3 * Height));
                var c31 = TLanes.Load(to2 + (3 * Height));
                for (var k = steps; k > 0; k--)
                {
                    var a0 = TLanes.Load(from);
                    var a1 = TLanes.Load(from + TLanes.Width);
                    var x = TLanes.Create(with[0]);
                    c00 = TLanes.SubtractProduct(c00, a0, x);
                    c01 = TLanes.SubtractProduct(c01, a1, x);
                    x = TLanes.Create(with[1]);
                    c10 = TLanes.SubtractProduct(c10, a0, x);
                    c11 = TLanes.SubtractProduct(c11, a1, x);
                    x = TLanes.Create(with[2]);
                    c20 = TLanes.SubtractProduct(c20, a0, x);
                    c21 = TLanes.SubtractProduct(c21, a1, x);
                    x = TLanes.Create(with[3]);
                    c30 = TLanes.SubtractProduct(c30, a0, x);
                    c31 = TLanes.SubtractProduct(c31, a1, x);
                    from += Height;
                    with += Height;
                }

                TLanes.Store(c00, to);
                TLanes.Store(c01, to2);
                TLanes.Store(c10, to + Height);
                TLanes.Store(c11, to2 + Height);
                TLanes.Store(c20, to + (2 * Height));
                TLanes.Store(c21, to2 + (2 * Height));
                TLanes.Store(c30, to + (3 * Height));
                TLanes.Store(c31, to2 + (3 * Height));
            }
        }
    }

    /// <summary><see cref="Update"/> for three strips at once.</summary>
    public static void Update3(double* a0, double* a1, double* a2, double* b, int steps, double* c0, double* c1, double* c2)
    {
        if (TLanes.Width == Height)
        {
            Update512(a0, a1, a2, b, steps, c0, c1, c2);
        }
        else
        {
            Update(a0, b, steps, c0);
            Update(a1, b, steps, c1);
            Update(a2, b, steps, c2);
        }
    }

    /// <summary>Finishes eight columns of a strip below the diagonal block: c ← c · L⁻ᵀ, element by element in ascending order.</summary>
    /// <param name="c">[8, 8], the strip's columns.</param>
    /// <param name="diagonal">[8, 8], the diagonal block's factor: L[j, k] at 8k + j.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Forward(double* c, double* diagonal)
    {
        for (var r = 0; r < Height; r += TLanes.Width)
        {
            for (var k = 0; k < Height; k++)
            {
                var x = TLanes.Divide(TLanes.Load(c + (k * Height) + r), TLanes.Create(diagonal[(k * Height) + k]));
                TLanes.Store(x, c + (k * Height) + r);
                for (var j = k + 1; j < Height; j++)
                {
                    var to = c + (j * Height) + r;
                    TLanes.Store(TLanes.SubtractProduct(TLanes.Load(to), x, TLanes.Create(diagonal[(k * Height) + j])), to);
                }
            }
        }
    }

    /// <summary>Solves Lᵀ x = y within a diagonal block, for eight right-hand sides; sums run in descending order of the unknowns.</summary>
    /// <param name="x">[8, 8]: y on entry, x on return.</param>
    /// <param name="diagonal">[8, 8], the diagonal block's factor: L[j, k] at 8k + j.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Backward(double* x, double* diagonal)
    {
        for (var r = 0; r < Height; r += TLanes.Width)
        {
            for (var k = Height - 1; k >= 0; k--)
            {
                var v = TLanes.Divide(TLanes.Load(x + (k * Height) + r), TLanes.Create(diagonal[(k * Height) + k]));
                TLanes.Store(v, x + (k * Height) + r);
                for (var j = k - 1; j >= 0; j--)
                {
                    var to = x + (j * Height) + r;
                    TLanes.Store(TLanes.SubtractProduct(TLanes.Load(to), v, TLanes.Create(diagonal[(j * Height) + k])), to);
                }
            }
        }
    }

    /// <summary>y[j, r] −= Σ_k l[j, k]·x[k, r], in descending k, for eight unknowns k of eight right-hand sides r.</summary>
    /// <param name="x">[8, 8], the unknowns.</param>
    /// <param name="l">[columns, 8], the columns j of the unknowns' strip of the factor.</param>
    /// <param name="columns">The number of columns.</param>
    /// <param name="y">[columns, 8].</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Spread(double* x, double* l, int columns, double* y)
    {
        for (var r = 0; r < Height; r += TLanes.Width)
        {
            var x0 = TLanes.Load(x + r);
            var x1 = TLanes.Load(x + Height + r);
            var x2 = TLanes.Load(x + (2 * Height) + r);
            var x3 = TLanes.Load(x + (3 * Height) + r);
            var x4 = TLanes.Load(x + (4 * Height) + r);
            var x5 = TLanes.Load(x + (5 * Height) + r);
            var x6 = TLanes.Load(x + (6 * Height) + r);
            var x7 = TLanes.Load(x + (7 * Height) + r);
            var with = l;
            var to = y + r;
            for (var j = columns; j > 0; j--)
            {
                var sum = TLanes.SubtractProduct(TLanes.Load(to), x7, TLanes.Create(with[7]));
                sum = TLanes.SubtractProduct(sum, x6, TLanes.Create(with[6]));
                sum = TLanes.SubtractProduct(sum, x5, TLanes.Create(with[5]));
                sum = TLanes.SubtractProduct(sum, x4, TLanes.Create(with[4]));
                sum = TLanes.SubtractProduct(sum, x3, TLanes.Create(with[3]));
                sum = TLanes.SubtractProduct(sum, x2, TLanes.Create(with[2]));
                sum = TLanes.SubtractProduct(sum, x1, TLanes.Create(with[1]));
                sum = TLanes.SubtractProduct(sum, x0, TLanes.Create(with[0]));
                TLanes.Store(sum, to);
                with += Height;
                to += Height;
            }
        }
    }

    /// <summary><see cref="Spread"/> for three strips at once.</summary>
    public static void Spread3(double* x0, double* x1, double* x2, double* l, int columns, double* y0, double* y1, double* y2)
    {
        if (TLanes.Width == Height)
        {
            Spread512(x0, x1, x2, l, columns, y0, y1, y2);
        }
        else
        {
            Spread(x0, l, columns, y0);
            Spread(x1, l, columns, y1);
            Spread(x2, l, columns, y2);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Update512(double* a, double* b, int steps, double* c)
    {
        var s0 = Vector512.Load(c);
        var s1 = Vector512.Load(c + 8);
        var s2 = Vector512.Load(c + 16);
        var s3 = Vector512.Load(c + 24);
        var s4 = Vector512.Load(c + 32);
        var s5 = Vector512.Load(c + 40);
        var s6 = Vector512.Load(c + 48);
        var s7 = Vector512.Load(c + 56);
        for (; steps > 0; steps--)
        {
            var x = Vector512.Load(a);
            s0 = Avx512F.FusedMultiplyAddNegated(x, Vector512.Create(b[0]), s0);
            s1 = Avx512F.FusedMultiplyAddNegated(x, Vector512.Create(b[1]), s1);
            s2 = Avx512F.FusedMultiplyAddNegated(x, Vector512.Create(b[2]), s2);
            s3 = Avx512F.FusedMultiplyAddNegated(x, Vector512.Create(b[3]), s3);
            s4 = Avx512F.FusedMultiplyAddNegated(x, Vector512.Create(b[4]), s4);
            s5 = Avx512F.FusedMultiplyAddNegated(x, Vector512.Create(b[5]), s5);
            s6 = Avx512F.FusedMultiplyAddNegated(x, Vector512.Create(b[6]), s6);
            s7 = Avx512F.FusedMultiplyAddNegated(x, Vector512.Create(b[7]), s7);
            a += Height;
            b += Height;
        }

        s0.Store(c);
        s1.Store(c + 8);
        s2.Store(c + 16);
        s3.Store(c + 24);
        s4.Store(c + 32);
        s5.Store(c + 40);
        s6.Store(c + 48);
        s7.Store(c + 56);
    }

    // 24 sums, three columns of the strips and one broadcast: 28 of the 32 registers.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Update512(double* a0, double* a1, double* a2, double* b, int steps, double* c0, double* c1, double* c2)
    {
        var s00 = Vector512.Load(c0);
        var s01 = Vector512.Load(c0 + 8);
        var s02 = Vector512.Load(c0 + 16);
        var s03 = Vector512.Load(c0 + 24);
        var s04 = Vector512.Load(c0 + 32);
        var s05 = Vector512.Load(c0 + 40);
        var s06 = Vector512.Load(c0 + 48);
        var s07 = Vector512.Load(c0 + 56);
        var s10 = Vector512.Load(c1);
        var s11 = Vector512.Load(c1 + 8);
        var s12 = Vector512.Load(c1 + 16);
        var s13 = Vector512.Load(c1 + 24);
        var s14 = Vector512.Load(c1 + 32);
        var s15 = Vector512.Load(c1 + 40);
        var s16 = Vector512.Load(c1 + 48);
        var s17 = Vector512.Load(c1 + 56);
        var s20 = Vector512.Load(c2);
        var s21 = Vector512.Load(c2 + 8);
        var s22 = Vector512.Load(c2 + 16);
        var s23 = Vector512.Load(c2 + 24);
        var s24 = Vector512.Load(c2 + 32);
        var s25 = Vector512.Load(c2 + 40);
        var s26 = Vector512.Load(c2 + 48);
        var s27 = Vector512.Load(c2 + 56);
        for (; steps > 0; steps--)
        {
            var x0 = Vector512.Load(a0);
            var x1 = Vector512.Load(a1);
            var x2 = Vector512.Load(a2);
            var y = Vector512.Create(b[0]);
            s00 = Avx512F.FusedMultiplyAddNegated(x0, y, s00);
            s10 = Avx512F.FusedMultiplyAddNegated(x1, y, s10);
            s20 = Avx512F.FusedMultiplyAddNegated(x2, y, s20);
            y = Vector512.Create(b[1]);
            s01 = Avx512F.FusedMultiplyAddNegated(x0, y, s01);
            s11 = Avx512F.FusedMultiplyAddNegated(x1, y, s11);
            s21 = Avx512F.FusedMultiplyAddNegated(x2, y, s21);
            y = Vector512.Create(b[2]);
            s02 = Avx512F.FusedMultiplyAddNegated(x0, y, s02);
            s12 = Avx512F.FusedMultiplyAddNegated(x1, y, s12);
            s22 = Avx512F.FusedMultiplyAddNegated(x2, y, s22);
            y = Vector512.Create(b[3]);
            s03 = Avx512F.FusedMultiplyAddNegated(x0, y, s03);
            s13 = Avx512F.FusedMultiplyAddNegated(x1, y, s13);
            s23 = Avx512F.FusedMultiplyAddNegated(x2, y, s23);
            y = Vector512.Create(b[4]);
            s04 = Avx512F.FusedMultiplyAddNegated(x0, y, s04);
            s14 = Avx512F.FusedMultiplyAddNegated(x1, y, s14);
            s24 = Avx512F.FusedMultiplyAddNegated(x2, y, s24);
            y = Vector512.Create(b[5]);
            s05 = Avx512F.FusedMultiplyAddNegated(x0, y, s05);
            s15 = Avx512F.FusedMultiplyAddNegated(x1, y, s15);
            s25 = Avx512F.FusedMultiplyAddNegated(x2, y, s25);
            y = Vector512.Create(b[6]);
            s06 = Avx512F.FusedMultiplyAddNegated(x0, y, s06);
            s16 = Avx512F.FusedMultiplyAddNegated(x1, y, s16);
            s26 = Avx512F.FusedMultiplyAddNegated(x2, y, s26);
            y = Vector512.Create(b[7]);
            s07 = Avx512F.FusedMultiplyAddNegated(x0, y, s07);
            s17 = Avx512F.FusedMultiplyAddNegated(x1, y, s17);
            s27 = Avx512F.FusedMultiplyAddNegated(x2, y, s27);
            a0 += Height;
            a1 += Height;
            a2 += Height;
            b += Height;
        }

        s00.Store(c0);
        s01.Store(c0 + 8);
        s02.Store(c0 + 16);
        s03.Store(c0 + 24);
        s04.Store(c0 + 32);
        s05.Store(c0 + 40);
        s06.Store(c0 + 48);
        s07.Store(c0 + 56);
        s10.Store(c1);
        s11.Store(c1 + 8);
        s12.Store(c1 + 16);
        s13.Store(c1 + 24);
        s14.Store(c1 + 32);
        s15.Store(c1 + 40);
        s16.Store(c1 + 48);
        s17.Store(c1 + 56);
        s20.Store(c2);
        s21.Store(c2 + 8);
        s22.Store(c2 + 16);
        s23.Store(c2 + 24);
        s24.Store(c2 + 32);
        s25.Store(c2 + 40);
        s26.Store(c2 + 48);
        s27.Store(c2 + 56);
    }

    // The unknowns of three strips, three sums and one broadcast: 28 of the 32 registers.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Spread512(double* x0, double* x1, double* x2, double* l, int columns, double* y0, double* y1, double* y2)
    {
        var x00 = Vector512.Load(x0);
        var x01 = Vector512.Load(x0 + 8);
        var x02 = Vector512.Load(x0 + 16);
        var x03 = Vector512.Load(x0 + 24);
        var x04 = Vector512.Load(x0 + 32);
        var x05 = Vector512.Load(x0 + 40);
        var x06 = Vector512.Load(x0 + 48);
        var x07 = Vector512.Load(x0 + 56);
        var x10 = Vector512.Load(x1);
        var x11 = Vector512.Load(x1 + 8);
        var x12 = Vector512.Load(x1 + 16);
        var x13 = Vector512.Load(x1 + 24);
        var x14 = Vector512.Load(x1 + 32);
        var x15 = Vector512.Load(x1 + 40);
        var x16 = Vector512.Load(x1 + 48);
        var x17 = Vector512.Load(x1 + 56);
        var x20 = Vector512.Load(x2);
        var x21 = Vector512.Load(x2 + 8);
        var x22 = Vector512.Load(x2 + 16);
        var x23 = Vector512.Load(x2 + 24);
        var x24 = Vector512.Load(x2 + 32);
        var x25 = Vector512.Load(x2 + 40);
        var x26 = Vector512.Load(x2 + 48);
        var x27 = Vector512.Load(x2 + 56);
        for (; columns > 0; columns--)
        {
            var b = Vector512.Create(l[7]);
            var s0 = Avx512F.FusedMultiplyAddNegated(x07, b, Vector512.Load(y0));
            var s1 = Avx512F.FusedMultiplyAddNegated(x17, b, Vector512.Load(y1));
            var s2 = Avx512F.FusedMultiplyAddNegated(x27, b, Vector512.Load(y2));
            b = Vector512.Create(l[6]);
            s0 = Avx512F.FusedMultiplyAddNegated(x06, b, s0);
            s1 = Avx512F.FusedMultiplyAddNegated(x16, b, s1);
            s2 = Avx512F.FusedMultiplyAddNegated(x26, b, s2);
            b = Vector512.Create(l[5]);
            s0 = Avx512F.FusedMultiplyAddNegated(x05, b, s0);
            s1 = Avx512F.FusedMultiplyAddNegated(x15, b, s1);
            s2 = Avx512F.FusedMultiplyAddNegated(x25, b, s2);
            b = Vector512.Create(l[4]);
            s0 = Avx512F.FusedMultiplyAddNegated(x04, b, s0);
            s1 = Avx512F.FusedMultiplyAddNegated(x14, b, s1);
            s2 = Avx512F.FusedMultiplyAddNegated(x24, b, s2);
            b = Vector512.Create(l[3]);
            s0 = Avx512F.FusedMultiplyAddNegated(x03, b, s0);
            s1 = Avx512F.FusedMultiplyAddNegated(x13, b, s1);
            s2 = Avx512F.FusedMultiplyAddNegated(x23, b, s2);
            b = Vector512.Create(l[2]);
            s0 = Avx512F.FusedMultiplyAddNegated(x02, b, s0);
            s1 = Avx512F.FusedMultiplyAddNegated(x12, b, s1);
            s2 = Avx512F.FusedMultiplyAddNegated(x22, b, s2);
            b = Vector512.Create(l[1]);
            s0 = Avx512F.FusedMultiplyAddNegated(x01, b, s0);
            s1 = Avx512F.FusedMultiplyAddNegated(x11, b, s1);
            s2 = Avx512F.FusedMultiplyAddNegated(x21, b, s2);
            b = Vector512.Create(l[0]);
            s0 = Avx512F.FusedMultiplyAddNegated(x00, b, s0);
            s1 = Avx512F.FusedMultiplyAddNegated(x10, b, s1);
            s2 = Avx512F.FusedMultiplyAddNegated(x20, b, s2);
            s0.Store(y0);
            s1.Store(y1);
            s2.Store(y2);
            l += Height;
            y0 += Height;
            y1 += Height;
            y2 += Height;
        }
    }
}
