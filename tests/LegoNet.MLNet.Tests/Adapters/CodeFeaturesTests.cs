using LegoNet.MLNet.Adapters;
using Microsoft.ML.Data;

namespace LegoNet.MLNet.Tests.Adapters;

public class CodeFeaturesTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Fill_EveryCodeAtEveryPlace_GivesTheQuotientAndTheCodeBack(bool scaled)
    {
        VBuffer<float> features = default;
        for (var length = 1; length <= 67; length++)
        {
            for (var first = -127; first <= 127; first++)
            {
                var code = Enumerable.Range(0, length).Select(j => (sbyte)(((first + 127 + j) % 255) - 127)).ToArray();
                CodeFeatures.Fill(code, scaled, ref features);
                Assert.Equal(code.Select(x => scaled ? x / 127f : x), features.DenseValues());
                Assert.Equal(code, features.DenseValues().Select(x => (sbyte)MathF.Round(scaled ? x * 127 : x)));
            }
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Fill_MostlyZeros_IsSparseAndHoldsTheSame(bool scaled)
    {
        VBuffer<float> features = default;
        var random = new Random(1);
        for (var trial = 0; trial < 300; trial++)
        {
            var code = new sbyte[100];
            var set = random.Next(0, 40);
            for (var i = 0; i < set; i++)
            {
                code[random.Next(code.Length)] = (sbyte)random.Next(-127, 128);
            }

            CodeFeatures.Fill(code, scaled, ref features);
            Assert.Equal(code.Count(x => x != 0) >= 25, features.IsDense);
            Assert.Equal(code.Length, features.Length);
            Assert.Equal(code.Select(x => scaled ? x / 127f : x), features.DenseValues());
        }
    }
}
