namespace LegoNet.Numerics;

/// <summary>No vectors at all: int16 pairs, a tile of 2 × 8.</summary>
internal readonly struct TileScalar : IIntegerTile
{
    public static bool IsSupported => true;

    public static int Depth => 2;

    public static int Rows => 2;

    public static int Columns => 8;

    public static unsafe void Multiply(int* a, int* b, int steps, int* c)
    {
        for (var i = 0; i < 2; i++)
        {
            for (var j = 0; j < 8; j++)
            {
                var sum = 0;
                for (var s = 0; s < steps; s++)
                {
                    var x = a[(2 * s) + i];
                    var y = b[(8 * s) + j];
                    sum += ((short)x * (short)y) + ((x >> 16) * (y >> 16));
                }

                c[(8 * i) + j] = sum;
            }
        }
    }
}
