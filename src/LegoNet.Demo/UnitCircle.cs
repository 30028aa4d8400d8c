namespace LegoNet.Demo;

/// <summary>
/// Directions without Math.Sin and Math.Cos, whose last bits differ between machines: 120 equal steps around the circle from two literals, and rotations
/// from the rational parametrisation ((1 − t²) / (1 + t²), 2t / (1 + t²)).
/// </summary>
internal static class UnitCircle
{
    /// <summary>Steps in a full turn; divisible by 3, 4, 5, 6, 8, 10 and 12.</summary>
    public const int Steps = 120;

    // cos and sin of 3 degrees.
    private const double StepX = 0.99862953475457387;
    private const double StepY = 0.052335956242943835;

    private static readonly (double X, double Y)[] s_points = MakePoints();

    /// <summary>The point after <paramref name="step"/> steps of 3 degrees (any whole number), clockwise on a canvas whose y points down.</summary>
    public static (double X, double Y) Point(int step) => s_points[((step % Steps) + Steps) % Steps];

    /// <summary>Cosine and sine of 2·atan(<paramref name="t"/>): t = 0.1 turns by about 11 degrees, t = 1 by 90.</summary>
    public static (double X, double Y) Turn(double t)
    {
        var scale = 1 / (1 + (t * t));
        return ((1 - (t * t)) * scale, 2 * t * scale);
    }

    /// <summary>One rotation after another.</summary>
    public static (double X, double Y) Compose((double X, double Y) a, (double X, double Y) b)
        => ((a.X * b.X) - (a.Y * b.Y), (a.X * b.Y) + (a.Y * b.X));

    /// <summary>A smooth wave of period 1 and amplitude 1, made of parabolas.</summary>
    public static double Wave(double t)
    {
        var u = t - Math.Floor(t);
        return u < 0.5 ? 16 * u * (0.5 - u) : -16 * (u - 0.5) * (1 - u);
    }

    private static (double X, double Y)[] MakePoints()
    {
        var points = new (double X, double Y)[Steps];
        var point = (X: 1.0, Y: 0.0);
        for (var i = 0; i < Steps; i++)
        {
            points[i] = point;
            point = Compose(point, (StepX, StepY));
        }

        return points;
    }
}
