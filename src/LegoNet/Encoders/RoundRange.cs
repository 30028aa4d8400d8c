using System.Globalization;

namespace LegoNet.Encoders;

/// <summary>A range whose ends are round numbers, and round places to cut it at.</summary>
/// <param name="Min">Lower end.</param>
/// <param name="Max">Upper end.</param>
/// <param name="Exponent">The steps' power of ten.</param>
/// <param name="Digit">The steps' leading digit: 1, 2 or 5.</param>
internal sealed record RoundRange(double Min, double Max, int Exponent, int Digit)
{
    private const int StepsWanted = 10;
    private const double LargestWhole = 1e15;

    /// <summary>The smallest round range around two numbers, in steps of 1, 2 or 5 times a power of ten.</summary>
    /// <param name="low">The smaller number.</param>
    /// <param name="high">The larger number.</param>
    /// <param name="smallestExponent">The finest step's power of ten; 0 for whole numbers.</param>
    /// <returns>Null where the numbers are too close together, for their size, to be told apart.</returns>
    public static RoundRange? Around(double low, double high, int smallestExponent)
    {
        var span = high - low;
        if (!(span > 0) || !double.IsFinite(span))
        {
            return null;
        }

        var (exponent, digit) = Step(span / StepsWanted);
        if (exponent < smallestExponent)
        {
            (exponent, digit) = (smallestExponent, 1);
        }

        var step = Scaled(digit, exponent);
        var (first, last) = (Math.Floor(low / step), Math.Ceiling(high / step));

        // A quotient rounded the wrong way must not leave a number outside.
        first -= Scaled(first * digit, exponent) > low ? 1 : 0;
        last += Scaled(last * digit, exponent) < high ? 1 : 0;
        return Math.Abs(first) < LargestWhole && Math.Abs(last) < LargestWhole && first < last
            ? new RoundRange(Scaled(first * digit, exponent), Scaled(last * digit, exponent), exponent, digit)
            : null;
    }

    /// <summary>Evenly spaced places between the ends.</summary>
    public IReadOnlyList<double> EvenEdges()
    {
        var step = Scaled(Digit, Exponent);
        var (first, last) = (Math.Round(Min / step), Math.Round(Max / step));
        var edges = new List<double>();
        for (var i = first + 1; i < last; i++)
        {
            edges.Add(Scaled(i * Digit, Exponent));
        }

        return edges;
    }

    /// <summary>The places 1, 2, 5, 10, 20, 50, … over the four decades below the upper end, for numbers that lie mostly far below it.</summary>
    /// <param name="smallestExponent">The finest place's power of ten; 0 for whole numbers.</param>
    public IReadOnlyList<double> WideningEdges(int smallestExponent)
    {
        var top = (int)Math.Floor(Math.Log10(Max));
        var edges = new List<double>();
        for (var exponent = Math.Max(top - 3, smallestExponent); exponent <= top; exponent++)
        {
            edges.AddRange(((ReadOnlySpan<double>)[1, 2, 5]).ToArray().Select(d => Scaled(d, exponent)).Where(e => e > Min && e < Max));
        }

        return edges;
    }

    /// <summary>The smallest 1, 2 or 5 times a power of ten that is not below a size.</summary>
    public static (int Exponent, int Digit) Step(double size)
    {
        var exponent = (int)Math.Floor(Math.Log10(size));
        foreach (var digit in (ReadOnlySpan<int>)[1, 2, 5])
        {
            if (Scaled(digit, exponent) >= size)
            {
                return (exponent, digit);
            }
        }

        return (exponent + 1, 1);
    }

    /// <summary>A whole number times a power of ten, as the decimal number reads: 3 and −1 give 0.3, not 3 × 0.1.</summary>
    public static double Scaled(double whole, int exponent)
        => double.Parse(string.Create(CultureInfo.InvariantCulture, $"{whole:F0}e{exponent}"), NumberStyles.Float, CultureInfo.InvariantCulture) + 0.0;
}
