using System.Globalization;
using FsCheck;
using FsCheck.Fluent;
using LegoNet.Data.Csv;

namespace LegoNet.Data.Tests.Csv;

public class FloatParserTests
{
    [Fact]
    public void TryParse_AnyDecimal_IsTheNearestFloat()
    {
        var digits = Gen.Choose(1, 21).SelectMany(n => Gen.ArrayOf(Gen.Choose(0, 9), n)).Select(a => string.Concat(a));
        var number =
            from sign in Gen.Elements("", "-")
            from whole in digits
            from fraction in Gen.OneOf(Gen.Constant(""), digits.Select(d => "." + d))
            from exponent in Gen.OneOf(Gen.Constant(""), Gen.Choose(-50, 50).Select(e => "e" + e), Gen.Choose(0, 30).Select(e => "E+" + e))
            select sign + whole + fraction + exponent;

        Check.One(Config.QuickThrowOnFailure.WithMaxTest(20000), Prop.ForAll(number.ToArbitrary(), text => Same(text)));
    }

    [Fact]
    public void TryParse_AnyFloatAndAnyTieBetweenFloats_IsTheNearestFloat()
    {
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(20000), Prop.ForAll(ArbMap.Default.ArbFor<uint>(), bits =>
        {
            var value = BitConverter.UInt32BitsToSingle(bits);
            if (!float.IsFinite(value))
            {
                return true;
            }

            // Halfway to the next float, printed in full and with digits cut or added: where double rounding would show.
            var tie = ((double)value + MathF.BitIncrement(value)) / 2;
            var exact = tie.ToString("F40", CultureInfo.InvariantCulture);
            return Same(value.ToString("R", CultureInfo.InvariantCulture)) && Same(value.ToString("G9", CultureInfo.InvariantCulture))
                && Same(tie.ToString("R", CultureInfo.InvariantCulture)) && Same(tie.ToString("G16", CultureInfo.InvariantCulture)) && Same(exact);
        }));
    }

    [Theory]
    [InlineData("16777217", 16777216f)]
    [InlineData("16777219", 16777220f)]
    [InlineData("16777217.0000001", 16777218f)]
    [InlineData("9007199791611904", 9.007199254740992E15f)]
    [InlineData(" 1.5\t", 1.5f)]
    [InlineData("+2", 2f)]
    [InlineData(".5", 0.5f)]
    [InlineData("5.", 5f)]
    [InlineData("1e-45", float.Epsilon)]
    [InlineData("0e9999", 0f)]
    [InlineData("1e39", float.PositiveInfinity)]
    public void TryParse_EdgeOfRange_IsTheNearestFloat(string text, float expected)
    {
        Assert.True(FloatParser.TryParse(System.Text.Encoding.UTF8.GetBytes(text), out var value));
        Assert.Equal(expected, value);
    }

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("-")]
    [InlineData(".")]
    [InlineData("1,5")]
    [InlineData("1.5x")]
    [InlineData("1e")]
    [InlineData("1e+")]
    [InlineData("1.2.3")]
    [InlineData("0x10")]
    [InlineData("1 2")]
    [InlineData("--1")]
    [InlineData("é")]
    public void TryParse_NoNumber_IsRefused(string text)
    {
        Assert.False(FloatParser.TryParse(System.Text.Encoding.UTF8.GetBytes(text), out _));
    }

    private static bool Same(string text)
        => FloatParser.TryParse(System.Text.Encoding.UTF8.GetBytes(text), out var value)
        && BitConverter.SingleToUInt32Bits(value) == BitConverter.SingleToUInt32Bits(float.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture));
}
