namespace LegoNet.Lab;

/// <summary>
/// Pseudo-random draws from a seed: SplitMix64 (Steele, Lea and Flood 2014). The same on every machine, and easy to write again in another
/// language, as docs/reference/lab_network.py does.
/// </summary>
internal sealed class Draws
{
    private const ulong Golden = 0x9E3779B97F4A7C15;

    private ulong _state;

    /// <param name="seed">The seed of a run.</param>
    /// <param name="stream">What the draws are for: streams of one seed have nothing to do with each other.</param>
    public Draws(long seed, params ReadOnlySpan<int> stream) => _state = Mix((ulong)seed, stream);

    /// <summary>A word that depends on a seed and some numbers, and on nothing else.</summary>
    public static ulong Mix(ulong seed, params ReadOnlySpan<int> numbers)
    {
        var word = Finish(seed + Golden);
        foreach (var number in numbers)
        {
            word = Finish(word ^ Finish((ulong)(uint)number + Golden));
        }

        return word;
    }

    /// <summary>A whole number from 0 to below a bound.</summary>
    public int Below(int bound) => (int)(((Next() >> 32) * (ulong)bound) >> 32);

    /// <summary>A number from 0 to below 1, a multiple of 2⁻²⁴.</summary>
    public float Unit() => (Next() >> 40) * (1f / (1 << 24));

    /// <summary>A number with mean 0 and variance 1, nearly Gaussian: twelve uniform draws less their mean.</summary>
    public float Bell()
    {
        var sum = -6f;
        for (var i = 0; i < 12; i++)
        {
            sum += Unit();
        }

        return sum;
    }

    /// <summary>Puts items in a random order (Fisher and Yates).</summary>
    public void Shuffle<T>(Span<T> items)
    {
        for (var i = items.Length - 1; i > 0; i--)
        {
            var j = Below(i + 1);
            (items[i], items[j]) = (items[j], items[i]);
        }
    }

    /// <summary>Some of the items, all different, in random order.</summary>
    /// <param name="items">The items.</param>
    /// <param name="count">How many; all of them where there are fewer.</param>
    public T[] Sample<T>(IReadOnlyCollection<T> items, int count)
    {
        T[] all = [.. items];
        Shuffle<T>(all);
        return all.Length <= count ? all : all[..count];
    }

    private ulong Next()
    {
        _state += Golden;
        return Finish(_state);
    }

    private static ulong Finish(ulong word)
    {
        word = (word ^ (word >> 30)) * 0xBF58476D1CE4E5B9;
        word = (word ^ (word >> 27)) * 0x94D049BB133111EB;
        return word ^ (word >> 31);
    }
}
