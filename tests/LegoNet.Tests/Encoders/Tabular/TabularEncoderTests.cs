using System.Globalization;
using LegoNet.Data;
using LegoNet.Data.Json;
using LegoNet.Encoders.Tabular;

namespace LegoNet.Tests.Encoders.Tabular;

public class TabularEncoderTests
{
    private const string Everything = """
        {
          "type": "tabular",
          "columns": [
            { "name": "age", "min": 17, "max": 90 },
            { "name": "work", "categories": ["gov", "private", "?"], "unknown": "zero" },
            { "name": "age", "edges": [30, 60], "coding": "thermometer", "amplitude": 10, "missing": "zero" },
            { "name": "gain", "edges": [1, 5000], "missing": "zero" },
            { "name": "gain", "edges": [1, 5000], "coding": "ordinal", "missing": "zero" },
            { "name": "sex", "categories": ["F", "M"], "missing": "zero", "amplitude": 127 },
            { "cross": ["work", "gain"], "amplitude": 5 },
          ],
        }
        """;

    private static readonly string[] s_header = ["id", "sex", "gain", "work", "age"];

    [Theory]
    [InlineData("17|gov|0|F", "-127|64,0,0|0,0|64,0,0|-127|127,0|5,0,0,0,0,0,0,0,0")]
    [InlineData("90|private|1|M", "127|0,64,0|10,10|0,64,0|0|0,127|0,0,0,0,5,0,0,0,0")]
    [InlineData("30|?|99999|F", "-82|0,0,64|10,0|0,0,64|127|127,0|0,0,0,0,0,0,0,0,5")]
    [InlineData("1e3|unheard|?|", "127|0,0,0|10,10|0,0,0|0|0,0|0,0,0,0,0,0,0,0,0")]
    [InlineData("-5|gov|4999.5|M", "-127|64,0,0|0,0|0,64,0|0|0,127|0,5,0,0,0,0,0,0,0")]
    public void Encode_Row_LaysOutTheDeclaredColumns(string row, string expected)
    {
        var f = row.Split('|');
        Assert.Equal(expected.Split('|', ',').Select(sbyte.Parse), Encode(Everything, ["7", f[3], f[2], f[1], f[0]]));
    }

    [Fact]
    public void Encode_Numeric_IsLinearRoundedToEven()
    {
        const string spec = """{"type":"tabular","columns":[{"name":"age","min":0,"max":256,"amplitude":64}]}""";
        Assert.Equal([-64], Encode(spec, ["", "", "", "", "0"]));
        Assert.Equal([-64], Encode(spec, ["", "", "", "", "1"]));
        Assert.Equal([-62], Encode(spec, ["", "", "", "", "3"]));
        Assert.Equal([0], Encode(spec, ["", "", "", "", "128"]));
        Assert.Equal([64], Encode(spec, ["", "", "", "", "256"]));
    }

