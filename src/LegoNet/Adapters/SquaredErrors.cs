using LegoNet.Specs;

namespace LegoNet.Adapters;

/// <summary>Squared errors of predicted numbers of steps, rounded to integers before they are added, so that the order of rows changes nothing.</summary>
internal static class SquaredErrors
{
    // An error is cut to this many times the declared range, and a sum over 2^31 rows fits an int64.
    private const double MostRanges = 4;
    private const double MostUnits = 1L << 31;

    /// <summary>The sum over rows, in squared steps.</summary>
    /// <param name="labels">How labels are stored.</param>
    /// <param name="words">Labels, [m].</param>
    /// <param name="scores">Predicted distances from the middle of the range, [m].</param>
    public static double Sum(LabelLayout labels, ReadOnlySpan<int> words, ReadOnlySpan<double> scores)
    {
        var most = MostRanges * Math.Max(1, labels.Target!.Steps);
        var units = Math.ScaleB(1, Math.ILogB(MostUnits / (most * most)));
        long sum = 0;
        for (var r = 0; r < words.Length; r++)
        {
            var error = Math.Clamp(scores[r] - Targets.Of(labels, words.Slice(r, 1), 0), -most, most);
            sum += (long)Math.Round(error * error * units);
        }

        return sum / units;
    }
}
