using LegoNet.Adapters;
using LegoNet.Specs;

namespace LegoNet.Tests.Adapters;

public class AdapterArgumentsTests
{
    private static readonly LabelLayout s_labels = new(LearningTask.Binary, ["no", "yes"], null);

    [Theory]
    [InlineData(0.5, 4, "lambda")]
    [InlineData(double.NaN, 4, "lambda")]
    [InlineData(2e15, 4, "lambda")]
    [InlineData(1, 0, "dimension")]
    public void RidgeTrainer_NumberOutOfRange_IsNamed(double lambda, int dimension, string name)
        => Assert.Throws<ArgumentOutOfRangeException>(name, () => new RidgeTrainer(lambda, s_labels, dimension));

    [Fact]
    public void LinearAdapter_WeightsThatMakeNoRows_AreRefused()
    {
        Assert.Throws<ArgumentOutOfRangeException>("outputs", () => new LinearAdapter(new float[4], 0));
        Assert.Throws<ArgumentException>("weights", () => new LinearAdapter(new float[5], 2));
        Assert.Throws<ArgumentException>("weights", () => new LinearAdapter([], 2));
    }

    [Fact]
    public void Shard_RowsThatDoNotFit_AreRefused()
    {
        Assert.Throws<ArgumentOutOfRangeException>("dimension", () => new Shard(s_labels, 0, [], []));
        Assert.Throws<ArgumentException>("words", () => new Shard(s_labels, 2, new sbyte[4], new int[3]));
    }
}
