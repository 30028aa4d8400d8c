using System.Text;
using LegoNet.Data.Json;

namespace LegoNet.Data.Tests.Json;

public class StrictJsonTests
{
    private static readonly JsonRules s_closed = JsonRules.For(LegoNetError.Damaged, "a thing");

    [Theory]
    [InlineData("[]", "f.json: the root must be a JSON object.")]
    [InlineData("", "f.json: line 1: not valid JSON.")]
    [InlineData("{\n\"a\": 1,\n \"b\" 2}", "f.json: line 3: not valid JSON.")]
    [InlineData("{\"a\":1,\"\\u0061\":2}", "f.json: a is given twice.")]
    [InlineData("{\"a\":{\"b\":[1,{\"c\":1,\"c\":1}]}}", "f.json: a.b[1].c is given twice.")]
    [InlineData("{\"a\":{\"c\":1,\"c\":1},\n\"b\"}", "f.json: line 2: not valid JSON.")]
    [InlineData("{\"\\ud800\":1}", "f.json: a member's name is no Unicode text.")]
    [InlineData("{\"a\":{\"c\":1,\"c\":1},\"b\":{\"\\ud800\":1}}", "f.json: a.c is given twice.")]
    public void Parse_Malformed_SaysWhatAndWhere(string json, string message)
        => Assert.Equal(message, Assert.Throws<LegoNetException>(() => StrictJson.Parse(json, "f.json")).Message);

    [Fact]
    public void Parse_DuplicateOfALongName_IsNamedShort()
    {
        var name = new string('x', 70_000);
        var error = Assert.Throws<LegoNetException>(() => StrictJson.Parse($"{{\"{name}\":1,\"{name}\":1}}", "f.json"));
        Assert.InRange(error.Message.Length, 70, 120);
        var unknown = StrictJson.Parse($"{{\"{name}\":1}}", "f.json");
        Assert.InRange(Assert.Throws<LegoNetException>(unknown.Finish).Message.Length, 70, 120);
    }

    [Fact]
    public void Parse_TextThatIsNoUnicode_IsRefused()
    {
        Assert.Equal("f.json: it is no Unicode text.", Message(() => StrictJson.Parse("{\"a\":\"\ud800\"}", "f.json")));
        var escaped = StrictJson.Parse("{\"a\":\"\\ud800\",\"b\":[\"\\udc00x\"],\"c\":{\"d\":\"\\ud800\"}}", "f.json");
        Assert.Equal("f.json: a is no Unicode text.", Message(() => escaped.String("a")));
        Assert.Equal("f.json: b is no Unicode text.", Message(() => escaped.OptionalStrings("b")!.Count));
        Assert.Equal("f.json: c has text that is no Unicode.", Message(() => escaped.Object("c").ToCanonicalJson()));
        Assert.Equal("f.json: c has text that is no Unicode.", Message(() => escaped.Object("c").ToJson()));

        byte[] invalid = [.. "{\"a\":1,\""u8, 0xFF, .. "\":1}"u8];
        Assert.Equal("f.json: not a thing (it is no Unicode text).", Message(() => StrictJson.Parse(invalid, "f.json", s_closed)));
    }

    [Fact]
    public void Parse_ForPeople_TakesCommentsNullsAndNotes()
    {
        var spec = StrictJson.Parse("{ // a comment\n \"$schema\": \"x\", \"a\": 1.0e0, \"b\": null, \"c\": 2.0, }", "f.json");
        Assert.Equal(1, spec.Number("a", 0, 2));
        Assert.Equal("x", spec.Choice("b", "x", "x", "y"));
        Assert.False(spec.Has("b"));
        Assert.Null(spec.OptionalObject("b"));
        Assert.Equal("f.json: c is not a known member here.", Message(() => Finish(spec)));
        Assert.Equal(["a", "b", "c"], spec.Names);
    }

