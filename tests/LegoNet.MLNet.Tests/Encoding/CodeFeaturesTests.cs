using LegoNet.MLNet.Encoding;
using Microsoft.ML.Data;

namespace LegoNet.MLNet.Tests.Encoding;

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
}
