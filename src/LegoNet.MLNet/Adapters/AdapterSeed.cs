namespace LegoNet.MLNet.Adapters;

/// <summary>The 32-bit seeds that ML.NET takes, from the 64-bit seed of an adapter.</summary>
internal static class AdapterSeed
{
    /// <summary>The seed of one fit, 0…2^31 − 1.</summary>
    /// <param name="seed">The adapter's seed.</param>
    /// <param name="output">The score that the fit is for, or 0 where one fit gives all.</param>
    public static int Of(ulong seed, int output) => (int)(Mix(seed + ((ulong)output * 0x9E3779B97F4A7C15)) >> 33);

    // The finaliser of SplitMix64 (Steele, Lea and Flood, "Fast splittable pseudorandom number generators", 2014).
    private static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
