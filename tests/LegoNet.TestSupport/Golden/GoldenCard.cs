using LegoNet.Calibration;

namespace LegoNet.TestSupport.Golden;

/// <summary>Arrays of calibration cards, drawn instead of computed: what a card is made from need not have the same last bits on every machine.</summary>
internal static class GoldenCard
{
    private const int Keys = 9;

    /// <summary>A calibration with a projection, D → d.</summary>
    public static CodeCalibration Projection(int from, int to)
    {
        var draws = new GoldenDraws(from, to);
        return new CodeCalibration(
            [.. Enumerable.Range(0, from).Select(i => i / 2.0)],
            [.. Enumerable.Range(0, to).Select(j => 40.0 + j)],
            [.. Enumerable.Range(0, from * to).Select(_ => (draws.Below(129) - 64) / 64f)]);
    }

    /// <summary>Two keys more than the "public" routing takes, [9, d].</summary>
    public static sbyte[] PublicKeys(int dimension)
    {
        var draws = new GoldenDraws(dimension, 0);
        return [.. Enumerable.Range(0, Keys * dimension).Select(_ => (sbyte)(draws.Below(255) - 127))];
    }
}
