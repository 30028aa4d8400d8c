using LegoNet.Calibration;
using LegoNet.Numerics;

namespace LegoNet.Tests.Calibration;

public class CodeCalibrationTests
{
    [Fact]
    public void Quantise_KnownValues_RoundsHalfToEvenAndClamps()
    {
        // σ = 31.75 makes a step exactly 1.
        var calibration = new CodeCalibration([1, 1, 1, 1, 1, 1, 1], [31.75, 31.75, 31.75, 31.75, 31.75, 31.75, 0]);
        Assert.Equal<sbyte>([0, 2, 2, -2, 127, -127, 0], Quantise(calibration, [1.5f, 2.5f, 3.5f, -1.5f, 1e30f, -1e30f, 7]));
    }

    [Fact]
    public void Quantise_FourSigma_IsTheLargestCode()
        => Assert.Equal<sbyte>([127, -127, 127, 95], Quantise(new CodeCalibration([0, 0, 0, 0], [2, 2, 2, 2]), [8, -8, 9, 6]));

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    [InlineData(float.NegativeInfinity)]
    public void Quantise_NotFinite_IsRefusedNamingTheDimension(float bad)
    {
        var error = Assert.Throws<LegoNetException>(() => Quantise(new CodeCalibration([0, 0, 0], [1, 1, 1]), [0, 0, bad]));
        Assert.Equal(LegoNetError.BadInput, error.Error);
        Assert.Contains("dimension 2", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Quantise_OfAnyLength_EqualsReference()
    {
        var random = new Random(1);
        for (var length = 1; length <= 67; length++)
        {
            // Quarters of a step, so that many lie half way, some far out, and scales of nothing and of nearly nothing.
            var mean = Enumerable.Range(0, length).Select(_ => random.Next(-8, 9) / 4.0).ToArray();
            var sigma = Enumerable.Range(0, length).Select(_ => random.Next(5) switch { 0 => 0, 1 => 1e-300, _ => 31.75 / random.Next(1, 4) }).ToArray();
            var x = Enumerable.Range(0, length).Select(_ => random.Next(6) == 0 ? (float)(random.NextDouble() * 1e38) : random.Next(-700, 701) / 4f).ToArray();
            var steps = x.Select((v, i) => sigma[i] == 0 ? 0 : Math.Round((v - mean[i]) * (127.0 / 4) / sigma[i], MidpointRounding.ToEven)).ToArray();
            var code = new sbyte[length];

            Assert.Equal(steps.Count(s => Math.Abs(s) > 127), new CodeCalibration(mean, sigma).Quantise(x, code));
            Assert.Equal(steps.Select(s => (sbyte)Math.Clamp(s, -127, 127)), code);
        }
    }

    [Fact]
    public void FirstNonFinite_OfAnyLength_NamesTheFirst()
    {
        for (var length = 1; length <= 40; length++)
        {
            var values = Enumerable.Repeat(float.MinValue, length).ToArray();
            Assert.Equal(-1, CodeCalibration.FirstNonFinite(values));
            for (var bad = length - 1; bad >= 0; bad--)
            {
                values[bad] = (bad % 3) switch { 0 => float.NaN, 1 => float.PositiveInfinity, _ => float.NegativeInfinity };
                Assert.Equal(bad, CodeCalibration.FirstNonFinite(values));
            }
        }
    }

    [Fact]
    public void Quantise_OtherDimension_IsRefused()
        => Assert.Throws<LegoNetException>(() => Quantise(new CodeCalibration([0, 0], [1, 1]), [0, 0, 0]));

    [Theory]
    [InlineData(1, 1)]
    [InlineData(5, 3)]
    [InlineData(40, 33)]
    [InlineData(70, 64)]
    public void Quantise_WithProjection_EqualsReference(int dimension, int codeDimension)
    {
        var projection = Floats(dimension * codeDimension, 1);
        var mean = Floats(dimension, 2).Select(v => (double)v).ToArray();
        var sigma = Floats(codeDimension, 3).Select(v => Math.Abs(v) + 0.01).ToArray();
        var calibration = new CodeCalibration(mean, sigma, projection);
        for (ulong seed = 10; seed < 30; seed++)
        {
            var x = Floats(dimension, seed);
            var expected = new sbyte[codeDimension];
            for (var j = 0; j < codeDimension; j++)
            {
                var p = 0.0;
                for (var i = 0; i < dimension; i++)
                {
                    p += projection[(j * dimension) + i] * (x[i] - mean[i]);
                }

                expected[j] = (sbyte)Math.Clamp(Math.Round(p * (127.0 / 4) / sigma[j], MidpointRounding.ToEven), -127, 127);
            }

            Assert.Equal(expected, Quantise(calibration, x));
        }
    }

    [Fact]
    public void FromRange_EndsAndMiddle_AreTheLargestCodesAndZero()
        => Assert.Equal<sbyte>([-127, 127, 0, 127], Quantise(CodeCalibration.FromRange(4, -1, 3), [-1, 3, 1, 99]));

    [Fact]
    public void Quantise_ValuesOutsideTheRange_AreCounted()
    {
        var code = new sbyte[4];
        Assert.Equal(2, CodeCalibration.FromRange(4, -1, 3).Quantise([-1, 3, -1.1f, 99], code));
        Assert.Equal(0, CodeCalibration.FromRange(4, -1, 3).Quantise([-1, 3, 0, 1], code));
        Assert.Equal(1, new CodeCalibration([0, 0], [1, 1], [1, 1, 1, -1]).Quantise([3, 3], code.AsSpan(0, 2)));
        Assert.Equal(0, CodeCalibration.FromRanges([5, 0, 0, 0], [5, 1, 1, 1]).Quantise([9, 1, 0, 0.5f], code));
    }

    [Fact]
    public void FromRanges_OneValueOnly_GivesCodeZero()
        => Assert.Equal<sbyte>([0, 127], Quantise(CodeCalibration.FromRanges([5, 0], [5, 1]), [9, 1]));

    [Fact]
    public void FromRanges_BadRanges_AreRefused()
    {
        Assert.Throws<LegoNetException>(() => CodeCalibration.FromRange(3, 2, 1));
        Assert.Throws<LegoNetException>(() => CodeCalibration.FromRange(3, 1, 1));
        Assert.Throws<LegoNetException>(() => CodeCalibration.FromRange(0, 0, 1));
        Assert.Throws<LegoNetException>(() => CodeCalibration.FromRange(3, double.NaN, 1));
        Assert.Throws<LegoNetException>(() => CodeCalibration.FromRange(3, 0, double.PositiveInfinity));
        Assert.Throws<LegoNetException>(() => CodeCalibration.FromRanges([0], [1, 2]));
    }

    [Fact]
    public void Constructor_BadArrays_AreRefused()
    {
        Assert.Throws<LegoNetException>(() => new CodeCalibration([], []));
        Assert.Throws<LegoNetException>(() => new CodeCalibration([0, 0], [1]));
        Assert.Throws<LegoNetException>(() => new CodeCalibration([0, 0], [1], [1]));
        Assert.Throws<LegoNetException>(() => new CodeCalibration([double.NaN], [1]));
        Assert.Throws<LegoNetException>(() => new CodeCalibration([0], [-1]));
        Assert.Throws<LegoNetException>(() => new CodeCalibration([0], [double.NaN]));
        Assert.Throws<LegoNetException>(() => new CodeCalibration([0], [double.PositiveInfinity]));
        Assert.Throws<LegoNetException>(() => new CodeCalibration([0], [1], [float.NaN]));
    }

    /// <summary>Numbers in −1…1.</summary>
    internal static float[] Floats(int count, ulong seed)
        => [.. Enumerable.Range(0, count).Select(i => (int)SplitMix64.Mix((seed << 32) + (ulong)i) / (float)(1L << 31))];

    private static sbyte[] Quantise(CodeCalibration calibration, float[] encoding)
    {
        var code = new sbyte[calibration.CodeDimension];
        code.AsSpan().Fill(99);
        calibration.Quantise(encoding, code);
        return code;
    }
}
