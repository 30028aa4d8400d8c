using static LegoNet.Demo.PaintRole;

namespace LegoNet.Demo;

/// <summary>The classes of the demo set: ten everyday things as people doodle them, upright within about [−1, 1]² (y down).</summary>
internal static class Doodles
{
    /// <summary>The classes in the order of <see cref="Draw"/>.</summary>
    public static readonly string[] Names = ["boat", "car", "cup", "fish", "flower", "house", "key", "sun", "tree", "umbrella"];

    /// <summary>Draws one example of a class; details vary with the generator.</summary>
    public static void Draw(int drawnClass, Sketch sketch, ref GeneratedRandom random)
    {
        switch (drawnClass)
        {
            case 0:
                Boat(sketch, ref random);
                break;
            case 1:
                Car(sketch, ref random);
                break;
            case 2:
                Cup(sketch, ref random);
                break;
            case 3:
                Fish(sketch, ref random);
                break;
            case 4:
                Flower(sketch, ref random);
                break;
            case 5:
                House(sketch, ref random);
                break;
            case 6:
                Key(sketch, ref random);
                break;
            case 7:
                Sun(sketch, ref random);
                break;
            case 8:
                Tree(sketch, ref random);
                break;
            default:
                Umbrella(sketch, ref random);
                break;
        }
    }

    private static void Boat(Sketch sketch, ref GeneratedRandom random)
    {
        var deck = random.Between(0.25, 0.4);
        var bow = random.Between(0.35, 0.6);
        sketch.Part(Body).Polygon(-0.95, deck, 0.95, deck, bow, 0.85, -bow, 0.85);
        sketch.Part(Ink).Line(0.05, 0, deck, 0, -0.95);
        sketch.Part(Accent).Polygon(0.1, -0.9, random.Between(0.6, 0.85), deck - 0.12, 0.1, deck - 0.12);
        if (random.Chance(0.6))
        {
            sketch.Part(Detail).Polygon(-0.1, -0.7, random.Between(-0.7, -0.45), deck - 0.12, -0.1, deck - 0.12);
        }
    }

    private static void Car(Sketch sketch, ref GeneratedRandom random)
    {
        var roof = random.Between(-0.6, -0.4);
        var hood = random.Between(0.4, 0.7);
        sketch.Part(Body).Polygon(-0.95, -0.05, 0.95, -0.05, 0.95, 0.45, -0.95, 0.45).Polygon(-0.75, -0.02, -0.5, roof, hood - 0.3, roof, hood, -0.02);
        sketch.Part(Detail).Polygon(-0.55, -0.08, -0.42, roof + 0.12, hood - 0.36, roof + 0.12, hood - 0.18, -0.08);
        var wheel = random.Between(0.2, 0.28);
        sketch.Part(Ink).Ellipse(-0.5, 0.45, wheel, wheel).Ellipse(0.5, 0.45, wheel, wheel);
        if (random.Chance(0.5))
        {
            sketch.Part(Accent).Ellipse(-0.5, 0.45, 0.1, 0.1).Ellipse(0.5, 0.45, 0.1, 0.1);
        }
    }

    private static void Cup(Sketch sketch, ref GeneratedRandom random)
    {
        var foot = random.Between(0.25, 0.5);
        var rim = random.Between(-0.55, -0.35);
        sketch.Part(Ink).Ring(0.55, random.Between(0, 0.2), random.Between(0.25, 0.33), 0.07);
        sketch.Part(Body).Polygon(-0.65, rim, 0.55, rim, foot, 0.8, -foot - 0.1, 0.8);
        if (random.Chance(0.6))
        {
            sketch.Part(Accent).Polygon(-0.6, 0, 0.48, 0, 0.44, 0.28, -0.54, 0.28);
        }

        if (random.Chance(0.45))
        {
            sketch.Part(Detail)
                .Line(0.04, -0.3, rim - 0.12, -0.2, rim - 0.28, -0.3, rim - 0.45)
                .Line(0.04, 0.15, rim - 0.12, 0.25, rim - 0.28, 0.15, rim - 0.45);
        }
    }

    private static void Fish(Sketch sketch, ref GeneratedRandom random)
    {
        var height = random.Between(0.34, 0.52);
        var tail = random.Between(0.32, 0.5);
        sketch.Part(Accent).Polygon(-0.42, 0, -0.98, -tail, -0.8, 0, -0.98, tail);
        if (random.Chance(0.6))
        {
            sketch.Part(Accent).Polygon(-0.2, -height + 0.12, 0.1, -height - 0.28, 0.35, -height + 0.12);
        }

        sketch.Part(Body).Ellipse(0.18, 0, 0.75, height);
        sketch.Part(Ink).Ellipse(0.58, -0.1, 0.09, 0.09);
        if (random.Chance(0.5))
        {
            sketch.Part(Detail).Line(0.05, 0.3, -height + 0.15, 0.22, 0, 0.3, height - 0.15);
        }
    }

