using LegoNet.Routing;
using LegoNet.Tests.Numerics;

namespace LegoNet.Tests.Routing;

public class KeySetTests
{
    [Fact]
    public void FromCodes_KnownDirections_AreScaledAndRounded()
    {
        // 3/5 and 4/5 of 32,767 are 19,660.2 and 26,213.6.
        var keys = KeySet.FromCodes([3, -4, /**/ 0, 127], 2);
        Assert.Equal<short>([19660, -26214, 0, 32767], keys.Values.ToArray());
        Assert.Equal(2, keys.Count);
        Assert.Equal(2, keys.Dimension);
        Assert.Equal<short>([0, 32767], keys[1].ToArray());
    }

    [Fact]
    public void FromCodes_AnyCodes_HaveTheSameLength()
    {
        var keys = KeySet.FromCodes(TestCodes.Random(20 * 300, 3), 300);
        for (var i = 0; i < 20; i++)
        {
            var length = Math.Sqrt(keys[i].ToArray().Sum(v => (double)v * v));
            Assert.InRange(length, 32767 - 10, 32767 + 10);
        }
    }

    [Fact]
    public void FromCodes_ZeroKey_IsRefusedByNumber()
        => Assert.Contains("Key 1", Assert.Throws<LegoNetException>(() => KeySet.FromCodes([1, 2, 0, 0], 2)).Message, StringComparison.Ordinal);

    [Fact]
    public void FromValues_RoundTrip_KeepsTheValues()
    {
        var keys = GaussianKeys.Create(2, 7, 9);
        Assert.Equal(keys.Values, KeySet.FromValues(keys.Values, 9).Values);
    }

    [Fact]
    public void FromValues_BadShapesOrValues_AreRefused()
    {
        Assert.Throws<LegoNetException>(() => KeySet.FromValues([1, 2, 3], 2));
        Assert.Throws<LegoNetException>(() => KeySet.FromValues([], 2));
        Assert.Throws<LegoNetException>(() => KeySet.FromValues([1], 0));
        Assert.Throws<LegoNetException>(() => KeySet.FromValues([1, short.MinValue], 2));
        Assert.Throws<LegoNetException>(() => KeySet.FromValues([1, 2, 0, 0], 2));
        Assert.Throws<LegoNetException>(() => KeySet.FromValues(Enumerable.Repeat((short)1, 65_536).ToArray(), 1));
        Assert.Equal(65_535, KeySet.FromValues(Enumerable.Repeat((short)1, 65_535).ToArray(), 1).Count);
    }
}
