using LegoNet.Data.Sources;
using LegoNet.Data.Tests.Vectors;
using static LegoNet.Data.Tests.Support.SourceTesting;

namespace LegoNet.Data.Tests.Sources;

public class SourcePathTests
{
    private static readonly byte[] s_jpeg = [0xFF, 0xD8, 0xFF, 0xE0];

    [Fact]
    public void Infer_FolderOfImages_LabelsByFolder()
    {
        using var folder = new TempFolder();
        folder.Write("d/x/cat/1.jpg", s_jpeg);
        folder.Write("d/dog/1.jpg", s_jpeg);
        folder.Write("d/0.jpg", s_jpeg);

        var records = ReadAll(SourcePath.Infer(folder["d"], RecordInputKind.Image));

        Assert.Equal([("0.jpg", null), ("dog/1.jpg", "dog"), ("x/cat/1.jpg", "cat")], records.Select(r => (r.Id, r.Label)));
        Assert.Contains("holds images, and the model's encoder reads texts", Failure(() => SourcePath.Infer(folder["d"], RecordInputKind.Text)));
    }

    [Fact]
    public void Infer_Table_TakesColumnsByNameAndRowsByKind()
    {
        using var folder = new TempFolder();
        var path = folder.Write("a.tsv", "id\ttext\tlabel\tf\nr\thello\tx\t1.5\n");
        var vectors = folder.Write("v.csv", "f0,f1\n1,2\n");

        var text = ReadAll(SourcePath.Infer(path, RecordInputKind.Text))[0];
        var row = ReadAll(SourcePath.Infer(path, RecordInputKind.Table))[0];
        var vector = SourcePath.Infer(vectors, RecordInputKind.Vector);

        Assert.Equal(("r", "r", "x", "hello"), (text.Subject, text.Id, text.Label, Text(text)));
        Assert.Equal(["hello", "1.5"], Assert.IsType<TableRowInput>(row.Input).Fields);
        Assert.Equal([1f, 2f], Vector(ReadAll(vector)[0]));
        Assert.True(vector.IdsArePositions);
        Assert.Contains("holds rows of text", Failure(() => SourcePath.Infer(path, RecordInputKind.Image)));
    }

    [Fact]
    public void Infer_Npy_TakesTheCsvBesideIt()
    {
        using var folder = new TempFolder();
        var path = folder.Write("x.npy", VectorFileSourceTests.Npy("{'descr': '<f4', 'fortran_order': False, 'shape': (1, 2), }", VectorFileSourceTests.Floats([1, 2])));
        Assert.Null(ReadAll(SourcePath.Infer(path, RecordInputKind.Vector))[0].Label);

        folder.Write("x.csv", "id,label\nr,cat\n");

        var record = ReadAll(SourcePath.Infer(path, RecordInputKind.Vector))[0];
        Assert.Equal(("r", "cat"), (record.Id, record.Label));
        Assert.Contains("holds vectors", Failure(() => SourcePath.Infer(path, RecordInputKind.Image)));
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

        Assert.Equal("train", Text(ReadAll(SourcePath.Infer(spec, RecordInputKind.Text))[0]));
        Assert.Equal("test", Text(ReadAll(SourcePath.Infer(spec + "#test", RecordInputKind.Text))[0]));
        Assert.Equal("test", Text(ReadAll(SourcePath.Infer(single, RecordInputKind.Text))[0]));
        Assert.Contains("p.json: has no member \"other\"", Failure(() => SourcePath.Infer(spec + "#other", RecordInputKind.Text)));
        Assert.Contains("no.json: no such file", Failure(() => SourcePath.Infer(folder["no.json#test"], RecordInputKind.Text)));
    }

    [Fact]
    public void Infer_UnknownOrMissing_SaysSo()
    {
        using var folder = new TempFolder();
        var path = folder.Write("a.parquet", "PAR1");

        Assert.Contains("describe it in a .json file", Failure(() => SourcePath.Infer(path, RecordInputKind.Table)));
        Assert.Contains("no such file or folder", Failure(() => SourcePath.Infer(folder["none.csv"], RecordInputKind.Table)));
    }
}
