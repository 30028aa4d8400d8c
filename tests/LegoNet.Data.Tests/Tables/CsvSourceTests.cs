using static LegoNet.Data.Tests.Support.SourceTesting;

namespace LegoNet.Data.Tests.Tables;

public class CsvSourceTests
{
    [Fact]
    public void Read_TextWithAllNames_GivesThem()
    {
        using var folder = new TempFolder();
        folder.Write("a.csv", "id,who,cls,body,title\r\n r1 ,ann, spam ,\" b,\n1\",t1\r\nr2,bob,,b2,t2");

        var source = Create(folder, """{"type":"text","path":"a.csv","texts":["title","body"],"label":"cls","subject":"who","id":"id"}""");
        var records = ReadAll(source);

        Assert.False(source.IdsArePositions);
        Assert.Null(source.Count);
        Assert.Equal(folder["a.csv"], source.Name);
        Assert.Equal(("ann", "r1", "spam", "t1\n b,\n1"), (records[0].Subject, records[0].Id, records[0].Label, Text(records[0])));
        Assert.Equal(("bob", "r2", null, "t2\nb2"), (records[1].Subject, records[1].Id, records[1].Label, Text(records[1])));
        Assert.Equal($"{folder["a.csv"]}: line 4", records[1].Origin);
        Assert.Equal(2, records.Count);
    }

    [Fact]
    public void Read_NoIdColumn_NamesRowsByFileAndPosition()
    {
        using var folder = new TempFolder();
        folder.Write("b.tsv.gz", Gzip("text\tlabel\nhello\tx\n\nbye\ty\n"u8.ToArray()));

        var source = Create(folder, """{"type":"text","path":"b.tsv.gz","label":"label","skipBlank":true}""");
        var records = ReadAll(source);

        Assert.True(source.IdsArePositions);
        Assert.Equal(["b.tsv.gz:1", "b.tsv.gz:2"], records.Select(r => r.Id));
        Assert.Equal(["b.tsv.gz:1", "b.tsv.gz:2"], records.Select(r => r.Subject));
        Assert.Equal(["hello", "bye"], records.Select(Text));
        Assert.EndsWith("line 4", records[1].Origin);
    }

    [Fact]
    public void Read_TableWithoutHeader_TakesTheGivenColumns()
    {
        using var folder = new TempFolder();
        folder.Write("t.data", "39, State-gov, <=50K.\n50, ?, >50K.\n");

        var records = ReadAll(folder, """{"type":"tabular","path":"t.data","header":false,"columns":["age","work","Y"],"label":"Y","labelTrim":"."}""");

        Assert.Equal(["<=50K", ">50K"], records.Select(r => r.Label));
        var row = Assert.IsType<TableRowInput>(records[0].Input);
        Assert.Equal(["age", "work"], row.Columns);
        Assert.Equal(["39", "State-gov"], row.Fields);
    }

    [Fact]
    public void Read_VectorsByRangeListAndDefault_TakesThoseColumns()
    {
        using var folder = new TempFolder();
        folder.Write("v.csv", "id,f0,f1,f2,label\na,1,-2.5e1,3,x\nb,0.1,\"0.2\", .3 ,y\n");

        var all = ReadAll(folder, """{"type":"vectors","path":"v.csv","id":"id","label":"label"}""");
        var range = ReadAll(folder, """{"type":"vectors","path":"v.csv","id":"id","label":"label","featuresFrom":"f1","featuresTo":"f2"}""");
        var list = ReadAll(folder, """{"type":"vectors","path":"v.csv","id":"id","label":"label","features":["f2","f0"]}""");

        Assert.Equal([1f, -25f, 3f], Vector(all[0]));
        Assert.Equal([0.1f, 0.2f, 0.3f], Vector(all[1]));
        Assert.Equal([-25f, 3f], Vector(range[0]));
        Assert.Equal([3f, 1f], Vector(list[0]));
        Assert.Equal(["x", "y"], all.Select(r => r.Label));
    }

    [Fact]
    public void Read_VectorsWithoutHeaderOrNames_NamesColumnsByPosition()
    {
        using var folder = new TempFolder();
        folder.Write("v.csv", "1;2;x\n3;4;y\n");

        var records = ReadAll(folder, """{"type":"vectors","path":"v.csv","header":false,"separator":";","label":"3"}""");

        Assert.Equal([[1f, 2f], [3f, 4f]], records.Select(Vector));
        Assert.Equal(["x", "y"], records.Select(r => r.Label));
    }

    [Fact]
    public void Read_OtherCulture_GivesTheSameVectors()
    {
        using var folder = new TempFolder();
        folder.Write("v.csv", "f\n1.5\n");
        var culture = System.Globalization.CultureInfo.CurrentCulture;
        try
        {
            var german = (System.Globalization.CultureInfo)System.Globalization.CultureInfo.InvariantCulture.Clone();
            german.NumberFormat.NumberDecimalSeparator = ",";
            german.NumberFormat.NumberGroupSeparator = ".";
            System.Globalization.CultureInfo.CurrentCulture = german;

            Assert.Equal([1.5f], Vector(ReadAll(folder, """{"type":"vectors","path":"v.csv"}""")[0]));
        }
        finally
        {
            System.Globalization.CultureInfo.CurrentCulture = culture;
        }
    }

