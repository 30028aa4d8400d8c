using System.Globalization;
using System.Text.RegularExpressions;
using LegoNet.Lab.Reports;

namespace LegoNet.Lab.Tests.Reports;

/// <summary>Colours that can be read.</summary>
public partial class HtmlStyleTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Text_Colours_HaveTheContrastThatWcagAsksFor(int scheme)
    {
        var colours = Root().Matches(HtmlStyle.Text)[scheme].Groups[1].Value;
        var luminance = Colour().Matches(colours).ToDictionary(c => c.Groups[1].Value, c => Luminance(int.Parse(c.Groups[2].Value, NumberStyles.HexNumber)));

        string[] inks = ["ink", "soft", "link", "oracle", "exact", "approximate", "published"];
        Assert.All(inks, ink => Assert.All(["page", "raised"], (string ground) =>
        {
            var (a, b) = (luminance[ink] + 0.05, luminance[ground] + 0.05);
            Assert.True(Math.Max(a, b) / Math.Min(a, b) >= 4.5, $"{ink} on {ground}: {Math.Max(a, b) / Math.Min(a, b):F2}");
        }));
    }

    private static double Luminance(int colour)
    {
        static double Linear(int part) => part / 255.0 is var c and <= 0.03928 ? c / 12.92 : Math.Pow(((part / 255.0) + 0.055) / 1.055, 2.4);
        return (0.2126 * Linear(colour >> 16)) + (0.7152 * Linear((colour >> 8) & 255)) + (0.0722 * Linear(colour & 255));
    }

    [GeneratedRegex(@":root \{([^}]*--page: #[^}]*)\}")]
    private static partial Regex Root();

    [GeneratedRegex("--([a-z]+): #([0-9a-f]{6});")]
    private static partial Regex Colour();
}
