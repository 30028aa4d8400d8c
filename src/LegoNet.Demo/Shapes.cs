using static LegoNet.Demo.PaintRole;

namespace LegoNet.Demo;

/// <summary>
/// The classes of the public set: plain geometric figures, glyphs and textures. None of them is a class of the demo set; an encoder trained on them has
/// learnt edges, corners, arcs, counts and arrangements in general.
/// </summary>
internal static class Shapes
{
    /// <summary>The classes in the order of <see cref="Draw"/>.</summary>
    public static readonly string[] Names =
    [
        "disc", "ring", "half-disc", "crescent", "triangle", "rectangle", "trapezoid", "pentagon",
        "five-point-star", "plus", "letter-l", "letter-t", "letter-h", "letter-e", "zigzag", "arrow",
        "chevrons", "spiral", "arc", "heart", "drop", "gear", "stripes", "checks",
        "dots", "waves", "target", "grid", "rays", "bars", "pair", "box-in-disc",
        "disc-on-stick", "fan", "steps", "dumbbell", "three-in-row", "kite-tail", "bowl", "comb",
    ];

    /// <summary>Draws one example of a class; details vary with the generator.</summary>
    public static void Draw(int drawnClass, Sketch sketch, ref GeneratedRandom random)
    {
        var a = random.Between(0, 1);
        var b = random.Between(0, 1);
        var thick = 0.07 + (0.08 * random.NextUnit());
        switch (Names[drawnClass])
        {
            case "disc":
                sketch.Part(Body).Ellipse(0, 0, 0.85, 0.5 + (0.4 * a));
                break;
            case "ring":
                sketch.Part(Body).Ring(0, 0, 0.55 + (0.3 * a), 0.1 + (0.1 * b));
                break;
            case "half-disc":
                sketch.Part(Body).Ellipse(0, 0.3, 0.9, 0.7 + (0.3 * a)).CutPolygon(-1.3, 0.3, 1.3, 0.3, 1.3, 1.6, -1.3, 1.6);
                break;
            case "crescent":
                sketch.Part(Body).Ellipse(0, 0, 0.85, 0.85).CutEllipse(0.3 + (0.3 * a), 0, 0.6 + (0.15 * b), 0.6 + (0.15 * b));
                break;
            case "triangle":
                sketch.Part(Body).Polygon(-0.85, 0.6, 0.85, 0.6, -0.5 + a, -0.8);
                break;
            case "rectangle":
                sketch.Part(Body).Polygon(-0.8, -0.4 - (0.35 * a), 0.8, -0.4 - (0.35 * a), 0.8, 0.4 + (0.35 * a), -0.8, 0.4 + (0.35 * a));
                break;
            case "trapezoid":
                sketch.Part(Body).Polygon(-0.25 - (0.3 * a), -0.55, 0.25 + (0.3 * b), -0.55, 0.9, 0.55, -0.9, 0.55);
                break;
            case "pentagon":
                Star(sketch, 5, 0.9, 0.9 * 0.809);
                break;
            case "five-point-star":
                Star(sketch, 5, 0.95, 0.35 + (0.15 * a));
                break;
            case "plus":
                sketch.Part(Body).Line(0.12 + (0.12 * a), -0.8, 0, 0.8, 0).Line(0.12 + (0.12 * a), 0, -0.8, 0, 0.8);
                break;
            case "letter-l":
                sketch.Part(Body).Line(thick, -0.4, -0.85, -0.4, 0.8, 0.3 + (0.4 * a), 0.8);
                break;
            case "letter-t":
                sketch.Part(Body).Line(thick, -0.75, -0.75, 0.75, -0.75).Line(thick, 0, -0.75, 0, 0.85);
                break;
            case "letter-h":
                sketch.Part(Body).Line(thick, -0.55, -0.85, -0.55, 0.85).Line(thick, 0.55, -0.85, 0.55, 0.85).Line(thick, -0.55, 0, 0.55, 0);
                break;
            case "letter-e":
                sketch.Part(Body).Line(thick, 0.55, -0.8, -0.5, -0.8, -0.5, 0.8, 0.55, 0.8).Line(thick, -0.5, 0, 0.4, 0);
                break;
            case "zigzag":
                sketch.Part(Body).Line(thick, -0.95, 0.3, -0.5, -0.4, 0, 0.4, 0.5, -0.4, 0.95, 0.3);
                break;
            case "arrow":
                sketch.Part(Body).Line(thick, -0.9, 0, 0.4, 0).Polygon(0.3, -0.35 - (0.2 * a), 0.95, 0, 0.3, 0.35 + (0.2 * a));
                break;
            case "chevrons":
                for (var i = -1; i <= 1; i++)
                {
                    sketch.Part(i == 0 ? Accent : Body).Line(thick, (0.55 * i) - 0.3, -0.6, (0.55 * i) + 0.2, 0, (0.55 * i) - 0.3, 0.6);
                }

                break;
            case "spiral":
                Spiral(sketch, 0.05 + (0.03 * a), random.Chance(0.5) ? 1 : -1);
                break;
            case "arc":
                sketch.Part(Body).Ring(0, 0, 0.75, 0.08 + (0.1 * a)).CutPolygon(0, 0, 1.5, -1.5 + (1.4 * b), 1.5, 1.5, -0.4 + (0.8 * a), 1.5);
                break;
            case "heart":
                sketch.Part(Body).Ellipse(-0.4, -0.3, 0.45, 0.42).Ellipse(0.4, -0.3, 0.45, 0.42).Polygon(-0.8, -0.1, 0.8, -0.1, 0, 0.9);
                break;
            case "drop":
                sketch.Part(Body).Ellipse(0, 0.35, 0.5, 0.5).Polygon(-0.46, 0.16, 0, -0.95, 0.46, 0.16);
                break;
            case "gear":
                Star(sketch, a < 0.5 ? 8 : 10, 0.95, 0.68 + (0.08 * b));
                sketch.CutEllipse(0, 0, 0.3, 0.3);
                break;
            case "stripes":
                for (var i = -2; i <= 2; i++)
                {
                    sketch.Part(i % 2 == 0 ? Body : a < 0.5 ? Body : Accent).Line(0.08 + (0.07 * b), -1.1, 0.45 * i, 1.1, 0.45 * i);
                }

                break;
            case "checks":
                sketch.Part(Body);
                for (var i = 0; i < 16; i++)
                {
                    if (((i & 3) + (i >> 2)) % 2 == 0)
                    {
                        var (x, y) = (-1.0 + (0.5 * (i & 3)), -1.0 + (0.5 * (i >> 2)));
                        sketch.Polygon(x, y, x + 0.5, y, x + 0.5, y + 0.5, x, y + 0.5);
                    }
                }

                break;
            case "dots":
                sketch.Part(Body);
                for (var i = 0; i < 9; i++)
                {
                    sketch.Ellipse(0.65 * ((i % 3) - 1), 0.65 * ((i / 3) - 1), 0.13 + (0.12 * a), 0.13 + (0.12 * a));
                }

                break;
            case "waves":
                for (var i = -1; i <= 1; i++)
                {
                    sketch.Part(Body).Line(
                        thick, -1, (0.6 * i) + 0.1, -0.75, (0.6 * i) - 0.12, -0.5, (0.6 * i) + 0.1, -0.25, (0.6 * i) + 0.24, 0, (0.6 * i) + 0.1,
                        0.25, (0.6 * i) - 0.12, 0.5, (0.6 * i) + 0.1, 0.75, (0.6 * i) + 0.24, 1, (0.6 * i) + 0.1);
                }

                break;
            case "target":
                sketch.Part(Body).Ring(0, 0, 0.85, 0.09).Ring(0, 0, 0.5, 0.09);
                sketch.Part(Accent).Ellipse(0, 0, 0.2, 0.2);
                break;
            case "grid":
                sketch.Part(Body);
                for (var i = -1; i <= 1; i++)
                {
                    sketch.Line(0.05 + (0.05 * a), -1, 0.6 * i, 1, 0.6 * i).Line(0.05 + (0.05 * a), 0.6 * i, -1, 0.6 * i, 1);
                }

                break;
            case "rays":
                sketch.Part(Body);
                for (var i = 0; i < 6; i++)
                {
                    var (x, y) = UnitCircle.Point(20 * i);
                    sketch.Line(thick, 0, 0, 0.95 * x, 0.95 * y);
                }

                break;
            case "bars":
                for (var i = 0; i < 4; i++)
                {
                    sketch.Part(i % 2 == 0 ? Body : Accent).Polygon(
                        -0.9 + (0.48 * i), 0.8, -0.9 + (0.48 * i), random.Between(-0.9, 0.4),
                        -0.55 + (0.48 * i), random.Between(-0.9, 0.4), -0.55 + (0.48 * i), 0.8);
                }

                break;
            case "pair":
                sketch.Part(Body).Ellipse(-0.48, 0, 0.28 + (0.15 * a), 0.28 + (0.15 * a));
                sketch.Part(Accent).Ellipse(0.48, 0, 0.28 + (0.15 * b), 0.28 + (0.15 * b));
                break;
            case "box-in-disc":
                sketch.Part(Body).Ellipse(0, 0, 0.9, 0.9);
                sketch.Part(Accent).Polygon(-0.45, -0.2 - (0.25 * a), 0.45, -0.2 - (0.25 * a), 0.45, 0.2 + (0.25 * a), -0.45, 0.2 + (0.25 * a));
                break;
            case "disc-on-stick":
                sketch.Part(Ink).Line(0.06, 0, 0, 0, 0.95);
                sketch.Part(Body).Ellipse(0, -0.4, 0.35 + (0.15 * a), 0.35 + (0.15 * a));
                break;
            case "fan":
                sketch.Part(Body).Polygon(0, 0, -0.5, -0.95, 0.5, -0.95).Polygon(0, 0, 0.57, 0.9, 1.05, 0.05).Polygon(0, 0, -0.57, 0.9, -1.05, 0.05);
                break;
            case "steps":
                sketch.Part(Body).Polygon(-0.9, 0.8, -0.9, 0.3, -0.3, 0.3, -0.3, -0.25, 0.3, -0.25, 0.3, -0.8, 0.9, -0.8, 0.9, 0.8);
                break;
            case "dumbbell":
                sketch.Part(Ink).Line(0.07, -0.6, 0, 0.6, 0);
                sketch.Part(Body)
                    .Polygon(-0.9, -0.35 - (0.2 * a), -0.5, -0.35 - (0.2 * a), -0.5, 0.35 + (0.2 * a), -0.9, 0.35 + (0.2 * a))
                    .Polygon(0.5, -0.35 - (0.2 * a), 0.9, -0.35 - (0.2 * a), 0.9, 0.35 + (0.2 * a), 0.5, 0.35 + (0.2 * a));
                break;
            case "three-in-row":
                for (var i = -1; i <= 1; i++)
                {
                    var x = 0.68 * i;
                    sketch.Part(i == 0 ? Accent : Body)
                        .Polygon(x - 0.22, -0.1 - (0.3 * a), x + 0.22, -0.1 - (0.3 * a), x + 0.22, 0.1 + (0.3 * a), x - 0.22, 0.1 + (0.3 * a));
                }

                break;
            case "kite-tail":
                sketch.Part(Ink).Line(0.05, -0.1, 0.1, -0.35, 0.5, -0.15, 0.7, -0.5, 0.95);
                sketch.Part(Body).Polygon(0.2, -0.95, 0.65, -0.4, 0.1, 0.3, -0.35, -0.5);
                break;
            case "bowl":
                sketch.Part(Body).Ellipse(0, -0.3, 0.9, 0.9).CutEllipse(0, -0.4, 0.62, 0.6 + (0.15 * a))
                    .CutPolygon(-1.3, -0.3, 1.3, -0.3, 1.3, -1.6, -1.3, -1.6);
                break;
            default:
                sketch.Part(Body).Line(thick, -0.85, -0.4, 0.85, -0.4);
                for (var i = 0; i < 4; i++)
                {
                    sketch.Line(thick * 0.8, -0.8 + (0.533 * i), -0.4, -0.8 + (0.533 * i), 0.4 + (0.4 * a));
                }

                break;
        }
    }

    private static void Star(Sketch sketch, int points, double outer, double inner)
    {
        Span<double> coordinates = stackalloc double[4 * points];
        for (var i = 0; i < 2 * points; i++)
        {
            var (x, y) = UnitCircle.Point((i * UnitCircle.Steps / (2 * points)) - (UnitCircle.Steps / 4));
            var radius = i % 2 == 0 ? outer : inner;
            (coordinates[2 * i], coordinates[(2 * i) + 1]) = (radius * x, radius * y);
        }

        sketch.Part(Body).Polygon(coordinates);
    }

    private static void Spiral(Sketch sketch, double halfWidth, int sense)
    {
        const int Corners = 26;
        Span<double> coordinates = stackalloc double[2 * Corners];
        for (var i = 0; i < Corners; i++)
        {
            var (x, y) = UnitCircle.Point(sense * 10 * i);
            var radius = 0.08 + (0.85 * i / (Corners - 1));
            (coordinates[2 * i], coordinates[(2 * i) + 1]) = (radius * x, radius * y);
        }

        sketch.Part(Body).Line(halfWidth, coordinates);
    }
}
