namespace LegoNet.Numerics;

/// <summary>Weights rounded to int16 multiples of one power of two, so that their products with codes are integers.</summary>
internal static class QuantisedWeights
{
    private const int Largest = short.MaxValue;
    private const long LargestSum = int.MaxValue / GramKernel.Bias;

    /// <summary>Rounds weights.</summary>
    /// <param name="weights">[L, D], finite.</param>
    /// <param name="width">D.</param>
    /// <param name="quantised">Receives [L, D].</param>
    /// <returns>
    /// The step: the least power of two with which every weight fits an int16, and every output's products with codes of ±127 an int32; 0 where
    /// all weights are 0.
    /// </returns>
    public static double Round(ReadOnlySpan<double> weights, int width, Span<short> quantised)
    {
        double largest = 0, largestSum = 0;
        for (var start = 0; start < weights.Length; start += width)
        {
            double sum = 0;
            foreach (var weight in weights.Slice(start, width))
            {
                var size = Math.Abs(weight);
                largest = Math.Max(largest, size);
                sum += size;
            }

            largestSum = Math.Max(largestSum, sum);
        }

        if (largest == 0)
        {
            quantised.Clear();
            return 0;
        }

        // Rounding adds at most a half to each.
        var room = Math.Min(Largest / largest, (LargestSum - ((width + 1) / 2)) / largestSum);
        var exponent = Math.Clamp(Math.ILogB(room), -1000, 1000);
        var factor = Math.ScaleB(1, exponent);
        for (var i = 0; i < weights.Length; i++)
        {
            quantised[i] = (short)Math.Clamp(Math.Round(weights[i] * factor), -Largest, Largest);
        }

        return Math.ScaleB(1, -exponent);
    }
}
