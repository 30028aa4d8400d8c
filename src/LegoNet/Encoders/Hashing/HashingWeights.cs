namespace LegoNet.Encoders.Hashing;

/// <summary>
/// What a repeated n-gram weighs: 1 + ln(count), as an integer in 1/1024. The table is computed with integers alone, so that
/// it is the same on every machine (Math.Log is not).
/// </summary>
internal static class HashingWeights
{
    /// <summary>1.0 in the table's unit.</summary>
    internal const int One = 1 << 10;

    /// <summary>The largest count told apart; a higher count weighs as this one.</summary>
    internal const int MaxCount = 255;

    // ln 2 in 2^-32, rounded.
    private const ulong Ln2 = 2977044472;

    private static readonly int[] s_table = [.. Enumerable.Range(0, MaxCount + 1).Select(count => count == 0 ? 0 : Compute((uint)count))];

    /// <summary>The weight of an n-gram that stands <paramref name="count"/> ≥ 0 times in a text, in 1/1024; 0 for none.</summary>
    internal static int Of(int count) => s_table[Math.Min(count, MaxCount)];

    private static int Compute(uint count)
    {
        // Binary logarithm bit by bit: squaring a mantissa in [1, 2) doubles its logarithm, whose integer part is the next bit.
        var whole = System.Numerics.BitOperations.Log2(count);
        var mantissa = (ulong)count << (31 - whole);
        ulong fraction = 0;
        for (var bit = 0; bit < 24; bit++)
        {
            mantissa = (mantissa * mantissa) >> 31;
            fraction <<= 1;
            if (mantissa >= 1UL << 32)
            {
                fraction |= 1;
                mantissa >>= 1;
            }
        }

        var log2 = ((ulong)whole << 24) | fraction;
        return One + (int)(((log2 * Ln2) + (1UL << 45)) >> 46);
    }
}
