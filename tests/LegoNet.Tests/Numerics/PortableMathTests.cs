using System.Runtime.Intrinsics;
using LegoNet.Numerics;

namespace LegoNet.Tests.Numerics;

public class PortableMathTests
{
    [Fact]
    public void Exp_WholeRange_IsWithinItsError()
    {
        for (var x = -708.0; x <= 0; x += 0.00731)
        {
            Assert.InRange(Exp(x) / Math.Exp(x), 1 - 1e-14, 1 + 1e-14);
        }
    }

    [Theory]
    [InlineData(-1e-300)]
    [InlineData(-1e-17)]
    [InlineData(-0.34657359027997264)]
    [InlineData(-0.34657359027997270)]
    [InlineData(-1.0397207708399179)]
    [InlineData(-707.99999)]
    public void Exp_AtTheEdgesOfItsReduction_IsWithinItsError(double x) => Assert.InRange(Exp(x) / Math.Exp(x), 1 - 1e-14, 1 + 1e-14);

    [Fact]
    public void Exp_OfZeroAndOfWhatIsTooSmall_IsExact()
    {
        Assert.Equal(1, Exp(0));
        Assert.Equal(1, Exp(-0.0));
        Assert.True(Exp(-708) >= 2.2250738585072014e-308);
        Assert.Equal(0, Exp(Math.BitDecrement(-708)));
        Assert.Equal(0, Exp(-745));
        Assert.Equal(0, Exp(-1e300));
        Assert.Equal(0, Exp(double.NegativeInfinity));
    }

    [Fact]
    public void Exp_NeverFallsByMoreThanItsErrorAndStaysWithinOne()
    {
        for (var x = -40.0; x < 0; x += 0.0001)
        {
            Assert.InRange(Exp(x), 0, 1);
        }
    }

    [Fact]
    public void Log_WholeRange_IsWithinItsError()
    {
        for (var exponent = -1022.0; exponent < 1023.9; exponent += 0.0173)
        {
            AssertLog(Math.Pow(2, exponent));
        }

        for (var x = 0.5; x < 3; x += 0.00007)
        {
            AssertLog(x);
        }
    }

    [Theory]
    [InlineData(2.2250738585072014e-308)]
    [InlineData(0.70710678118654746)]
    [InlineData(0.70710678118654757)]
    [InlineData(1.4142135623730949)]
    [InlineData(1.4142135623730951)]
    [InlineData(0.99999999999999989)]
    [InlineData(1.0000000000000002)]
    [InlineData(double.MaxValue)]
    public void Log_AtTheEdgesOfItsReduction_IsWithinItsError(double x) => AssertLog(x);

    [Fact]
    public void Log_OfOne_IsZero() => Assert.Equal(0, Log(1));

    // Worked out once by the same operations in another language.
    [Theory]
    [InlineData(-0.1, 0x3fecf46d99d52b3a)]
    [InlineData(-1.0, 0x3fd78b56362cef2b)]
    [InlineData(-2.5, 0x3fb50385c094f423)]
    [InlineData(-37.25, 0x3c93278bcd70e981)]
    [InlineData(-300.7, 0x24d225720438e36d)]
    [InlineData(-708.0, 0x0017c8ab2288c9a3)]
    public void Exp_HasTheBitsOnRecord(double x, long bits) => Assert.Equal(bits, BitConverter.DoubleToInt64Bits(Exp(x)));

    [Theory]
    [InlineData(0.3, -0x400cbc87034258df)]
    [InlineData(1.5, 0x3fd9f323ecbf984c)]
    [InlineData(2.0, 0x3fe62e42fefa39ef)]
    [InlineData(7.0, 0x3fff2272ae325a57)]
    [InlineData(1e300, 0x4085963447f87fb5)]
    [InlineData(2.2250738585072014e-308, -0x3f79dcd42285432e)]
    public void Log_HasTheBitsOnRecord(double x, long bits) => Assert.Equal(bits, BitConverter.DoubleToInt64Bits(Log(x)));

    [Fact]
    public void ExpAndLog_LaneByLane_AreTheSame()
    {
        var x = Vector512.Create(-0.5, -708.0, -1000, 0, -3.25, -1e-9, -55, -700);
        var y = Vector512.Create(0.5, 708.0, 1000, 1, 3.25, 1e-9, 55, 700);
        for (var lane = 0; lane < 8; lane++)
        {
            Assert.Equal(Exp(x[lane]), PortableMath.Exp(x)[lane]);
            Assert.Equal(Log(y[lane]), PortableMath.Log(y)[lane]);
        }
    }

    private static double Exp(double x) => PortableMath.Exp(Vector512.Create(x))[0];

    private static double Log(double x) => PortableMath.Log(Vector512.Create(x))[0];

    private static void AssertLog(double x)
        => Assert.True(Math.Abs(Log(x) - Math.Log(x)) <= 2e-15 * Math.Max(1, Math.Abs(Math.Log(x))), $"ln {x:R}: {Log(x):R}");
}
