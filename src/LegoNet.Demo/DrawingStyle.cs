namespace LegoNet.Demo;

/// <summary>The hand of one subject: habits that show, mildly, in every picture of theirs.</summary>
/// <param name="Hue">The favourite hue (period 1).</param>
/// <param name="HueSpread">How far the three colours lie from each other and from the favourite.</param>
/// <param name="Saturation">How strong the colours are, 0–1.</param>
/// <param name="Paper">The usual brightness of the paper, 0–1.</param>
/// <param name="PenScale">Width of lines, relative to the class's own.</param>
/// <param name="Tilt">The usual slant: tangent of half its angle.</param>
/// <param name="Aspect">Width over height, relative to the class's own.</param>
/// <param name="Wobble">How unsteady lines are, in sketch units.</param>
/// <param name="OutlineShare">How often forms get an outline.</param>
/// <param name="HollowShare">How often forms are outlines only.</param>
internal readonly record struct DrawingStyle(
    double Hue, double HueSpread, double Saturation, double Paper, double PenScale,
    double Tilt, double Aspect, double Wobble, double OutlineShare, double HollowShare)
{
    /// <summary>Draws a subject's habits.</summary>
    public static DrawingStyle Of(GeneratedRandom random) => new(
        Hue: random.NextUnit(),
        HueSpread: random.Between(0.1, 0.4),
        Saturation: random.Between(0.35, 0.95),
        Paper: random.NextUnit(),
        PenScale: random.Between(0.75, 1.5),
        Tilt: random.Around(0.12),
        Aspect: 1 + random.Around(0.2),
        Wobble: random.Between(0, 0.07),
        OutlineShare: random.Between(0.1, 0.7),
        HollowShare: random.Between(0, 0.35));
}