    private static void Flower(Sketch sketch, ref GeneratedRandom random)
    {
        var centre = random.Between(-0.4, -0.25);
        sketch.Part(Ink).Line(0.06, 0, centre, random.Around(0.12), 0.95);
        if (random.Chance(0.7))
        {
            var side = random.Chance(0.5) ? 1 : -1;
            sketch.Part(Detail).Polygon(0, 0.7, side * 0.45, 0.3, side * 0.4, 0.6);
        }

        var petals = 5 + random.Below(2);
        var start = random.Below(24);
        sketch.Part(Body);
        for (var i = 0; i < petals; i++)
        {
            var (x, y) = UnitCircle.Point(start + (i * UnitCircle.Steps / petals));
            sketch.Ellipse(0.38 * x, centre + (0.38 * y), 0.25, 0.25);
        }

        sketch.Part(Accent).Ellipse(0, centre, 0.2, 0.2);
    }

    private static void House(Sketch sketch, ref GeneratedRandom random)
    {
        var eaves = random.Between(-0.15, 0.1);
        var half = random.Between(0.6, 0.8);
        if (random.Chance(0.5))
        {
            sketch.Part(Detail).Polygon(0.35, -0.85, 0.58, -0.85, 0.58, eaves, 0.35, eaves);
        }

        sketch.Part(Body).Polygon(-half, eaves, half, eaves, half, 0.9, -half, 0.9);
        sketch.Part(Accent).Polygon(-half - 0.2, eaves, random.Around(0.15), -0.95, half + 0.2, eaves);
        var door = random.Between(-0.35, 0.1);
        sketch.Part(Ink).Polygon(door, 0.9, door, 0.4, door + 0.28, 0.4, door + 0.28, 0.9);
        if (random.Chance(0.6))
        {
            sketch.Part(Detail).Polygon(0.4 - 0.12, 0.2, 0.4 + 0.12, 0.2, 0.4 + 0.12, 0.45, 0.4 - 0.12, 0.45);
        }
    }

    private static void Key(Sketch sketch, ref GeneratedRandom random)
    {
        var radius = random.Between(0.26, 0.36);
        var tooth = random.Between(0.25, 0.38);
        sketch.Part(Body).Ring(-0.6, 0, radius, 0.1).Line(0.09, -0.6 + radius, 0, 0.92, 0)
            .Line(0.08, 0.85, 0, 0.85, tooth).Line(0.08, 0.55, 0, 0.55, tooth - 0.06);
        if (random.Chance(0.4))
        {
            sketch.Line(0.08, 0.25, 0, 0.25, tooth);
        }
    }

    private static void Sun(Sketch sketch, ref GeneratedRandom random)
    {
        var rays = random.Below(3) switch { 0 => 8, 1 => 10, _ => 12 };
        var radius = random.Between(0.38, 0.52);
        var start = random.Below(UnitCircle.Steps);
        sketch.Part(Accent);
        for (var i = 0; i < rays; i++)
        {
            var (x, y) = UnitCircle.Point(start + (i * UnitCircle.Steps / rays));
            sketch.Line(0.055, (radius + 0.17) * x, (radius + 0.17) * y, 0.97 * x, 0.97 * y);
        }

        sketch.Part(Body).Ellipse(0, 0, radius, radius);
        if (random.Chance(0.4))
        {
            sketch.Part(Ink).Ellipse(-0.15, -0.08, 0.06, 0.06).Ellipse(0.15, -0.08, 0.06, 0.06);
        }
    }

    private static void Tree(Sketch sketch, ref GeneratedRandom random)
    {
        var trunk = random.Between(0.1, 0.17);
        sketch.Part(Accent).Polygon(-trunk, 0.1, trunk, 0.1, trunk + 0.05, 0.95, -trunk - 0.05, 0.95);
        sketch.Part(Body);
        if (random.Chance(0.5))
        {
            var half = random.Between(0.5, 0.7);
            sketch.Polygon(-half, 0.45, 0, -0.35, half, 0.45).Polygon(-half + 0.1, 0.05, 0, -0.65, half - 0.1, 0.05)
                .Polygon(-half + 0.2, -0.35, 0, -0.97, half - 0.2, -0.35);
        }
        else
        {
            var crown = random.Between(0.32, 0.4);
            sketch.Ellipse(-0.32, -0.15, crown, crown).Ellipse(0.32, -0.15, crown, crown).Ellipse(random.Around(0.1), -0.52, crown + 0.04, crown + 0.04);
            if (random.Chance(0.5))
            {
                sketch.Part(Detail).Ellipse(-0.25, -0.2, 0.09, 0.09).Ellipse(0.3, -0.05, 0.09, 0.09).Ellipse(0.05, -0.55, 0.09, 0.09);
            }
        }
    }

    private static void Umbrella(Sketch sketch, ref GeneratedRandom random)
    {
        var edge = random.Between(-0.1, 0.1);
        var hook = random.Between(0.18, 0.26);
        sketch.Part(Ink).Line(0.06, 0, -0.9, 0, 0.75, -0.06, 0.9, -hook, 0.92, -hook - 0.1, 0.75);
        sketch.Part(Body).Ellipse(0, edge, 0.92, random.Between(0.7, 0.85)).CutPolygon(-1.2, edge, 1.2, edge, 1.2, 1.2, -1.2, 1.2);
        if (random.Chance(0.6))
        {
            sketch.Part(Accent).Polygon(-0.32, edge, 0, edge - 0.72, 0.32, edge);
        }
    }
}
