using LegoNet.Numerics;

namespace LegoNet.Routing;

/// <summary>
/// Keys in random directions, made from a seed by integer methods only: the same on every machine, and dependent on no data at all.
/// </summary>
/// <remarks>
/// <para>Stream: SplitMix64 (Steele, Lea and Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014). The i-th output
/// of SplitMix64(seed) is the seed of key i's own stream; four of its outputs, cut into sixteen 16-bit numbers, give one component.
/// Key i therefore depends on the seed and i alone, not on n, and its first components not on d.</para>
/// <para>Component: the sum of sixteen independent uniform integers in 0…65535 less its mean, 524,280. By the central limit theorem
/// that is nearly Gaussian: mean 0, standard deviation √(16·(65536² − 1)/12) ≈ 75,674, skewness 0, excess kurtosis −1.2/16 = −0.075,
/// range ±6.9 σ. Directions only have to be spread evenly; no logarithm or cosine is needed, whose last bit may differ by machine.</para>
/// </remarks>
public static class GaussianKeys
{
    private const ulong Gamma = 0x9E3779B97F4A7C15;

    /// <summary>Creates n keys of dimension d.</summary>
    /// <param name="seed">The seed.</param>
    /// <param name="count">n, 1…65,535.</param>
    /// <param name="dimension">d, at least 1.</param>
    /// <exception cref="LegoNetException">n or d is out of range.</exception>
    public static KeySet Create(long seed, int count, int dimension)
    {
        if (count is < 1 or > KeySet.MaxCount || dimension < 1 || (long)count * dimension > Array.MaxLength)
        {
            throw LegoNetException.BadInput($"{count} keys of dimension {dimension} cannot be made.");
        }

        var components = new int[count * dimension];
        var seeds = unchecked((ulong)seed);
        for (var i = 0; i < count; i++)
        {
            var state = Next(ref seeds);
            foreach (ref var component in components.AsSpan(i * dimension, dimension))
            {
                component = Component(ref state);
            }
        }

        return KeySet.Normalise(components, dimension);
    }

    /// <summary>One output of SplitMix64.</summary>
    internal static ulong Next(ref ulong state)
    {
        unchecked
        {
            var output = SplitMix64.Mix(state);
            state += Gamma;
            return output;
        }
    }

    /// <summary>One nearly Gaussian integer: mean 0, standard deviation about 75,674.</summary>
    internal static int Component(ref ulong state)
    {
        var sum = -16 * 65535 / 2;
        for (var i = 0; i < 4; i++)
        {
            var bits = Next(ref state);
            sum += (int)(bits & 0xFFFF) + (int)((bits >> 16) & 0xFFFF) + (int)((bits >> 32) & 0xFFFF) + (int)(bits >> 48);
        }

        return sum;
    }
}
