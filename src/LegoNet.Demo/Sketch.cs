namespace LegoNet.Demo;

/// <summary>
/// A vector drawing within about [−1, 1]² (y down): parts in painting order, each a union of ellipses, rings, polygons and lines with
/// optional holes, and read back as a signed distance. One instance serves many pictures.
/// </summary>
internal sealed class Sketch
{
    private const double FarAway = 1e3;

    private Primitive[] _primitives = new Primitive[64];
    private int _primitiveCount;
    private (PaintRole Role, int First, int End)[] _parts = new (PaintRole, int, int)[16];
    private double[] _x = new double[512];
    private double[] _y = new double[512];
    private int _pointCount;

    private enum Kind
    {
        Ellipse,
        Ring,
        Polygon,
        Line,
    }

    /// <summary>The number of parts.</summary>
    public int PartCount { get; private set; }

    /// <summary>Multiplies the half width of lines and rings: the pen of the person who draws.</summary>
    public double PenScale { get; private set; } = 1;

    /// <summary>No line or ring is thinner than twice this, so that it survives at 32 pixels.</summary>
    public double ThinnestHalfWidth { get; private set; }

    /// <summary>Empties the sketch for the next picture.</summary>
    public void Clear(double penScale, double thinnestHalfWidth)
    {
        (PartCount, _primitiveCount, _pointCount) = (0, 0, 0);
        (PenScale, ThinnestHalfWidth) = (penScale, thinnestHalfWidth);
    }

    /// <summary>Starts the next part.</summary>
    public Sketch Part(PaintRole role)
    {
        if (PartCount == _parts.Length)
        {
            Array.Resize(ref _parts, 2 * PartCount);
        }

        _parts[PartCount++] = (role, _primitiveCount, _primitiveCount);
        return this;
    }

    /// <summary>Adds an ellipse with half axes <paramref name="rx"/> and <paramref name="ry"/>.</summary>
    public Sketch Ellipse(double cx, double cy, double rx, double ry) => Add(new(Kind.Ellipse, false, cx, cy, rx, ry, 0, 0));

    /// <summary>Cuts an ellipse out of what the part holds so far.</summary>
    public Sketch CutEllipse(double cx, double cy, double rx, double ry) => Add(new(Kind.Ellipse, true, cx, cy, rx, ry, 0, 0));

    /// <summary>Adds a circular line.</summary>
    public Sketch Ring(double cx, double cy, double radius, double halfWidth) => Add(new(Kind.Ring, false, cx, cy, radius, Pen(halfWidth), 0, 0));

    /// <summary>Adds a closed polygon: x, y, x, y, …</summary>
    public Sketch Polygon(params ReadOnlySpan<double> coordinates) => AddPoints(Kind.Polygon, false, 0, coordinates);

    /// <summary>Cuts a closed polygon out of what the part holds so far.</summary>
    public Sketch CutPolygon(params ReadOnlySpan<double> coordinates) => AddPoints(Kind.Polygon, true, 0, coordinates);

    /// <summary>Adds an open line with round ends: x, y, x, y, …</summary>
    public Sketch Line(double halfWidth, params ReadOnlySpan<double> coordinates) => AddPoints(Kind.Line, false, Pen(halfWidth), coordinates);

    /// <summary>
    /// Moves every corner by up to <paramref name="jitter"/> (no two drawings of a hand are the same) and closes the sketch: distances may be asked for.
    /// </summary>
    public void Finish(ref GeneratedRandom random, double jitter)
    {
        for (var i = 0; i < _pointCount; i++)
        {
            _x[i] += random.Around(jitter);
            _y[i] += random.Around(jitter);
        }

        foreach (ref var primitive in _primitives.AsSpan(0, _primitiveCount))
        {
            primitive = primitive with { Box = BoxOf(primitive) };
        }
    }

    /// <summary>The part's colour role.</summary>
    public PaintRole Role(int part) => _parts[part].Role;

    /// <summary>The signed distance from the part's edge, negative inside; exact within <paramref name="reach"/> of the part and merely large beyond.</summary>
    public double Distance(int part, double x, double y, double reach)
    {
        var distance = FarAway;
        var (_, first, end) = _parts[part];
        foreach (ref readonly var primitive in _primitives.AsSpan(first, end - first))
        {
            if (primitive.Cut)
            {
                distance = Math.Max(distance, -Distance(primitive, x, y));
            }
            else if (primitive.Box.Reaches(x, y, reach))
            {
                distance = Math.Min(distance, Distance(primitive, x, y));
            }
        }

        return distance;
    }

    private static double DistanceToEllipse(in Primitive p, double x, double y)
    {
        var (dx, dy) = ((x - p.A) / p.C, (y - p.B) / p.D);
        var level = Math.Sqrt((dx * dx) + (dy * dy));
        var (gx, gy) = (dx / p.C, dy / p.D);
        var slope = Math.Sqrt((gx * gx) + (gy * gy));
        return slope == 0 ? -Math.Min(p.C, p.D) : level * (level - 1) / slope;
    }

