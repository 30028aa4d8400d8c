using LegoNet.Data;
using LegoNet.Encoders.Hashing;
using LegoNet.MLNet.Data;
using LegoNet.MLNet.Encoders;
using LegoNet.MLNet.Tests.Support;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace LegoNet.MLNet.Tests.Encoders;

public class HashTextTests
{
    private readonly MLContext _ml = new(1);

    public static TheoryData<HashingOptions> Options { get; } = [.. new HashingOptions[]
    {
        new(),
        new() { Dimension = 1000 },
        new() { Dimension = 16, Ngrams = 1, Lowercase = false },
        new() { Dimension = 65535, Chars = (2, 4), StopWords = StopWords.English },
    }];

    [Fact]
    public void HashText_DefaultOptions_GivesTheCoresCodes()
    {
        var rows = Rows();
        var view = _ml.Transforms.HashText("Features", "Text").Fit(rows).Transform(rows);
        Assert.Equal(new VectorDataViewType(NumberDataViewType.Single, 4096), view.Schema["Features"].Type);
        Assert.Equal(Codes(new HashingOptions()), Views.Codes(view));
        Assert.All(Views.Codes(view)[^1], value => Assert.Equal(0, value));
    }

    [Fact]
    public void HashText_OutputColumn_CarriesWhatMadeIt()
    {
        using var encoder = new HashingEncoder(new HashingOptions { Dimension = 128 });
        var rows = Rows();
        var schema = _ml.Transforms.HashText("Features", "Text", new HashingOptions { Dimension = 128 }).Fit(rows).GetOutputSchema(rows.Schema);
        var binding = EncoderAnnotation.TryGet(schema["Features"]);
        Assert.NotNull(binding);
        Assert.Equal((encoder.CanonicalJson, encoder.Fingerprint), (binding.Declaration, binding.Fingerprint));
    }

    [Theory]
    [MemberData(nameof(Options), DisableDiscoveryEnumeration = true)]
    public void HashText_SavedAndLoaded_GivesTheSameColumn(HashingOptions options)
    {
        var rows = Rows();
        var model = _ml.Transforms.HashText("Hashed", "Text", options).Append(_ml.Transforms.CopyColumns("Copy", "Hashed")).Fit(rows);
        using var stream = new MemoryStream();
        _ml.Model.Save(model, rows.Schema, stream);
        stream.Position = 0;
        var loaded = new MLContext(2).Model.Load(stream, out _);

        var (before, after) = (model.Transform(rows), loaded.Transform(rows));
        Assert.Equal(before.Schema["Hashed"].Type, after.Schema["Hashed"].Type);
        Assert.Equal(before.Schema.Where(c => !c.IsHidden).Select(c => c.Name).Order(), after.Schema.Where(c => !c.IsHidden).Select(c => c.Name).Order());
        Assert.Equal(Codes(options), Views.Codes(before, "Copy"));
        Assert.Equal(Codes(options), Views.Codes(after, "Copy"));
    }

    [Fact]
    public void HashText_InPlace_SavesAndLoads()
    {
        var rows = Rows();
        var model = _ml.Transforms.HashText("Text").Fit(rows);
        using var stream = new MemoryStream();
        _ml.Model.Save(model, rows.Schema, stream);
        stream.Position = 0;
        var loaded = new MLContext(2).Model.Load(stream, out _);
        Assert.Equal(Codes(new HashingOptions()), Views.Codes(loaded.Transform(rows), "Text"));
    }

    [Fact]
    public void HashText_PredictionEngine_WorksBeforeAndAfterSaving()
    {
        var rows = Rows();
        var model = _ml.Transforms.HashText("Features", "Text", new HashingOptions { Dimension = 64 }).Fit(rows);
        using var stream = new MemoryStream();
        _ml.Model.Save(model, rows.Schema, stream);
        stream.Position = 0;
        foreach (var transformer in new[] { model, _ml.Model.Load(stream, out _) })
        {
            using var engine = _ml.Model.CreatePredictionEngine<NamedText, CodeRow>(transformer);
            var expected = Views.Vectors(model.Transform(rows), "Features");
            for (var i = 0; i < expected.Count; i++)
            {
                Assert.Equal(expected[i].DenseValues(), engine.Predict(new NamedText { Text = s_texts[i] }).Features);
            }
        }
    }

    [Fact]
    public void HashText_ColumnThatIsNoText_Throws()
    {
        var rows = _ml.Data.LoadFromEnumerable(new[] { new { Number = 1f } });
        var e = Assert.Throws<ArgumentOutOfRangeException>(() => _ml.Transforms.HashText("Features", "Number").Fit(rows));
        Assert.Contains("text column 'Number': expected Text, got Single", e.Message, StringComparison.Ordinal);
        var shape = new SchemaShape([Shapes.Single(_ml, "Number")]);
        Assert.Throws<ArgumentOutOfRangeException>(() => _ml.Transforms.HashText("Features", "Number").GetOutputSchema(shape));
        Assert.Throws<ArgumentOutOfRangeException>(() => _ml.Transforms.HashText("Features", "Number", new HashingOptions { Dimension = 3 }));
    }

    private static readonly string[] s_texts = ["The cat sat on the mat", "dogs and cats and DOGS", "größer als \"das\" 漢字", ""];

    private static List<sbyte[]> Codes(HashingOptions options)
    {
        using var encoder = new HashingEncoder(options);
        return [.. s_texts.Select(text =>
        {
            var code = new sbyte[encoder.Dimension];
            encoder.Encode([new SourceRecord("", "", null, new TextInput(text), "")], code);
            return code;
        })];
    }

    private IDataView Rows() => _ml.Data.LoadFromEnumerable(s_texts.Select(text => new NamedText { Text = text }).ToArray());
}
