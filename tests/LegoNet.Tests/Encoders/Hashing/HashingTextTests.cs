using LegoNet.Encoders.Hashing;

namespace LegoNet.Tests.Encoders.Hashing;

public class HashingTextTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData(" .,;!? \t\r\n", "")]
    [InlineData("Don't stop", "don|t|stop")]
    [InlineData("x_y-z 3.14", "x|y|z|3|14")]
    [InlineData("ÉCOLE “ΑΘΉΝΑ” Москва…", "école|αθήνα|москва")]
    [InlineData("a\u00A0b\u2014c\uFEFFd", "a|b|c|d")]
    [InlineData("日本語のtext", "日|本|語|の|text")]
    [InlineData("ok😀😀go", "ok|😀|😀|go")]
    [InlineData("lone\uD800half\uDC00", "lone|half")]
    public void Split_Text_GivesTheWords(string text, string expected)
    {
        var words = Words(text, lowercase: true);
        Assert.Equal(expected.Length == 0 ? [] : expected.Split('|'), words);
    }

    [Fact]
    public void Split_WithoutLowercase_KeepsCapitals() => Assert.Equal(["Don", "T", "É"], Words("Don T É", lowercase: false));

    [Fact]
    public void Split_SameWorkspaceTwice_ForgetsTheFirstText()
    {
        var text = new HashingText();
        text.Split(string.Join(' ', Enumerable.Repeat("many words", 3000)), lowercase: true);
        text.Split("two left", lowercase: true);
        Assert.Equal(" two left "u8, text.Bytes);
        Assert.Equal(2, text.Count);
    }

    [Fact]
    public void Fold_EveryCharacter_IsTheInvariantLowerCaseOrTheCharacter()
    {
        // The runtime's mapping is not used for codes, since it may change; today it agrees wherever this one folds.
        var folded = 0;
        for (var c = 0; c <= char.MaxValue; c++)
        {
            var fold = HashingText.Fold((char)c);
            if (fold != c)
            {
                folded++;
                Assert.Equal(char.ToLowerInvariant((char)c), fold);
            }
        }

        Assert.True(folded > 450);
    }

    [Fact]
    public void Fold_CommonScripts_MissesNoCapital()
    {
        (int From, int To)[] ranges =
        [
            (0x41, 0x5A), (0xC0, 0x12F), (0x132, 0x17F), (0x386, 0x3AB), (0x400, 0x52F), (0x531, 0x556), (0x1E00, 0x1E95), (0x1EA0, 0x1EFF),
        ];
        foreach (var (from, to) in ranges)
        {
            for (var c = from; c <= to; c++)
            {
                // U+1E9E, capital sharp s, is the one whose lower case lies far away.
                Assert.True(char.ToLowerInvariant((char)c) == HashingText.Fold((char)c) || c == 0x1E9E, $"U+{c:X4}");
            }
        }
    }

    private static string[] Words(string text, bool lowercase)
    {
        var split = new HashingText();
        split.Split(text, lowercase);
        return [.. Enumerable.Range(0, split.Count).Select(i => System.Text.Encoding.UTF8.GetString(split.Bytes[split.Start(i)..split.End(i)]))];
    }
}
