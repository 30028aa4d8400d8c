using LegoNet.Numerics;

namespace LegoNet.Tests.Numerics;

public class QuantisedWeightsTests
{
    [Theory]
    [InlineData(1, 1.0)]
    [InlineData(13, 1e-3)]
    [InlineData(1025, 0.37)]
    [InlineData(1025, 1e12)]
    [InlineData(1025, 1e-12)]
    [InlineData(65_535, 2.5)]
    [InlineData(300, 1e290)]
    [InlineData(300, 1e-290)]
    public void Round_AnyWeights_FitAndAreTheNearestMultiples(int width, double size)
    {
        const int Outputs = 3;
        double[] weights = [.. Enumerable.Range(0, Outputs * width).Select(i => size * ((SplitMix64.Mix((ulong)i) >> 11) / (double)(1L << 53) - 0.5))];
        var step = AssertFits(weights, width, out var quantised);
        for (var i = 0; i < weights.Length; i++)
        {
            Assert.True(Math.Abs((quantised[i] * step) - weights[i]) <= step / 2, $"{weights[i]:R} became {quantised[i]} × {step:R}");
        }

        // Half the step would be too fine: the step is the least power of two, but for the half that rounding may add to each weight.
        var largest = weights.Max(Math.Abs);
        var largestSum = Enumerable.Range(0, Outputs).Max(c => weights.Skip(c * width).Take(width).Sum(Math.Abs));
        Assert.True(largest * 2 / step > 32767 || (largestSum * 2 / step) + (width / 2) > (int.MaxValue / 127) - 1);
    }

    [Theory]
    [InlineData(65_535)]
    [InlineData(65_536)]
    public void Round_ManyEqualWeights_LeaveRoomForTheSum(int width)
        => AssertFits([.. Enumerable.Repeat(-0.7, width), .. Enumerable.Repeat(0.4999, width)], width, out _);

    [Fact]
    public void Round_OneLargeWeightAmongSmall_LeavesZeros()
    {
        var step = AssertFits([1e6, 1e-6, -1e-6, 0], 4, out var quantised);
        Assert.Equal(1e6, quantised[0] * step, step / 2);
        Assert.Equal([0, 0, 0], quantised[1..]);
    }

    [Fact]
    public void Round_Zeros_GiveZeros()
    {
        short[] quantised = [1, 2, 3, 4];
        Assert.Equal(0, QuantisedWeights.Round(new double[4], 2, quantised));
        Assert.Equal(new short[4], quantised);
    }

    [Fact]
    public void Round_WeightsBelowWhatCanBeScaled_StayFinite()
    {
        var step = AssertFits([double.Epsilon, -2.2250738585072014e-308], 2, out _);
        Assert.True(step > 0);
    }

    private static double AssertFits(double[] weights, int width, out short[] quantised)
    {
        quantised = new short[weights.Length];
        var step = QuantisedWeights.Round(weights, width, quantised);
        Assert.True(double.IsPow2(step), $"step {step:R}");
        for (var start = 0; start < weights.Length; start += width)
        {
            Assert.InRange(quantised.AsSpan(start, width).ToArray().Sum(q => Math.Abs((long)q)) * 127, 0, int.MaxValue);
        }

        Assert.DoesNotContain(short.MinValue, quantised);
        return step;
    }
}
