namespace LegoNet.Demo;

/// <summary>
/// SplitMix64 (Steele, Lea and Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014), keyed by a few numbers. Every draw is integer
/// arithmetic followed by one exact scaling, so that the same key gives the same pictures on every machine.
/// </summary>
internal struct GeneratedRandom
{
    private const ulong Golden = 0x9E3779B97F4A7C15UL;
    private ulong _state;

    /// <summary>Starts the stream that belongs to the key; streams of different keys are unrelated.</summary>
    public GeneratedRandom(params ReadOnlySpan<ulong> key)
    {
        var state = 0x4C65676F4E657431UL;
        foreach (var word in key)
        {
            // Mixing after every word keeps (1, 2) and (2, 1) apart.
            state = Mix((state ^ word) + Golden);
        }

        _state = state;
    }

    /// <summary>64 uniform bits.</summary>
    public ulong NextBits() => Mix(_state += Golden);

    /// <summary>A uniform number of [0, 1) with 53 bits.</summary>
    public double NextUnit() => (NextBits() >> 11) * (1.0 / (1UL << 53));

    /// <summary>A uniform number of [low, high).</summary>
    public double Between(double low, double high) => low + ((high - low) * NextUnit());

    /// <summary>A number around 0, at most <paramref name="reach"/> away and denser in the middle.</summary>
    public double Around(double reach) => reach * (NextUnit() - NextUnit());

    /// <summary>A uniform whole number of [0, count).</summary>
    public int Below(int count) => (int)Math.BigMul(NextBits(), (ulong)count, out _);

    /// <summary>True with the given probability.</summary>
    public bool Chance(double probability) => NextUnit() < probability;

    private static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9UL;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBUL;
        return z ^ (z >> 31);
    }
}
