using LegoNet.Data.Json;
using LegoNet.Data.Sources;
using static LegoNet.Data.Tests.Support.SourceTesting;

namespace LegoNet.Data.Tests.Sources;

public class SourceRegistryTests
{
    [Theory]
    [InlineData("""{"path":"a"}""", "type is missing")]
    [InlineData("""{"type":"video"}""", "type must be one of images")]
    [InlineData("""{"type":"text"}""", "path is missing")]
    [InlineData("""{"type":"text","path":"a.csv","colour":"red"}""", "colour is not a known member")]
    [InlineData("""{"type":"text","path":"a.csv","text":"a","texts":["b"]}""", "texts cannot be combined with")]
    [InlineData("""{"type":"text","path":"a.csv","texts":[]}""", "texts is empty")]
    [InlineData("""{"type":"text","path":"a.csv","separator":"ab"}""", "separator must be one ASCII character")]
    [InlineData("""{"type":"text","path":"a.csv","separator":"\n"}""", "separator must be one ASCII character")]
    [InlineData("""{"type":"text","path":"a.csv","separator":"\""}""", "separator must be one ASCII character")]
    [InlineData("""{"type":"text","path":"a.csv","columns":["a"]}""", "columns is allowed only with")]
    [InlineData("""{"type":"text","path":"a.csv","header":false,"columns":["a","a"]}""", "columns names a column twice")]
    [InlineData("""{"type":"vectors","path":"a.csv","featuresFrom":"a"}""", "featuresTo is missing")]
    [InlineData("""{"type":"vectors","path":"a.csv","features":["a"],"featuresFrom":"a","featuresTo":"b"}""", "features cannot be combined with")]
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
    public void Create_UnknownType_ListsTheKnownOnes()
    {
        using var folder = new TempFolder();

        Assert.StartsWith(
            "spec.json: type must be one of images, idx, text, tabular, vectors, npy, safetensors",
            Failure(() => Create(folder, """{"type":"video"}""")));
    }

    [Fact]
    public void Create_RegisteredType_GoesToItsFactoryAndRefusesWhatThatDidNotRead()
    {
        using var folder = new TempFolder();
        SourceRegistry.Register("words", new WordsFactory());

        var records = ReadAll(Create(folder, """{"type":"words","file":"a.txt","$comment":"passed over"}"""));

        Assert.Equal([folder["a.txt"]], records.Select(Text));
        Assert.EndsWith("file is missing.", Failure(() => Create(folder, """{"type":"words"}""")));
        Assert.EndsWith("colour is not a known member here.", Failure(() => Create(folder, """{"type":"words","file":"a.txt","colour":"red"}""")));
        Assert.Contains(", words, not \"video\"", Failure(() => Create(folder, """{"type":"video"}""")));
    }

    [Fact]
    public void Register_NoNameOrNoFactory_IsRefused()
    {
        Assert.Throws<ArgumentException>(() => SourceRegistry.Register("", new WordsFactory()));
        Assert.Throws<ArgumentNullException>(() => SourceRegistry.Register("nothing", null!));
    }

    private sealed class WordsFactory : ISourceFactory
    {
        public IRecordSource Create(StrictJson source, SourceContext context) => new Words(context.ResolvePath(source, "file"));
    }

    private sealed class Words(string path) : IRecordSource
    {
        public string Name => path;

        public long? Count => 1;

        public bool IdsArePositions => false;

        public IEnumerable<SourceRecord> Read(CancellationToken cancellationToken) => [new SourceRecord("s", "r", null, new TextInput(path), path)];
    }
}