    [Theory]
    [InlineData("{\"a\":1,}", "line 1: not valid JSON")]
    [InlineData("{/**/\"a\":1}", "line 1: not valid JSON")]
    [InlineData("{\"a\":1.0}", "a must be a whole number from -5 to 5")]
    [InlineData("{\"a\":1e0}", "a must be a whole number from -5 to 5")]
    [InlineData("{\"a\":-0}", "a must be a whole number from -5 to 5")]
    [InlineData("{\"a\":6}", "a must be a whole number from -5 to 5")]
    [InlineData("{\"a\":null}", "a must be a whole number from -5 to 5")]
    [InlineData("{\"A\":1}", "a is missing (there is \"A\")")]
    [InlineData("{\"a\":1,\"$b\":1}", "$b is not a known member here")]
    [InlineData("{\"a\":[[[[[[[[1]]]]]]]]}", "line 1: not valid JSON")]
    [InlineData("[]", "it must be a JSON object")]
    public void Parse_Closed_TakesOneSpellingOnly(string json, string reason)
    {
        var error = Assert.Throws<LegoNetException>(() =>
        {
            var root = StrictJson.Parse(json, "f.json", s_closed);
            Assert.Equal(1, root.Integer("a", -5, 5));
            root.Finish();
        });
        Assert.Equal((LegoNetError.Damaged, $"f.json: not a thing ({reason})."), (error.Error, error.Message));
    }

    [Fact]
    public void Parse_Closed_ReadsWhatIsCanonical()
    {
        var root = StrictJson.Parse(
            "{\"a\":[{\"n\":-5},null],\"b\":null,\"c\":\"2026-03-04T05:06:07.089Z\",\"d\":\"00ff\",\"e\":9223372036854775807}",
            "f.json",
            s_closed);
        Assert.Equal([-5, null], root.ObjectsAndNulls("a").Select(item => item?.Integer("n", -5, 5)));
        Assert.Equal("f.json: not a thing (a[1] must be a JSON object).", Message(() => root.Objects("a").Count()));
        Assert.True(root.IsNull("b"));
        Assert.Null(root.DigestOrNull("b"));
        Assert.Equal("f.json: not a thing (b must be a string).", Message(() => root.OptionalDigest("b")!));
        Assert.Equal("2026-03-04T05:06:07.089Z", CanonicalJson.Spell(root.Time("c")));
        Assert.Equal([0, 255], root.Bytes("d", 2));
        Assert.Equal("f.json: not a thing (d must be 3 bytes in lower-case hex).", Message(() => root.Bytes("d", 3)));
        Assert.Equal("f.json: not a thing (d must be a SHA-256 digest in lower-case hex).", Message(() => root.Digest("d")));
        Assert.Equal(long.MaxValue, root.Integer("e", 0, long.MaxValue));
        root.Finish();
    }

    [Fact]
    public void Path_OfNestedObjects_IsThatOfTheFile()
    {
        var root = StrictJson.Parse("{\"a\":{\"b\":[{},{\"c\":{}}]}}", "f.json");
        var item = root.Object("a").OptionalObjects("b")![1];
        Assert.Equal(("", "a.b[1]", "a.b[1].c", "f.json"), (root.Path, item.Path, item.Object("c").Path, item.File));
        Assert.Equal("f.json: a.b[1].c.d is missing.", Message(() => item.Object("c").String("d")));
    }

    [Fact]
    public void ToJson_SpecWithComments_KeepsNumbersAsSpelled()
        => Assert.Equal("{\"b\":[1,2.50],\"a\":null}", StrictJson.Parse("{ \"b\": [1, 2.50], // x\n \"a\": null, }", "f.json").ToJson());

    [Fact]
    public void Parse_UnderRules_ReadsBytesAsText()
        => Assert.Equal("é", StrictJson.Parse(Encoding.UTF8.GetBytes("{\"a\":\"é\"}"), "f.json", s_closed).String("a"));

    private static StrictJson Finish(StrictJson spec)
    {
        spec.Finish();
        return spec;
    }

    private static string Message(Func<object> read) => Assert.Throws<LegoNetException>(read).Message;
}
