namespace LegoNet.Data.Images;

/// <summary>
/// The inverse DCT in integers: Loeffler, Ligtenberg and Moschytz's algorithm (ICASSP 1989) with 13-bit constants, bit for bit the
/// "islow" method of the Independent JPEG Group.
/// </summary>
internal static class JpegTransform
{
    private const int ConstBits = 13;
    private const int Pass1Bits = 2;

    /// <summary>Samples of a component, row-major with <see cref="JpegComponent.Stride"/> · 8 per row.</summary>
    public static byte[] Inverse(JpegComponent component)
    {
        var stride = component.Stride * 8;
        var samples = new byte[component.Rows * 8 * stride];
        Span<int> work = stackalloc int[64];
        for (var row = 0; row < component.Rows; row++)
        {
            for (var column = 0; column < component.Stride; column++)
            {
                Block(
                    component.Coefficients.AsSpan(((row * component.Stride) + column) * 64, 64),
                    component.Steps!,
                    work,
                    samples.AsSpan((row * 8 * stride) + (column * 8)),
                    stride);
            }
        }

        return samples;
    }

    private static void Block(ReadOnlySpan<short> coefficients, ReadOnlySpan<ushort> steps, Span<int> work, Span<byte> samples, int stride)
    {
        Span<int> line = stackalloc int[8];
        for (var c = 0; c < 8; c++)
        {
            for (var i = 0; i < 8; i++)
            {
                line[i] = coefficients[c + (8 * i)] * steps[c + (8 * i)];
            }

            if ((line[1] | line[2] | line[3] | line[4] | line[5] | line[6] | line[7]) == 0)
            {
                for (var i = 0; i < 8; i++)
                {
                    work[c + (8 * i)] = line[0] << Pass1Bits;
                }

                continue;
            }

            Line(line, ConstBits - Pass1Bits);
            for (var i = 0; i < 8; i++)
            {
                work[c + (8 * i)] = line[i];
            }
        }

        for (var r = 0; r < 8; r++)
        {
            work.Slice(8 * r, 8).CopyTo(line);
            Line(line, ConstBits + Pass1Bits + 3);
            for (var i = 0; i < 8; i++)
            {
                samples[(r * stride) + i] = (byte)Math.Clamp(line[i] + 128, 0, 255);
            }
        }
    }

    /// <summary>One dimension in place; the result is divided by 2^<paramref name="shift"/>, rounded.</summary>
    private static void Line(Span<int> x, int shift)
    {
        int z2 = x[2], z3 = x[6];
        var z1 = (z2 + z3) * 4433;
        int t2 = z1 - (z3 * 15137), t3 = z1 + (z2 * 6270);
        int t0 = (x[0] + x[4]) << ConstBits, t1 = (x[0] - x[4]) << ConstBits;
        int e0 = t0 + t3, e3 = t0 - t3, e1 = t1 + t2, e2 = t1 - t2;

        t0 = x[7];
        t1 = x[5];
        t2 = x[3];
        t3 = x[1];
        z1 = t0 + t3;
        z2 = t1 + t2;
        z3 = t0 + t2;
        var z4 = t1 + t3;
        var z5 = (z3 + z4) * 9633;
        t0 *= 2446;
        t1 *= 16819;
        t2 *= 25172;
        t3 *= 12299;
        z1 *= -7373;
        z2 *= -20995;
        z3 = (z3 * -16069) + z5;
        z4 = (z4 * -3196) + z5;
        t0 += z1 + z3;
        t1 += z2 + z4;
        t2 += z2 + z3;
        t3 += z1 + z4;

        var half = 1 << (shift - 1);
        x[0] = (e0 + t3 + half) >> shift;
        x[7] = (e0 - t3 + half) >> shift;
        x[1] = (e1 + t2 + half) >> shift;
        x[6] = (e1 - t2 + half) >> shift;
        x[2] = (e2 + t1 + half) >> shift;
        x[5] = (e2 - t1 + half) >> shift;
        x[3] = (e3 + t0 + half) >> shift;
        x[4] = (e3 - t0 + half) >> shift;
    }
}
