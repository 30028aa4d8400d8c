using LegoNet.Data;
using LegoNet.Data.Generated;
using LegoNet.Data.Sources;
using static LegoNet.Tests.Sources.SourceTesting;

namespace LegoNet.Tests.Sources;

public class SourceFactoryTests
{
    private static readonly byte[] s_jpeg = [0xFF, 0xD8, 0xFF, 0xE0];

    [Theory]
    [InlineData("""{"path":"a"}""", "type is missing")]
    [InlineData("""{"type":"video"}""", "type must be one of images")]
    [InlineData("""{"type":"text"}""", "path is missing")]
    [InlineData("""{"type":"text","path":"a.csv","colour":"red"}""", "colour is not a known member")]
    [InlineData("""{"type":"text","path":"a.csv","text":"a","texts":["b"]}""", "texts cannot stand beside")]
    [InlineData("""{"type":"text","path":"a.csv","texts":[]}""", "texts is empty")]
    [InlineData("""{"type":"text","path":"a.csv","separator":"ab"}""", "separator must be one ASCII character")]
    [InlineData("""{"type":"text","path":"a.csv","separator":"\n"}""", "separator must be one ASCII character")]
    [InlineData("""{"type":"text","path":"a.csv","separator":"\""}""", "separator must be one ASCII character")]
    [InlineData("""{"type":"text","path":"a.csv","columns":["a"]}""", "columns stands only beside")]
    [InlineData("""{"type":"text","path":"a.csv","header":false,"columns":["a","a"]}""", "columns names a column twice")]
    [InlineData("""{"type":"vectors","path":"a.csv","featuresFrom":"a"}""", "featuresTo is missing")]
    [InlineData("""{"type":"vectors","path":"a.csv","features":["a"],"featuresFrom":"a","featuresTo":"b"}""", "features cannot stand beside")]
    [InlineData("""{"type":"vectors","path":"a.csv","features":["a","a"]}""", "features names a column twice")]
    [InlineData("""{"type":"images","path":"a","include":"{class}/*"}""", "include has a brace")]
    public void Create_MalformedDescription_NamesTheMember(string json, string message)
    {
        using var folder = new TempFolder();

        var failure = Failure(() => Create(folder, json));

        Assert.StartsWith("spec.json: ", failure);
        Assert.Contains(message, failure);
    }

    [Fact]
    public void Create_Generated_MakesIt()
    {
        using var folder = new TempFolder();

        var source = Create(folder, """{"type":"generated","records":7}""");

        Assert.IsType<GeneratedImageSource>(source);
        Assert.Equal(7, source.Count);
    }

    [Fact]
    public void Infer_FolderOfImages_LabelsByFolder()
    {
        using var folder = new TempFolder();
        folder.Write("d/x/cat/1.jpg", s_jpeg);
        folder.Write("d/dog/1.jpg", s_jpeg);
        folder.Write("d/0.jpg", s_jpeg);

        var records = ReadAll(SourceFactory.Infer(folder["d"], RecordInputKind.Image));

        Assert.Equal([("0.jpg", null), ("dog/1.jpg", "dog"), ("x/cat/1.jpg", "cat")], records.Select(r => (r.Id, r.Label)));
        Assert.Contains("holds images, and the model's encoder reads texts", Failure(() => SourceFactory.Infer(folder["d"], RecordInputKind.Text)));
    }

    [Fact]
    public void Infer_Table_TakesColumnsByNameAndRowsByKind()
    {
        using var folder = new TempFolder();
        var path = folder.Write("a.tsv", "id\ttext\tlabel\tf\nr\thello\tx\t1.5\n");
        var vectors = folder.Write("v.csv", "f0,f1\n1,2\n");

        var text = ReadAll(SourceFactory.Infer(path, RecordInputKind.Text))[0];
        var row = ReadAll(SourceFactory.Infer(path, RecordInputKind.Table))[0];
        var vector = SourceFactory.Infer(vectors, RecordInputKind.Vector);

        Assert.Equal(("r", "r", "x", "hello"), (text.Subject, text.Id, text.Label, Text(text)));
        Assert.Equal(["hello", "1.5"], Assert.IsType<TableRowInput>(row.Input).Fields);
        Assert.Equal([1f, 2f], Vector(ReadAll(vector)[0]));
        Assert.True(vector.IdsArePositions);
        Assert.Contains("holds rows of text", Failure(() => SourceFactory.Infer(path, RecordInputKind.Image)));
    }

    [Fact]
    public void Infer_Npy_TakesTheCsvBesideIt()
    {
        using var folder = new TempFolder();
        var path = folder.Write("x.npy", VectorFileSourceTests.Npy("{'descr': '<f4', 'fortran_order': False, 'shape': (1, 2), }", VectorFileSourceTests.Floats([1, 2])));
        Assert.Null(ReadAll(SourceFactory.Infer(path, RecordInputKind.Vector))[0].Label);

        folder.Write("x.csv", "id,label\nr,cat\n");

        var record = ReadAll(SourceFactory.Infer(path, RecordInputKind.Vector))[0];
        Assert.Equal(("r", "cat"), (record.Id, record.Label));
        Assert.Contains("holds vectors", Failure(() => SourceFactory.Infer(path, RecordInputKind.Image)));
    }

    [Fact]
    public void Infer_Json_TakesASourceOrAMember()
    {
        using var folder = new TempFolder();
        folder.Write("data/a.csv", "text\ntrain\n");
        folder.Write("data/b.csv", "text\ntest\n");
        var spec = folder.Write("specs/p.json", """
            {
              // a pipeline
              "source": {"type":"text","path":"../data/a.csv"},
              "test": {"type":"text","path":"../data/b.csv"},
            }
            """);
        var single = folder.Write("specs/s.json", """{"type":"text","path":"../data/b.csv"}""");

        Assert.Equal("train", Text(ReadAll(SourceFactory.Infer(spec, RecordInputKind.Text))[0]));
        Assert.Equal("test", Text(ReadAll(SourceFactory.Infer(spec + "#test", RecordInputKind.Text))[0]));
        Assert.Equal("test", Text(ReadAll(SourceFactory.Infer(single, RecordInputKind.Text))[0]));
        Assert.Contains("p.json: has no member \"other\"", Failure(() => SourceFactory.Infer(spec + "#other", RecordInputKind.Text)));
        Assert.Contains("no.json: no such file", Failure(() => SourceFactory.Infer(folder["no.json#test"], RecordInputKind.Text)));
    }

    [Fact]
    public void Infer_UnknownOrMissing_SaysSo()
    {
        using var folder = new TempFolder();
        var path = folder.Write("a.parquet", "PAR1");

        Assert.Contains("describe it in a .json file", Failure(() => SourceFactory.Infer(path, RecordInputKind.Table)));
        Assert.Contains("no such file or folder", Failure(() => SourceFactory.Infer(folder["none.csv"], RecordInputKind.Table)));
    }
}
