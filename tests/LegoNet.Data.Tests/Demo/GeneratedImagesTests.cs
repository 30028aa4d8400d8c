using LegoNet.Data.Json;
using LegoNet.Data.Sources;
using LegoNet.Demo;

namespace LegoNet.Data.Tests.Demo;

public class GeneratedImagesTests
{
    [Fact]
    public void Register_ThenASpecThatNamesThem_MakesThem()
    {
        GeneratedImages.Register();

        var source = SourceRegistry.Create(StrictJson.Parse("""{"type":"generated","records":7}""", "x.json"), new SourceContext("."));

        Assert.IsType<GeneratedImageSource>(source);
        Assert.Equal(7, source.Count);
    }

    [Fact]
    public void Create_AllMembers_AreTaken()
    {
        var source = Create("""{"type": "generated", "set": "public", "split": "test", "records": 12, "subjects": 5, "seed": 9}""");
        Assert.Equal((12, 5, "generated public test (seed 9)"), (source.Records, source.Subjects, source.Name));
        Assert.Equal(12, source.Count);
        var expected = new GeneratedImageSource("public", "test", 12, 5, 9).Read(CancellationToken.None);
        Assert.True(source.Read(CancellationToken.None).Zip(expected)
            .All(p => p.First.Subject == p.Second.Subject && Pixels(p.First).SequenceEqual(Pixels(p.Second))));
    }

    [Fact]
    public void Create_OnlyRecords_IsTheDemosTrainingData()
    {
        var source = Create("""{"type": "generated", "records": 10}""");
        Assert.Equal((10, 300, "generated demo train (seed 1)"), (source.Records, source.Subjects, source.Name));
    }

    [Theory]
    [InlineData("""{"type": "generated"}""", "records")]
    [InlineData("""{"type": "images", "records": 10}""", "type")]
    [InlineData("""{"type": "generated", "records": 0}""", "records")]
    [InlineData("""{"type": "generated", "records": 10000001}""", "records")]
    [InlineData("""{"type": "generated", "records": 1.5}""", "records")]
    [InlineData("""{"type": "generated", "records": 10, "set": "private"}""", "set")]
    [InlineData("""{"type": "generated", "records": 10, "split": "dev"}""", "split")]
    [InlineData("""{"type": "generated", "records": 10, "subjects": 0}""", "subjects")]
    [InlineData("""{"type": "generated", "records": 10, "seed": -1}""", "seed")]
    [InlineData("""{"type": "generated", "records": 10, "sead": 1}""", "sead")]
    public void Create_BadMember_IsNamed(string json, string member)
    {
        var error = Assert.Throws<LegoNetException>(() => Create(json));
        Assert.Equal(LegoNetError.BadInput, error.Error);
        Assert.StartsWith($"x.json: {member} ", error.Message, StringComparison.Ordinal);
    }

    private static GeneratedImageSource Create(string json)
        => Assert.IsType<GeneratedImageSource>(new GeneratedImages().Create(StrictJson.Parse(json, "x.json"), new SourceContext(".")));

    private static ReadOnlySpan<byte> Pixels(SourceRecord record) => ((PixelInput)record.Input).Pixels.Span;
}
