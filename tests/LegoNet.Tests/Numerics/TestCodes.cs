using LegoNet.Numerics;

namespace LegoNet.Tests.Numerics;

/// <summary>Codes made by a fixed stream, for tests of the kernels.</summary>
internal static class TestCodes
{
    /// <summary>Codes spread over all of −127…127.</summary>
    public static sbyte[] Random(int count, ulong seed)
    {
        var codes = new sbyte[count];
        for (var i = 0; i < count; i++)
        {
            codes[i] = (sbyte)((int)(SplitMix64.Mix(seed + ((ulong)i * 3)) % 255) - 127);
        }

        return codes;
    }

    /// <summary>Codes of +127 and −127 only; all of one sign for <paramref name="sign"/> ±1, mixed for 0.</summary>
    public static sbyte[] Extreme(int count, int sign)
    {
        var codes = new sbyte[count];
        for (var i = 0; i < count; i++)
        {
            codes[i] = (sbyte)(127 * (sign != 0 ? sign : SplitMix64.Mix((ulong)i) % 2 == 0 ? 1 : -1));
        }

        return codes;
    }
}