    [Theory]
    [InlineData("", "is empty where a row of column names is expected")]
    [InlineData("text,label\n", "has no rows")]
    [InlineData("text,label\na,b\nc\n", "line 3: has 1 fields where 2 are expected")]
    [InlineData("text,label\na,b,c\n", "line 2: has 3 fields where 2 are expected")]
    [InlineData("text,label\na,b\n\n", "line 3: is blank")]
    [InlineData("text,text\na,b\n", "line 1: the column name \"text\" is given twice")]
    [InlineData("body,label\na,b\n", "has no column \"text\" (text); its columns are body, label")]
    [InlineData("text,other\na,b\n", "has no column \"label\" (label)")]
    [InlineData("text,other,Label\na,b,c\n", "has no column \"label\" (label); its columns are Label, text, other")]
    public void Read_MalformedText_SaysWhere(string content, string message)
    {
        using var folder = new TempFolder();
        var path = folder.Write("a.csv", content);

        var failure = Failure(folder, """{"type":"text","path":"a.csv","label":"label"}""");

        Assert.StartsWith(path, failure);
        Assert.Contains(message, failure);
    }

    [Theory]
    [InlineData("text,id\na,\n", "line 2: the id is empty")]
    [InlineData("text,id\na,\"x\ty\"\n", "line 2: the id has a control character")]
    public void Read_UnusableId_SaysWhere(string content, string message)
    {
        using var folder = new TempFolder();
        folder.Write("a.csv", content);

        Assert.Contains(message, Failure(folder, """{"type":"text","path":"a.csv","id":"id"}"""));
    }

    [Theory]
    [InlineData("a\nok,\xFF\n", 2)]
    [InlineData("a\nok\n\"x\ny\xC3\"\n", 4)]
    [InlineData("a\n\"\"\"\n\n\",\"\xC3\"\n", 4)]
    [InlineData("\xFF\nok\n", 1)]
    public void Read_InvalidUtf8_NamesTheLine(string latin1, int line)
    {
        using var folder = new TempFolder();
        var text = latin1.Contains(',') ? latin1.Replace("a\n", "a,b\n") : latin1;
        folder.Write("a.csv", System.Text.Encoding.Latin1.GetBytes(text));

        Assert.Contains($"a.csv: line {line}: is not valid UTF-8", Failure(folder, """{"type":"tabular","path":"a.csv"}"""));
    }

    [Theory]
    [InlineData("f,g\n1,x\n", "line 2: column \"g\" is no finite number")]
    [InlineData("f,g\n1,2\n1,NaN\n", "line 3: column \"g\" is no finite number")]
    [InlineData("f,g\nInfinity,1\n", "line 2: column \"f\" is no finite number")]
    [InlineData("f,g\n1e39,1\n", "line 2: column \"f\" is no finite number")]
    [InlineData("f,g\n,1\n", "line 2: column \"f\" is no finite number")]
    public void Read_NoNumber_NamesLineAndColumn(string content, string message)
    {
        using var folder = new TempFolder();
        folder.Write("v.csv", content);

        Assert.Contains(message, Failure(folder, """{"type":"vectors","path":"v.csv"}"""));
    }

    [Theory]
    [InlineData("\"features\":[\"f\",\"label\"]", "column \"label\" is both a feature and a label")]
    [InlineData("\"features\":[\"h\"]", "no column \"h\" (features)")]
    [InlineData("\"featuresFrom\":\"g\",\"featuresTo\":\"f\"", "\"f\" (featuresTo) stands before")]
    public void Read_UnfitFeatures_SaysWhich(string members, string message)
    {
        using var folder = new TempFolder();
        folder.Write("v.csv", "f,g,label\n1,2,x\n");

        Assert.Contains(message, Failure(folder, $$"""{"type":"vectors","path":"v.csv","label":"label",{{members}}}"""));
    }

    [Fact]
    public void Read_CutGzip_Fails()
    {
        using var folder = new TempFolder();
        var whole = Gzip(System.Text.Encoding.UTF8.GetBytes("text\n" + string.Concat(Enumerable.Range(0, 2000).Select(i => $"row {i * 7919 % 1000}\n"))));
        folder.Write("a.csv.gz", whole.AsSpan()[..^200]);

        var failure = Failure(folder, """{"type":"text","path":"a.csv.gz"}""");

        Assert.Contains("a.csv.gz", failure);
        Assert.Contains("cut off", failure);
    }

    [Fact]
    public void Read_NamedAsGzipOnly_SaysSo()
    {
        using var folder = new TempFolder();
        folder.Write("a.csv.gz", "text\nx\n");

        Assert.Contains("does not start as gzip data does", Failure(folder, """{"type":"text","path":"a.csv.gz"}"""));
    }

    [Fact]
    public void Read_MissingFileOrFolder_SaysSo()
    {
        using var folder = new TempFolder();
        folder.Write("d/x", "");

        Assert.Contains("no such file", Failure(folder, """{"type":"text","path":"a.csv"}"""));
        Assert.Contains("is a folder", Failure(folder, """{"type":"text","path":"d"}"""));
    }

    [Fact]
    public void Read_Cancelled_Stops()
    {
        using var folder = new TempFolder();
        folder.Write("a.csv", "text\nx\ny\n");
        using var cancellation = new CancellationTokenSource();
        using var records = Create(folder, """{"type":"text","path":"a.csv"}""").Read(cancellation.Token).GetEnumerator();
        Assert.True(records.MoveNext());

        cancellation.Cancel();

        Assert.Throws<OperationCanceledException>(() => records.MoveNext());
    }
}