    [Fact]
    public void Encode_OtherCulture_GivesTheSameCodes()
    {
        var before = CultureInfo.CurrentCulture;
        var expected = Encode(Everything, ["", "M", "1.5", "gov", "33.25"]);
        try
        {
            var culture = (CultureInfo)CultureInfo.InvariantCulture.Clone();
            culture.NumberFormat.NumberDecimalSeparator = ",";
            culture.NumberFormat.NumberGroupSeparator = ".";
            culture.NumberFormat.NegativeSign = "~";
            CultureInfo.CurrentCulture = culture;
            Assert.Equal(expected, Encode(Everything, ["", "M", "1.5", "gov", "33.25"]));
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Fact]
    public void Encode_RowsOfTwoSources_FindsColumnsInEach()
    {
        using var encoder = Create(Everything);
        var codes = new sbyte[3 * encoder.Dimension];
        codes.AsSpan().Fill(99);
        var first = Record(s_header, ["1", "M", "0", "gov", "40"]);
        encoder.Encode([first, Record(["age", "gain", "work", "sex"], ["40", "0", "gov", "M"]), first], codes);
        var d = encoder.Dimension;
        Assert.Equal(Encode(Everything, ["1", "M", "0", "gov", "40"]), codes[..d]);
        Assert.Equal(codes[..d], codes[d..(2 * d)]);
        Assert.Equal(codes[..d], codes[(2 * d)..]);
    }

    [Theory]
    [InlineData("|M|0|gov|?", "column \"age\" has no value")]
    [InlineData("|M|0|gov|old", "column \"age\" does not hold a number")]
    [InlineData("|M|0|gov|NaN", "column \"age\" does not hold a number")]
    [InlineData("|M|0|gov|1e999", "column \"age\" does not hold a number")]
    [InlineData("|M|0|gov|1,5", "column \"age\" does not hold a number")]
    [InlineData("|X|0|gov|20", "column \"sex\" holds a category that is not declared")]
    [InlineData("|M|0||20", "column \"work\" has no value")]
    [InlineData("|M|0|gov", "the row has 4 fields where the header has 5")]
    public void Encode_BadField_NamesColumnAndLine(string row, string message)
    {
        var e = Assert.Throws<LegoNetException>(() => Encode(Everything, row.Split('|')));
        Assert.Equal(LegoNetError.BadInput, e.Error);
        Assert.StartsWith("adult.data: line 12: " + message, e.Message);
    }

    [Fact]
    public void Encode_BadField_IsNotQuoted()
        => Assert.DoesNotContain("canary-4711", Assert.Throws<LegoNetException>(() => Encode(Everything, ["", "canary-4711", "0", "gov", "20"])).Message);

    [Theory]
    [InlineData("age,gain,work", "no column \"sex\"")]
    [InlineData("age,gain,work,sex,age", "two columns named \"age\"")]
    public void Encode_BadHeader_NamesTheColumn(string header, string message)
    {
        using var encoder = Create(Everything);
        var names = header.Split(',');
        var e = Assert.Throws<LegoNetException>(() => encoder.Encode([Record(names, new string[names.Length])], new sbyte[encoder.Dimension]));
        Assert.Contains(message, e.Message);
        Assert.StartsWith("adult.data: line 12:", e.Message);
    }

    [Fact]
    public void Encode_NoRow_NamesTheRecord()
    {
        using var encoder = Create(Everything);
        var record = new SourceRecord("s", "i", null, new TextInput("x"), "adult.data: line 12");
        Assert.StartsWith("adult.data: line 12:", Assert.Throws<LegoNetException>(() => encoder.Encode([record], new sbyte[encoder.Dimension])).Message);
    }

    [Fact]
    public void CanonicalJson_ReadAgain_IsTheSameEncoder()
    {
        using var encoder = Create(Everything);
        using var again = Create(encoder.CanonicalJson);
        Assert.Equal(encoder.CanonicalJson, again.CanonicalJson);
        Assert.Equal(encoder.Fingerprint, again.Fingerprint);
        Assert.Equal("legonet-tabular 1", encoder.Fingerprint.Runtime);
        Assert.Equal(21, encoder.Dimension);
    }

    [Fact]
    public void CanonicalJson_Defaults_AreFilledInAndSorted()
    {
        using var encoder = Create(
            """{"type":"tabular","columns":[{"max":1.50,"min":-0.0,"name":"x\"\u0001é<"},{"name":"c","categories":["b","a"]},"""
            + """{"name":"e","edges":[1]},{"cross":["c","e"]}]}""");
        Assert.Equal(
            """{"columns":[{"amplitude":127,"max":1.5,"min":0,"missing":"error","name":"x\"\u0001é<"},"""
            + """{"amplitude":64,"categories":["b","a"],"missing":"error","name":"c","unknown":"error"},"""
            + """{"amplitude":64,"coding":"onehot","edges":[1],"missing":"error","name":"e"},{"amplitude":64,"cross":["c","e"]}]"""
            + ""","missingMarks":["","?"],"type":"tabular"}""",
            encoder.CanonicalJson);
    }

    [Theory]
    [InlineData("", "columns is missing", false)]
    [InlineData("", "columns must make 1 to 65535 codes", true)]
    [InlineData("""{"name":"a"}""", "columns[0] must declare", true)]
    [InlineData("""{"name":"a","min":1}""", "columns[0] must declare", true)]
    [InlineData("""{"name":"a","min":2,"max":2}""", "columns[0].max must be greater", true)]
    [InlineData("""{"name":"","min":1,"max":2}""", "columns[0].name must not be empty", true)]
    [InlineData("""{"name":"a","min":1,"max":2,"unknown":"zero"}""", "columns[0].unknown is not a known member", true)]
    [InlineData("""{"name":"a","min":1,"max":2,"amplitude":128}""", "columns[0].amplitude must be", true)]
    [InlineData("""{"name":"a","categories":[]}""", "columns[0].categories must not be empty", true)]
    [InlineData("""{"name":"a","categories":["x","x"]}""", "columns[0].categories names a category twice", true)]
    [InlineData("""{"name":"a","edges":[]}""", "columns[0].edges must not be empty", true)]
    [InlineData("""{"name":"a","edges":[1,1]}""", "columns[0].edges must increase", true)]
    [InlineData("""{"name":"a","edges":[1],"coding":"gray"}""", "columns[0].coding must be one of", true)]
    [InlineData("""{"name":"a","categories":["x"],"missing":"skip"}""", "columns[0].missing must be one of", true)]
    [InlineData("""{"cross":["a"]}""", "columns[0].cross must name two", true)]
    [InlineData("""{"name":"a","min":1,"max":2},{"cross":["a","a"]}""", "columns[1].cross names \"a\"", true)]
    public void FromSpec_BadMember_IsNamed(string columns, string message, bool present)
    {
        var e = Assert.Throws<LegoNetException>(() => Create(present ? $$"""{"type":"tabular","columns":[{{columns}}]}""" : """{"type":"tabular"}"""));
        Assert.Equal(LegoNetError.BadInput, e.Error);
        Assert.StartsWith("test.json: " + message, e.Message);
    }

    [Fact]
    public void FromSpec_HugeCross_IsRefused()
    {
        var categories = string.Join(',', Enumerable.Range(0, 130).Select(i => $"\"{i}\""));
        var json = $$"""{"type":"tabular","columns":[{"name":"a","categories":[{{categories}}]},{"cross":["a","a"]}]}""";
        var e = Assert.Throws<LegoNetException>(() => Create(json));
        Assert.Contains("16384", e.Message);
    }

    private static TabularEncoder Create(string spec) => TabularEncoder.FromSpec(StrictJson.Parse(spec, "test.json"));

    private static SourceRecord Record(string[] header, string[] fields) => new("s", "i", null, new TableRowInput(header, fields), "adult.data: line 12");

    private static sbyte[] Encode(string spec, string[] fields)
    {
        using var encoder = Create(spec);
        var codes = new sbyte[encoder.Dimension];
        encoder.Encode([Record(s_header, fields)], codes);
        return codes;
    }
}
