namespace LegoNet.Demo;

/// <summary>
/// Paints one picture: paper, stray marks, the object, perhaps something in front of it, noise. Only + − × ÷, square roots and comparisons of IEEE doubles,
/// which .NET neither reorders nor fuses, so the bytes are the same on every machine.
/// </summary>
internal sealed class SceneRenderer
{
    /// <summary>Rows, and pixels per row.</summary>
    public const int Side = 32;

    /// <summary>Red, green, blue.</summary>
    public const int Channels = 3;

    private readonly Rgb[] _canvas = new Rgb[Side * Side];
    private readonly Sketch _sketch = new();
    private readonly Rgb[] _palette = new Rgb[4];

    /// <summary>How forms are painted.</summary>
    private enum Fill
    {
        Plain,
        Outlined,
        Hollow,
    }

    /// <summary>Draws into the renderer's sketch.</summary>
    public delegate void Drawing(int drawnClass, Sketch sketch, ref GeneratedRandom random);

    /// <summary>Paints one picture.</summary>
    /// <param name="drawing">Draws the classes.</param>
    /// <param name="drawnClass">Which class to draw.</param>
    /// <param name="style">The subject's hand.</param>
    /// <param name="options">How hard the set is.</param>
    /// <param name="random">The picture's own generator.</param>
    /// <param name="pixels">Receives the bytes, row-major [32, 32, 3].</param>
    public void Paint(Drawing drawing, int drawnClass, in DrawingStyle style, SceneOptions options, GeneratedRandom random, Span<byte> pixels)
    {
        var paper = PaintPaper(style, ref random);
        MixPalette(style, options, paper, ref random);
        for (var marks = random.Below(options.MostClutter + 1); marks > 0; marks--)
        {
            PaintMark(_palette[random.Below(_palette.Length)].Toward(paper, random.Between(0.1, 0.7)), 1.2, 4.5, ref random);
        }

        var place = Place(style, options, ref random);
        var fill = random.Chance(style.HollowShare) ? Fill.Hollow : random.Chance(style.OutlineShare) ? Fill.Outlined : Fill.Plain;
        _sketch.Clear(style.PenScale, 0.55 / place.Scale);
        drawing(drawnClass, _sketch, ref random);
        _sketch.Finish(ref random, style.Wobble + 0.03);
        PaintSketch(place, fill, Math.Max(0.5, 0.6 * style.PenScale));
        if (random.Chance(options.OcclusionShare))
        {
            var colour = Rgb.FromHsv(random.NextUnit(), random.Between(0, 0.8), random.Between(0.15, 1));
            PaintMark(colour, 2.2, 5.5, ref random);
        }

        Develop(options, ref random, pixels);
    }

    private Rgb PaintPaper(in DrawingStyle style, ref GeneratedRandom random)
    {
        var brightness = Math.Clamp(style.Paper + random.Around(0.35), 0, 1);
        var first = Rgb.FromHsv(random.Chance(0.5) ? style.Hue + random.Around(0.3) : random.NextUnit(), random.Between(0, 0.45), 0.12 + (0.85 * brightness));
        var second = first.Toward(Rgb.FromHsv(random.NextUnit(), random.Between(0, 0.5), random.NextUnit()), random.Between(0, 0.45));
        var (dx, dy) = UnitCircle.Point(random.Below(UnitCircle.Steps));
        var texture = random.Chance(0.4) ? random.Between(0.05, 0.3) : 0;
        var pitch = random.Between(0.08, 0.3);
        for (var y = 0; y < Side; y++)
        {
            for (var x = 0; x < Side; x++)
            {
                var along = ((x - 15.5) * dx) + ((y - 15.5) * dy);
                var share = 0.5 + (along / 44) + (texture * UnitCircle.Wave(along * pitch));
                _canvas[(y * Side) + x] = first.Toward(second, Math.Clamp(share, 0, 1));
            }
        }

        return first.Toward(second, 0.5);
    }

    private void MixPalette(in DrawingStyle style, SceneOptions options, Rgb paper, ref GeneratedRandom random)
    {
        for (var role = 0; role < _palette.Length; role++)
        {
            var colour = role == (int)PaintRole.Ink
                ? Rgb.FromHsv(random.NextUnit(), random.Between(0, 0.4), paper.Luma > 110 ? random.Between(0, 0.3) : random.Between(0.75, 1))
                : Rgb.FromHsv(style.Hue + (role * style.HueSpread) + random.Around(0.12), style.Saturation * random.Between(0.6, 1), random.Between(0.25, 1));

            // Move toward white or black, away from the paper, until the contrast is there.
            var end = paper.Luma > 128 ? default : new Rgb(255, 255, 255);
            for (var step = 0; step < 8 && Math.Abs(colour.Luma - paper.Luma) < options.LeastContrast; step++)
            {
                colour = colour.Toward(end, 0.3);
            }

            _palette[role] = colour;
        }
    }

