using LegoNet.Encoders.Hashing;

namespace LegoNet.Tests.Encoders.Hashing;

public class HashingWeightsTests
{
    [Fact]
    public void Of_EveryCount_IsOnePlusLogarithm()
    {
        Assert.Equal(0, HashingWeights.Of(0));
        Assert.Equal(HashingWeights.One, HashingWeights.Of(1));
        for (var count = 1; count <= HashingWeights.MaxCount; count++)
        {
            Assert.Equal(HashingWeights.One * (1 + Math.Log(count)), HashingWeights.Of(count), 0.502);
        }
    }

    [Theory]
    [InlineData(256)]
    [InlineData(int.MaxValue)]
    public void Of_BeyondTheTable_WeighsAsTheLargestCount(int count)
        => Assert.Equal(HashingWeights.Of(HashingWeights.MaxCount), HashingWeights.Of(count));
}
