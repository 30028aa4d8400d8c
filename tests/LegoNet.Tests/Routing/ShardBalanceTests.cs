using LegoNet.Routing;

namespace LegoNet.Tests.Routing;

public sealed class ShardBalanceTests
{
    [Theory]
    [InlineData(1_000, 64, 4, 501, true)]
    [InlineData(1_000, 64, 4, 500, false)]
    [InlineData(1_000, 8, 1, 501, true)]
    [InlineData(1_000, 8, 4, 900, false)] // An even shard has half of them.
    [InlineData(1_000, 8, 3, 751, true)]
    [InlineData(1_000, 8, 3, 750, false)]
    [InlineData(1_000, 4, 1, 999, false)]
    [InlineData(1_000, 1, 1, 1_000, false)]
    [InlineData(63, 64, 4, 63, false)] // Too few to say anything.
    public void WhyUnequal_LargestShard_IsNamedWhereItHasMostRecords(long records, int adapters, int active, long largest, bool unequal)
    {
        long[] shards = [.. Enumerable.Repeat(0L, adapters - 1), largest];
        Assert.Equal(unequal, ShardBalance.WhyUnequal(records, shards, active) is not null);
    }

    [Fact]
    public void WhyUnequal_Sentence_SaysHowUnequalAndWhatToDo()
    {
        long[] shards = [.. Enumerable.Repeat(100L, 63), 9_120];
        Assert.Equal(
            "one adapter holds 9,120 of 10,000 records where 625 would be even, so routing hardly tells them apart and a forget refits most of the model: "
            + "standardise vectors by a calibration card, declare ranges that the values fill evenly around their middle, take public keys, "
            + "or train one adapter (n = 1)",
            ShardBalance.WhyUnequal(10_000, shards, 4));
    }
}
