using LegoNet.MLNet.Encoders;
using Microsoft.ML.Data;

namespace LegoNet.MLNet.Tests.Encoders;

public class CodeFeaturesTests
{
    [Fact]
    public void TryRead_EveryCode_ComesBackExactly()
    {
        var code = Enumerable.Range(-127, 255).Select(c => (sbyte)c).ToArray();
        var features = default(VBuffer<float>);
        CodeFeatures.Write(code, ref features);
        Assert.All(features.GetValues().ToArray(), v => Assert.InRange(v, -1f, 1f));
        var read = new sbyte[code.Length];
        Assert.True(CodeFeatures.TryRead(features, read));
        Assert.Equal(code, read);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(7)]
    [InlineData(255)]
    public void Write_CodesOfAnyLength_GivesTheQuotients(int length)
    {
        var code = Enumerable.Range(0, length).Select(i => (sbyte)((i * 37 % 255) - 127)).ToArray();
        var features = default(VBuffer<float>);
        CodeFeatures.Write(code, ref features);
        Assert.Equal(code.Select(c => c / 127f), features.GetValues().ToArray());
    }

    [Fact]
    public void TryRead_SparseVector_FillsWithZeros()
    {
        var features = new VBuffer<float>(5, 2, [1f, -64 / 127f], [1, 4]);
        sbyte[] read = [9, 9, 9, 9, 9];
        Assert.True(CodeFeatures.TryRead(features, read));
        Assert.Equal([0, 127, 0, 0, -64], read);
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    [InlineData(128 / 127f)]
    [InlineData(0.5f)]
    public void TryRead_WhatIsNoCode_IsRefused(float value)
    {
        Assert.False(CodeFeatures.TryRead(new VBuffer<float>(1, [value]), new sbyte[1]));
        Assert.False(CodeFeatures.TryRead(new VBuffer<float>(3, 1, [value], [1]), new sbyte[3]));
    }

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