    private static double DistanceToRing(in Primitive p, double x, double y)
    {
        var (dx, dy) = (x - p.A, y - p.B);
        return Math.Abs(Math.Sqrt((dx * dx) + (dy * dy)) - p.C) - p.D;
    }

    private double Distance(in Primitive p, double x, double y) => p.Kind switch
    {
        Kind.Ellipse => DistanceToEllipse(p, x, y),
        Kind.Ring => DistanceToRing(p, x, y),
        Kind.Polygon => DistanceToPolygon(p, x, y),
        _ => DistanceToLine(p, x, y),
    };

    private double DistanceToPolygon(in Primitive p, double x, double y)
    {
        var xs = _x.AsSpan(p.First, p.Count);
        var ys = _y.AsSpan(p.First, p.Count);
        var best = double.MaxValue;
        var inside = false;
        for (int i = 0, j = xs.Length - 1; i < xs.Length; j = i++)
        {
            best = Math.Min(best, SquaredDistance(xs[i], ys[i], xs[j], ys[j], x, y));
            if (ys[i] > y != ys[j] > y && x < ((xs[j] - xs[i]) * (y - ys[i]) / (ys[j] - ys[i])) + xs[i])
            {
                inside = !inside;
            }
        }

        var distance = Math.Sqrt(best);
        return inside ? -distance : distance;
    }

    private double DistanceToLine(in Primitive p, double x, double y)
    {
        var xs = _x.AsSpan(p.First, p.Count);
        var ys = _y.AsSpan(p.First, p.Count);
        var best = double.MaxValue;
        for (var i = 1; i < xs.Length; i++)
        {
            best = Math.Min(best, SquaredDistance(xs[i], ys[i], xs[i - 1], ys[i - 1], x, y));
        }

        return Math.Sqrt(best) - p.D;
    }

    private static double SquaredDistance(double ax, double ay, double bx, double by, double x, double y)
    {
        var (ex, ey) = (bx - ax, by - ay);
        var (wx, wy) = (x - ax, y - ay);
        var length = (ex * ex) + (ey * ey);
        var t = length > 0 ? Math.Clamp(((wx * ex) + (wy * ey)) / length, 0, 1) : 0;
        var (dx, dy) = (wx - (t * ex), wy - (t * ey));
        return (dx * dx) + (dy * dy);
    }

    private Box BoxOf(in Primitive p)
    {
        if (p.Kind == Kind.Ellipse)
        {
            return new(p.A - p.C, p.A + p.C, p.B - p.D, p.B + p.D);
        }

        if (p.Kind == Kind.Ring)
        {
            var radius = p.C + p.D;
            return new(p.A - radius, p.A + radius, p.B - radius, p.B + radius);
        }

        var (left, right, top, bottom) = (FarAway, -FarAway, FarAway, -FarAway);
        for (var i = p.First; i < p.First + p.Count; i++)
        {
            (left, right) = (Math.Min(left, _x[i]), Math.Max(right, _x[i]));
            (top, bottom) = (Math.Min(top, _y[i]), Math.Max(bottom, _y[i]));
        }

        return new(left - p.D, right + p.D, top - p.D, bottom + p.D);
    }

    private double Pen(double halfWidth) => Math.Max(halfWidth * PenScale, ThinnestHalfWidth);

    private Sketch AddPoints(Kind kind, bool cut, double halfWidth, ReadOnlySpan<double> coordinates)
    {
        var count = coordinates.Length / 2;
        if (_pointCount + count > _x.Length)
        {
            Array.Resize(ref _x, 2 * (_pointCount + count));
            Array.Resize(ref _y, _x.Length);
        }

        Add(new(kind, cut, 0, 0, 0, halfWidth, _pointCount, count));
        for (var i = 0; i < count; i++, _pointCount++)
        {
            (_x[_pointCount], _y[_pointCount]) = (coordinates[2 * i], coordinates[(2 * i) + 1]);
        }

        return this;
    }

    private Sketch Add(Primitive primitive)
    {
        if (_primitiveCount == _primitives.Length)
        {
            Array.Resize(ref _primitives, 2 * _primitiveCount);
        }

        _primitives[_primitiveCount++] = primitive;
        _parts[PartCount - 1].End = _primitiveCount;
        return this;
    }

    private readonly record struct Box(double Left, double Right, double Top, double Bottom)
    {
        public bool Reaches(double x, double y, double reach) => x > Left - reach && x < Right + reach && y > Top - reach && y < Bottom + reach;
    }

    /// <summary>Ellipse: centre A, B and half axes C, D. Ring: centre A, B, radius C, half width D. Polygon and line: points, half width D.</summary>
    private readonly record struct Primitive(Kind Kind, bool Cut, double A, double B, double C, double D, int First, int Count, Box Box = default);
}
