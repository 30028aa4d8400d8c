namespace LegoNet.Demo;

/// <summary>A colour; each channel 0–255.</summary>
internal readonly record struct Rgb(double R, double G, double B)
{
    /// <summary>Brightness as the eye weighs it (Rec. 601), 0–255.</summary>
    public double Luma => (0.299 * R) + (0.587 * G) + (0.114 * B);

    /// <summary>A colour by hue (any number, period 1), saturation and value (0–1).</summary>
    public static Rgb FromHsv(double hue, double saturation, double value)
    {
        var h = (hue - Math.Floor(hue)) * 6;
        return new(Channel(h + 2), Channel(h), Channel(h - 2 + 6));

        // The classic trapezoid, shifted by a third of a turn per channel so that hue 0 is red.
        double Channel(double position)
        {
            position -= 6 * Math.Floor(position / 6);
            var level = position < 1 ? position : position < 3 ? 1 : position < 4 ? 4 - position : 0;
            return 255 * value * (1 - (saturation * (1 - level)));
        }
    }

    /// <summary>The colour <paramref name="share"/> (0–1) of the way to <paramref name="other"/>.</summary>
    public Rgb Toward(Rgb other, double share) => new(R + (share * (other.R - R)), G + (share * (other.G - G)), B + (share * (other.B - B)));
}
