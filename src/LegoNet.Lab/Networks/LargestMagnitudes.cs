namespace LegoNet.Lab.Networks;

/// <summary>Pruning by magnitude.</summary>
internal static class LargestMagnitudes
{
    private const int HighBits = 16;

    /// <summary>Sets all but the largest magnitudes to zero; among equal ones the first are kept.</summary>
    /// <param name="values">The values.</param>
    /// <param name="fraction">The share that is kept, above 0 and up to 1; rounded up to a whole number of values.</param>
    public static void Keep(Span<float> values, double fraction)
    {
        var keep = (int)Math.Ceiling(values.Length * fraction);
        if (keep >= values.Length)
        {
            return;
        }

        // Magnitudes of float32 are in the order of their bits: first the bucket of the smallest that is kept, then the value in it.
        var counts = new int[1 << HighBits];
        foreach (var value in values)
        {
            counts[Bits(value) >> HighBits]++;
        }

        var high = Take(counts, ref keep);
        Array.Clear(counts);
        foreach (var value in values)
        {
            if (Bits(value) >> HighBits == high)
            {
                counts[Bits(value) & (counts.Length - 1)]++;
            }
        }

        var threshold = (high << HighBits) | Take(counts, ref keep);
        foreach (ref var value in values)
        {
            if (Bits(value) < threshold || (Bits(value) == threshold && keep-- <= 0))
            {
                value = 0;
            }
        }
    }

    // The bucket, from the last, in which the count of those to keep runs out; what is left to take from it.
    private static int Take(int[] counts, ref int keep)
    {
        var bucket = counts.Length - 1;
        for (; counts[bucket] < keep; bucket--)
        {
            keep -= counts[bucket];
        }

        return bucket;
    }

    private static int Bits(float value) => BitConverter.SingleToInt32Bits(value) & int.MaxValue;
}
