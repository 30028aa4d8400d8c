using System.Numerics;
using LegoNet.Lab.Methods;

namespace LegoNet.Lab.Tests.Methods;

/// <summary>The fixed random lift.</summary>
public class RandomLiftTests
{
    [Fact]
    public void Apply_UnitCodes_GiveTheSignsOfAHadamardMatrix()
    {
        var lift = new RandomLift(5, 20, 1);
        var lifted = Enumerable.Range(0, 5).Select(i => lift.Apply([.. Enumerable.Range(0, 5).Select(j => (sbyte)(i == j ? 100 : 0))])).ToArray();

        Assert.Equal(24, lift.Length);
        for (var first = 0; first < 24; first += 8)
        {
            for (var i = 0; i < 5; i++)
            {
                // Row i of the block, with one sign of its own and negative values cut off.
                var row = Enumerable.Range(0, 8).Select(j => BitOperations.PopCount((uint)(i & j)) % 2 == 0).ToArray();
                var shown = lifted[i].AsSpan(first, 8).ToArray().Select(v => v > 0).ToArray();
                Assert.True(row.SequenceEqual(shown) || row.Select(r => !r).SequenceEqual(shown));
                Assert.All(lifted[i], v => Assert.True(v is 0 or 48));
            }
        }
    }

    [Fact]
    public void Apply_SeveralCodes_LiftsEachForItself()
    {
        var records = GeneratedRecords.Draw(6, 21, 2);
        var lift = new RandomLift(21, 64, 1);

        var all = lift.Apply(records.Codes);

        Assert.Equal(records.AllRows.SelectMany(row => lift.Apply(records.Code(row))), all);
        Assert.Equal(new sbyte[64], lift.Apply(new sbyte[21]));
        Assert.NotEqual(all, new RandomLift(21, 64, 2).Apply(records.Codes));
    }
}
