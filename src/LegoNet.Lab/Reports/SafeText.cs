using System.Text;

namespace LegoNet.Lab.Reports;

/// <summary>Names and sentences from outside, so that they cannot disturb the text around them.</summary>
internal static class SafeText
{
    private const char Isolate = '\u2068';
    private const char EndOfIsolate = '\u2069';

    /// <summary>
    /// Without control characters and marks of direction, on one line. A text with letters that run from right to left is isolated, so that the
    /// figures behind it stay in their order.
    /// </summary>
    public static string Of(string text)
    {
        var clean = new StringBuilder(text.Length);
        var rightToLeft = false;
        foreach (var rune in text.EnumerateRunes())
        {
            rightToLeft |= rune.Value is (>= 0x590 and < 0x900) or (>= 0xFB1D and < 0xFE00) or (>= 0xFE70 and < 0xFF00) or (>= 0x10800 and < 0x11000);
            clean.Append(
                rune.Value is '\n' or '\r' or '\t' ? " "
                : Rune.IsControl(rune) || rune.Value is 0x61C or (>= 0x200E and <= 0x200F) or (>= 0x2028 and <= 0x202E) or (>= 0x2066 and <= 0x2069) ? "\uFFFD"
                : rune.ToString());
        }

        return rightToLeft ? $"{Isolate}{clean}{EndOfIsolate}" : clean.ToString();
    }
}
