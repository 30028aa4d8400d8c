using LegoNet.Files;
using LegoNet.Store;
using LegoNet.Tests.Support;

namespace LegoNet.Tests.Store;

public sealed class RunSettingsTests : IDisposable
{
    private static readonly ModelDefinition s_definition = Models.Definition();
    private static readonly ViewColumns s_columns = new("Colour", "Vector", "Person", "Name");

    private readonly TempFolder _folder = new();

    private ModelPaths Paths => new(_folder["model"]);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Read_WhatWasSaved_IsTheSame()
    {
        var settings = new RunSettings("/encoder.onnx", [new CacheName("0123", "/cache")])
        {
            Columns = s_columns with { Subject = null },
            Steps = new KeptSteps("0123", 2),
        };
        settings.Save(Paths, PhysicalFileLayer.Instance);

        var read = RunSettings.Read(Paths, PhysicalFileLayer.Instance);

        Assert.Equal(("/encoder.onnx", s_columns with { Subject = null }), (read.Encoder, read.Columns));
        Assert.Equal(new KeptSteps("0123", 2), read.Steps);
        Assert.Equal<CacheName>([new CacheName("0123", "/cache")], read.Caches);
    }

    [Fact]
    public void Save_WithoutColumns_DoesNotMentionThem()
    {
        new RunSettings(null, [new CacheName("0123", "/cache")]).Save(Paths, PhysicalFileLayer.Instance);
        Assert.Equal("""{"caches":[{"id":"0123","path":"/cache"}],"encoder":null}""", File.ReadAllText(Paths.RunSettings));
    }

    [Theory]
    [InlineData("""{"columns":{"label":"a"}}""", "columns.features")]
    [InlineData("""{"columns":{"label":"a","features":"b","subjects":"c"}}""", "columns.subjects")]
    [InlineData("""{"columns":"a"}""", "columns")]
    [InlineData("""{"steps":{"front":1}}""", "steps.digest")]
    [InlineData("""{"steps":{"digest":"a","front":-1}}""", "steps.front")]
    public void Read_ColumnsOrStepsThatAreNone_IsRefusedAndNamed(string json, string member)
    {
        File.WriteAllText(Paths.RunSettings, json);
        var e = Assert.Throws<LegoNetException>(() => RunSettings.Read(Paths, PhysicalFileLayer.Instance));
        Assert.Contains(member, e.Message, StringComparison.Ordinal);
        Assert.Null(RunSettings.Load(Paths, PhysicalFileLayer.Instance).Columns);
    }

    [Fact]
    public void Train_WithColumns_KeepsThemBesideTheSameModel()
    {
        Train("model", s_columns).Dispose();
        Train("without", null).Dispose();
        Tree.AssertSameModel(_folder["without"], _folder["model"]);
        Assert.False(File.Exists(_folder["without.run.json"]));
        using var model = LegoNetModel.Open(_folder["model"], Options(null));
        Assert.Equal(s_columns, model.Columns);
    }

    [Fact]
    public void Train_ReplacingFromNoView_DropsTheColumnsOfTheModelThatWas()
    {
        Train("model", s_columns).Dispose();
        using var model = Train("model", null, replace: true);
        Assert.Null(model.Columns);
    }

    [Fact]
    public void Rebuild_OfAModelWithColumns_HasThemToo()
    {
        using var model = Train("model", s_columns);
        using var rebuilt = model.Rebuild(_folder["rebuilt"], s_definition, Options(null), cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal(s_columns, rebuilt.Columns);
    }

    [Fact]
    public void Rebuild_OfAModelWithSteps_HasThemTooAndIsMadeWithoutThemWhereTheyAreLost()
    {
        using var model = Train("model", s_columns);
        model.KeepSteps([1, 2, 3], 2);
        using (var rebuilt = model.Rebuild(_folder["rebuilt"], s_definition, Options(null), cancellationToken: TestContext.Current.CancellationToken))
        {
            Assert.Equal(2, rebuilt.Steps!.Front);
            Assert.Equal([1, 2, 3], rebuilt.ReadSteps(rebuilt.Steps));
        }

        File.Delete(Paths.Steps);
        using var other = model.Rebuild(_folder["other"], s_definition, Options(null), cancellationToken: TestContext.Current.CancellationToken);
        Assert.Null(other.Steps);
    }

    private LegoNetModel Train(string name, ViewColumns? columns, bool replace = false) => LegoNetModel.Train(
        _folder[name],
        s_definition,
        Enumerable.Range(0, 20).Select(i => Models.Record(s_definition.Spec, i, 0)),
        Options(columns, replace),
        cancellationToken: TestContext.Current.CancellationToken);

    private ModelOptions Options(ViewColumns? columns, bool replace = false)
        => new() { TagKeyPath = _folder["one.key"], Columns = columns, Replace = replace };
}