    private static Placement Place(in DrawingStyle style, SceneOptions options, ref GeneratedRandom random)
    {
        var size = random.Between(options.SmallestSize, options.LargestSize);
        var turn = options.AnyTurn
            ? UnitCircle.Compose(UnitCircle.Point(random.Below(UnitCircle.Steps)), UnitCircle.Turn(random.Around(0.03)))
            : UnitCircle.Turn(style.Tilt + random.Around(options.TurnReach));
        var room = Math.Max(0, 16.5 - (0.9 * size));
        var aspect = Math.Clamp(style.Aspect + random.Around(0.2), 0.7, 1.4);
        return new(
            CentreX: 16 + random.Between(-room, room),
            CentreY: 16 + random.Between(-room, room),
            Scale: size,
            TurnX: turn.X,
            TurnY: turn.Y,
            Width: (random.Chance(0.5) ? 1 : -1) * (aspect > 1 ? 1 : aspect),
            Height: aspect > 1 ? 1 / aspect : 1,
            Shear: random.Around(0.25),
            Warp: random.Between(0, options.Warp),
            Pitch: random.Between(0.3, 0.8),
            PhaseX: random.NextUnit(),
            PhaseY: random.NextUnit());
    }

    private void PaintSketch(in Placement place, Fill fill, double halfOutline)
    {
        var reach = (halfOutline + 1.5) / place.Scale;
        for (var y = 0; y < Side; y++)
        {
            for (var x = 0; x < Side; x++)
            {
                var (u, v) = place.ToSketch(x + 0.5, y + 0.5);
                if (Math.Abs(u) > 1.4 + reach || Math.Abs(v) > 1.4 + reach)
                {
                    continue;
                }

                ref var pixel = ref _canvas[(y * Side) + x];
                for (var part = 0; part < _sketch.PartCount; part++)
                {
                    var distance = _sketch.Distance(part, u, v, reach) * place.Scale;
                    if (distance > halfOutline + 0.5)
                    {
                        continue;
                    }

                    var role = _sketch.Role(part);
                    var colour = _palette[(int)role];
                    if (fill == Fill.Hollow && role != PaintRole.Ink)
                    {
                        pixel = pixel.Toward(colour, Coverage(Math.Abs(distance) - halfOutline));
                        continue;
                    }

                    pixel = pixel.Toward(colour, Coverage(distance));
                    if (fill == Fill.Outlined && role != PaintRole.Ink)
                    {
                        pixel = pixel.Toward(_palette[(int)PaintRole.Ink], Coverage(Math.Abs(distance) - halfOutline));
                    }
                }
            }
        }
    }

    /// <summary>A stray mark: a round blot or a stroke, <paramref name="thinnest"/> to <paramref name="thickest"/> pixels wide.</summary>
    private void PaintMark(Rgb colour, double thinnest, double thickest, ref GeneratedRandom random)
    {
        var (cx, cy) = (random.Between(0, Side), random.Between(0, Side));
        var (dx, dy) = UnitCircle.Point(random.Below(UnitCircle.Steps));
        var half = random.Chance(0.5) ? 0 : random.Between(2, 12);
        var radius = random.Between(thinnest, thickest) / (half > 0 ? 2.5 : 1);
        for (var y = 0; y < Side; y++)
        {
            for (var x = 0; x < Side; x++)
            {
                var (px, py) = (x + 0.5 - cx, y + 0.5 - cy);
                var along = Math.Clamp((px * dx) + (py * dy), -half, half);
                var (rx, ry) = (px - (along * dx), py - (along * dy));
                var distance = Math.Sqrt((rx * rx) + (ry * ry)) - radius;
                if (distance < 0.5)
                {
                    ref var pixel = ref _canvas[(y * Side) + x];
                    pixel = pixel.Toward(colour, Coverage(distance));
                }
            }
        }
    }

    private void Develop(SceneOptions options, ref GeneratedRandom random, Span<byte> pixels)
    {
        var noise = random.Between(0, options.MostNoise);
        for (var i = 0; i < _canvas.Length; i++)
        {
            // One draw feeds three channels: the difference of two 10-bit numbers each, so that the noise is densest at 0.
            var bits = random.NextBits();
            var pixel = _canvas[i];
            pixels[Channels * i] = ToByte(pixel.R + (noise * Noise(bits)));
            pixels[(Channels * i) + 1] = ToByte(pixel.G + (noise * Noise(bits >> 21)));
            pixels[(Channels * i) + 2] = ToByte(pixel.B + (noise * Noise(bits >> 42)));
        }
    }

    private static double Noise(ulong bits) => ((int)(bits & 0x3FF) - (int)((bits >> 10) & 0x3FF)) * (1.0 / 1024);

    private static byte ToByte(double value) => (byte)(int)(Math.Clamp(value, 0, 255) + 0.5);

    private static double Coverage(double distance) => Math.Clamp(0.5 - distance, 0, 1);

    private readonly record struct Placement(
        double CentreX, double CentreY, double Scale, double TurnX, double TurnY, double Width, double Height,
        double Shear, double Warp, double Pitch, double PhaseX, double PhaseY)
    {
        /// <summary>From pixels to the sketch's own coordinates.</summary>
        public (double U, double V) ToSketch(double x, double y)
        {
            var (px, py) = ((x - CentreX) / Scale, (y - CentreY) / Scale);
            var v = ((py * TurnX) - (px * TurnY)) / Height;
            var u = (((px * TurnX) + (py * TurnY)) / Width) + (Shear * v);
            return (u + (Warp * UnitCircle.Wave((Pitch * v) + PhaseX)), v + (Warp * UnitCircle.Wave((Pitch * u) + PhaseY)));
        }
    }
}
