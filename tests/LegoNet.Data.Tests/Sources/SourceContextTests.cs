using LegoNet.Data.Json;
using LegoNet.Data.Sources;
using LegoNet.Data.Tests.Support;

namespace LegoNet.Data.Tests.Sources;

public class SourceContextTests
{
    private static readonly string s_base = Path.GetFullPath(Path.Combine(Path.GetTempPath(), "specs"));

    [Theory]
    [InlineData("a/b.csv", null, "a/b.csv")]
    [InlineData("../b.csv", null, "../b.csv")]
    [InlineData("${DATA:-../data}/b.csv", null, "../data/b.csv")]
    [InlineData("${DATA:-../data}/b.csv", "", "../data/b.csv")]
    [InlineData("x/${DATA}/b.csv", "v1", "x/v1/b.csv")]
    [InlineData("$x/$", null, "$x/$")]
    public void ResolvePath_RelativePath_StartsAtTheSpec(string text, string? variable, string expected)
    {
        Assert.Equal(Path.GetFullPath(expected, s_base), Resolve(text, variable));
    }

    [Fact]
    public void ResolvePath_RelativeVariable_StartsAtTheCurrentDirectory()
    {
        Assert.Equal(Path.GetFullPath("rel/b.csv"), Resolve("${DATA:-../data}/b.csv", "rel"));
    }

    [Fact]
    public void ResolvePath_AbsoluteVariable_IsTaken()
    {
        var root = Path.GetFullPath(Path.GetTempPath());

        Assert.Equal(Path.Combine(root, "b.csv"), Resolve("${DATA}/b.csv", root));
    }

    [Theory]
    [InlineData("${DATA}/x", "path needs the environment variable DATA, which is not set")]
    [InlineData("${DATA/x", "without a closing brace")]
    [InlineData("${}/x", "without a variable's name")]
    [InlineData("${A-B}/x", "without a variable's name")]
    [InlineData("", "is no path")]
    public void ResolvePath_Unresolvable_NamesMemberAndVariable(string text, string message)
    {
        var failure = SourceTesting.Failure(() => Resolve(text, null));

        Assert.StartsWith("spec.json: path", failure);
        Assert.Contains(message, failure);
    }

    private static string Resolve(string text, string? variable)
    {
        var spec = StrictJson.Parse(System.Text.Json.JsonSerializer.Serialize(new { path = text }), "spec.json");
        return new SourceContext(s_base, name => name == "DATA" ? variable : null).ResolvePath(spec, "path");
    }
}
