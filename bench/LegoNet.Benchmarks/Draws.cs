using LegoNet.Numerics;

namespace LegoNet.Benchmarks;

/// <summary>Choices by chance that are the same in every run.</summary>
internal static class Draws
{
    /// <summary>Codes without any structure, [count], each from −127 to 127.</summary>
    public static sbyte[] Codes(int count)
    {
        var codes = new sbyte[count];
        ulong state = 1;
        foreach (ref var code in codes.AsSpan())
        {
            state = SplitMix64.Mix(state);
            code = (sbyte)((int)(state % 255) - 127);
        }

        return codes;
    }

    /// <summary>Distinct numbers below a bound, in no order.</summary>
    /// <param name="count">How many, at most the bound.</param>
    /// <param name="bound">The bound.</param>
    /// <param name="seed">Which draw.</param>
    public static int[] Distinct(int count, int bound, ulong seed)
    {
        var drawn = new HashSet<int>();
        var result = new int[count];
        var state = SplitMix64.Mix(seed);
        for (var i = 0; i < count;)
        {
            state = SplitMix64.Mix(state);
            var number = (int)(state % (ulong)bound);
            if (drawn.Add(number))
            {
                result[i++] = number;
            }
        }

        return result;
    }
}
