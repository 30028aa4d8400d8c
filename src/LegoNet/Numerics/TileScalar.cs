namespace LegoNet.Numerics;

/// <summary>No vectors at all: int16 pairs, a tile of 2 × 8 in two halves of eight sums each.</summary>
internal readonly struct TileScalar : IIntegerTile
{
    public static bool IsSupported => true;

    public static int Depth => 2;

    public static int Rows => 2;

    public static int Columns => 8;

    public static unsafe void Multiply(int* a, int* b, int steps, int* c)
    {
        for (var j = 0; j < 8; j += 4)
        {
            int c00 = 0, c01 = 0, c02 = 0, c03 = 0, c10 = 0, c11 = 0, c12 = 0, c13 = 0;
            for (var s = 0; s < steps; s++)
            {
                var x = a[2 * s];
                var y = a[(2 * s) + 1];
                int x0 = (short)x, x1 = x >> 16, y0 = (short)y, y1 = y >> 16;
                var lanes = b + (8 * s) + j;
                int low = (short)lanes[0], high = lanes[0] >> 16;
                c00 += (x0 * low) + (x1 * high);
                c10 += (y0 * low) + (y1 * high);
                low = (short)lanes[1];
                high = lanes[1] >> 16;
                c01 += (x0 * low) + (x1 * high);
                c11 += (y0 * low) + (y1 * high);
                low = (short)lanes[2];
                high = lanes[2] >> 16;
                c02 += (x0 * low) + (x1 * high);
                c12 += (y0 * low) + (y1 * high);
                low = (short)lanes[3];
                high = lanes[3] >> 16;
                c03 += (x0 * low) + (x1 * high);
                c13 += (y0 * low) + (y1 * high);
            }

            c[j] = c00;
            c[j + 1] = c01;
            c[j + 2] = c02;
            c[j + 3] = c03;
            c[j + 8] = c10;
            c[j + 9] = c11;
            c[j + 10] = c12;
            c[j + 11] = c13;
        }
    }
}
