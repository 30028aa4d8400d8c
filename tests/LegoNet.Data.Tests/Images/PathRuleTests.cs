using LegoNet.Data.Images;

namespace LegoNet.Data.Tests.Images;

public class PathRuleTests
{
    [Theory]
    [InlineData("cifar10/train/{label}/*.jpg", "cifar10/train/cat/0001.jpg", "cat", null, null)]
    [InlineData("{label}/{id}.jpg", "cat/0001.jpg", "cat", null, "0001")]
    [InlineData("**/{label}/*", "a/b/cat/x.png", "cat", null, null)]
    [InlineData("**/{label}/*", "cat/x.png", "cat", null, null)]
    [InlineData("{subject}/**/{id}", "p1/2024/05/x.png", null, "p1", "x.png")]
    [InlineData("{subject}/**/{id}", "p1/x.png", null, "p1", "x.png")]
    [InlineData("{label}/{subject}_{id}.*", "cat/p_01_x.tar.png", "cat", "p", "01_x")]
    [InlineData("{subject}-{label}.png", "p1-cat.png", "cat", "p1", null)]
    [InlineData("x(1)[a]+/$*^.png", "x(1)[a]+/$ab^.png", null, null, null)]
    [InlineData("**", "a/b/c", null, null, null)]
    [InlineData("**", "a", null, null, null)]
    [InlineData(".hidden/*", ".hidden/x", null, null, null)]
    [InlineData("a*b", "ab", null, null, null)]
    public void Match_FittingPath_GivesItsParts(string rule, string path, string? label, string? subject, string? id)
    {
        Assert.Equal(new PathMatch(label, subject, id), PathRule.Parse(rule).Match(path));
    }

    [Theory]
    [InlineData("train/{label}/*.jpg", "test/cat/1.jpg")]
    [InlineData("train/{label}/*.jpg", "train/cat/sub/1.jpg")]
    [InlineData("train/{label}/*.jpg", "train/cat/1.jpgx")]
    [InlineData("train/{label}/*.jpg", "x/train/cat/1.jpg")]
    [InlineData("train/{label}/*.jpg", "train//1.jpg")]
    [InlineData("train/{label}/*.jpg", "TRAIN/cat/1.jpg")]
    [InlineData("*", "a/b")]
    [InlineData("*.jpg", "._a.jpg")]
    [InlineData("**", ".git/x")]
    [InlineData("**/*.jpg", "a/.b/c.jpg")]
    [InlineData("{id}", ".DS_Store")]
    [InlineData("a.b", "axb")]
    [InlineData("a", "a\n")]
    public void Match_OtherPath_GivesNull(string rule, string path)
    {
        Assert.Null(PathRule.Parse(rule).Match(path));
    }

    [Theory]
    [InlineData("", "segment")]
    [InlineData("/a", "segment")]
    [InlineData("a//b", "segment")]
    [InlineData("../a", "segment")]
    [InlineData("{name}", "{label}")]
    [InlineData("{label", "{label}")]
    [InlineData("label}", "closing brace")]
    [InlineData("{id}/{id}", "twice")]
    [InlineData("{id}{label}", "without a character between")]
    [InlineData("*{id}", "without a character between")]
    [InlineData("**.jpg", "segment of its own")]
    public void Parse_MalformedRule_SaysWhy(string rule, string why)
    {
        Assert.Contains(why, Assert.Throws<FormatException>(() => PathRule.Parse(rule)).Message);
    }

    [Fact]
    public void Match_ManyWildcardsOnLongPath_IsFast()
    {
        var rule = PathRule.Parse("*a*a*a*a*a*a*a*a*a*a*b");

        Assert.Null(rule.Match(new string('a', 2000)));
    }
}
