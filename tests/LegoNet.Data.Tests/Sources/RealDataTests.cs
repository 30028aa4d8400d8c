using LegoNet.Data.Json;
using LegoNet.Data.Sources;
using LegoNet.Data.Tests.Support;

namespace LegoNet.Data.Tests.Sources;

/// <summary>The data sets of the shipped pipelines, where they lie on this machine.</summary>
public class RealDataTests
{
    private const string FashionNames = """["t-shirt","trouser","pullover","dress","coat","sandal","shirt","sneaker","bag","ankle-boot"]""";

    [Theory]
    [InlineData("train", 50_000)]
    [InlineData("test", 10_000)]
    public void Read_Cifar10_GivesAllImages(string part, int count)
    {
        var records = Read($$"""{"type":"images","path":"${LEGONET_DATA}/images/cifar10-jpg.tar.gz","include":"cifar10/{{part}}/{label}/*.jpg"}""");

        Assert.Equal(count, records.Count);
        Assert.Equal(Enumerable.Repeat(count / 10, 10), records.CountBy(r => r.Label!).Select(c => c.Value));
        Assert.Equal(($"cifar10/{part}/airplane/0000.jpg", "airplane"), (records[0].Id, records[0].Label));
        Assert.Equal(count, records.Select(r => r.Id).Distinct().Count());
    }

    [Theory]
    [InlineData("train", 60_000)]
    [InlineData("t10k", 10_000)]
    public void Read_FashionMnist_GivesAllImages(string part, int count)
    {
        var records = Read($$"""
            {
              "type": "idx",
              "images": "${LEGONET_DATA}/images/fashion-mnist/{{part}}-images-idx3-ubyte.gz",
              "labels": "${LEGONET_DATA}/images/fashion-mnist/{{part}}-labels-idx1-ubyte.gz",
              "labelNames": {{FashionNames}}
            }
            """);

        Assert.Equal(count, records.Count);
        Assert.Equal("t-shirt", records[0].Label);
        Assert.Equal(Enumerable.Repeat(count / 10, 10), records.CountBy(r => r.Label!).Select(c => c.Value));
        Assert.Equal(28 * 28, Assert.IsType<PixelInput>(records[^1].Input).Pixels.Length);
        Assert.Equal($"{part}-images-idx3-ubyte.gz:{count}", records[^1].Id);
    }

    [Theory]
    [InlineData("train", 11_301)]
    [InlineData("test", 7_518)]
    public void Read_Newsgroups_GivesAllPosts(string part, int count)
    {
        var records = Read($$"""
            {"type":"text","path":"${LEGONET_DATA}/text/newsgroups/{{part}}.csv.gz","text":"text","label":"label","subject":"author","id":"id"}
            """);

        Assert.Equal(count, records.Count);
        Assert.Equal(($"{part}-00000", "comp.os.ms-windows.misc"), (records[0].Id, records[0].Label));
        Assert.Equal(20, records.Select(r => r.Label).Distinct().Count());
        if (part == "train")
        {
            Assert.Equal(5_747, records.Select(r => r.Subject).Distinct().Count());
        }
    }

    [Theory]
    [InlineData("train", 10_003)]
    [InlineData("test", 3_080)]
    public void Read_Banking77_GivesAllQueries(string part, int count)
    {
        var records = Read($$"""{"type":"text","path":"${LEGONET_DATA}/text/banking77/{{part}}.csv","text":"text","label":"category"}""");

        Assert.Equal(count, records.Count);
        Assert.Equal(($"{part}.csv:1", "card_arrival"), (records[0].Id, records[0].Label));
        Assert.Equal(77, records.Select(r => r.Label).Distinct().Count());
    }

    [Theory]
    [InlineData("adult.data", 32_561, "39")]
    [InlineData("adult.test", 16_281, "25")]
    public void Read_Adult_GivesAllRows(string file, int count, string age)
    {
        var records = Read($$"""{"type":"tabular","path":"${LEGONET_DATA}/tabular/adult/{{file}}","label":"Y","labelTrim":"."}""");

        Assert.Equal(count, records.Count);
        Assert.Equal(["<=50K", ">50K"], records.Select(r => r.Label).Distinct().Order(StringComparer.Ordinal));
        var row = Assert.IsType<TableRowInput>(records[0].Input);
        Assert.Equal(14, row.Columns.Count);
        Assert.Equal(("age", age), (row.Columns[0], row.Fields[0]));
        Assert.Equal("<=50K", records[0].Label);
    }

    [Fact]
    public void Infer_ReferenceImages_GivesAll()
    {
        var archive = SharedData.Need("images/reference-64px-jpg.tar.gz");

        Assert.Equal(4_000, SourceTesting.ReadAll(SourcePath.Infer(archive, RecordInputKind.Image)).Count);
    }

    private static List<SourceRecord> Read(string json)
    {
        SharedData.Require();
        return SourceTesting.ReadAll(SourceRegistry.Create(StrictJson.Parse(json, "spec.json"), new SourceContext(SharedData.Folder, _ => SharedData.Folder)));
    }
}
