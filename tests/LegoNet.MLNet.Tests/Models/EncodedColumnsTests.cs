using LegoNet.Audit;
using LegoNet.Data;
using LegoNet.Encoders;
using LegoNet.Encoders.Hashing;
using LegoNet.MLNet.Encoders;
using LegoNet.MLNet.Tests.Saving;
using LegoNet.MLNet.Tests.Support;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace LegoNet.MLNet.Tests.Models;

/// <summary>Trainers and transformers on columns that say what made their codes.</summary>
public sealed class EncodedColumnsTests : IDisposable
{
    private const int Dimension = 32;

    private readonly MLContext _ml = new(1);
    private readonly TempFolder _folder = new();
    private readonly List<NamedText> _rows =
    [
        .. Enumerable.Range(0, 40).Select(i => new NamedText
        {
            Subject = $"subject-{i / 4}",
            Id = $"id-{i}",
            Text = i % 2 == 0 ? $"even words of number {i}" : $"odd phrase about {i}",
            Label = i % 2 == 0 ? "even" : "odd",
        }),
    ];

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Fit_HashedTexts_NeedNoCalibrationAndScoreTexts()
    {
        var pipeline = _ml.Transforms.HashText("Features", nameof(NamedText.Text), new HashingOptions { Dimension = Dimension })
            .Append(Rows.Declare(_ml, nameof(NamedText.Label), ["odd", "even"]))
            .Append(_ml.MulticlassClassification.Trainers.LegoNet(Options()))
            .Append(_ml.Transforms.Conversion.MapKeyToValue("PredictedLabel"));
        using var model = pipeline.Fit(View(_rows));
        using var engine = _ml.Model.CreatePredictionEngine<NamedText, PredictedRow>(model, new PredictionEngineOptions { OwnsTransformer = false });
        Assert.Equal("odd", engine.Predict(new NamedText { Text = "odd phrase about nothing" }).Category);
        Assert.Equal("even", engine.Predict(new NamedText { Text = "even words of it" }).Category);
    }

    [Fact]
    public void Fit_CachedColumn_RegistersTheCacheAndForgetPurgesIt()
    {
        using var model = Fit(Encoded("cache", _rows));
        Assert.Equal([_folder["cache"]], model.Model.RegisteredCaches);
        Assert.Equal((4L, 4L), Counts(model.Forget("subject-3")));
    }

    [Fact]
    public void Add_ColumnWithAnotherCache_RegistersItToo()
    {
        using var model = Fit(Encoded("cache", _rows[..32]));
        Assert.Equal(8, model.Add(Encoded("second", _rows[32..]), cancellationToken: Cancelled).Records);
        Assert.Equal([_folder["cache"], _folder["second"]], model.Model.RegisteredCaches);
        Assert.Equal((4L, 4L), Counts(model.Forget("subject-9")));
        using var never = Fit(Encoded("third", _rows[..36]), "never");
        Tree.AssertSameModel(_folder["never"], _folder["model"]);
    }

    [Fact]
    public void Correct_Fails_TheCacheItFilledIsRegisteredAllTheSame()
    {
        using var model = Fit(Encoded("cache", _rows[..32]));
        var view = Encoded("second", _rows[32..]);
        Assert.Throws<LegoNetException>(() => model.Correct(view, cancellationToken: Cancelled));
        Assert.Contains(_folder["second"], model.Model.RegisteredCaches);
    }

    [Fact]
    public void Add_CachedUnderOtherNames_IsRefused()
    {
        using var model = Fit(Encoded("cache", _rows[..32]));
        var others = _ml.Model.LoadLegoNet(_folder["model"], new LegoNetLoadOptions
        {
            SubjectColumnName = "Id",
            IdColumnName = "Id",
            TagKeyPath = _folder["one.key"],
        });
        var view = Encoded("second", _rows[32..]);
        Assert.Contains("'Features'", Assert.Throws<ArgumentException>(() => others.Add(view, cancellationToken: Cancelled)).Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_folder["second"]));
    }

    [Fact]
    public void Transform_ColumnThatLostItsEncoder_ScoresCodesAndNothingElse()
    {
        var view = Encoded("cache", _rows);
        using var model = Fit(view);
        var plain = _ml.Data.LoadFromEnumerable(view.GetColumn<float[]>("Features").Select(f => new PlainRow
        {
            Label = "odd",
            Subject = "s",
            Id = "i",
            Features = f,
        }));
        Assert.Null(EncoderAnnotation.TryGet(plain.Schema["Features"]));
        Assert.Equal(model.Transform(view).GetColumn<float>("Probability"), model.Transform(plain).GetColumn<float>("Probability"));
        var raw = _ml.Data.LoadFromEnumerable([new PlainRow { Features = [.. Enumerable.Repeat(0.3f, Dimension)] }]);
        var thrown = Assert.Throws<InvalidOperationException>(() => model.Transform(raw).GetColumn<float>("Probability").ToArray());
        Assert.Contains("'Features'", thrown.Message, StringComparison.Ordinal);

        // To be stored, codes must say what made them.
        var keyed = Rows.Declare(_ml, "Label", ["odd", "even"]).Fit(plain).Transform(plain);
        var thrown2 = Assert.Throws<ArgumentOutOfRangeException>(() => model.Add(keyed, cancellationToken: Cancelled));
        Assert.Contains("'Features'", thrown2.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Save_Transformer_IsLoadedAsAScorerOfCodes()
    {
        var view = Encoded("cache", _rows);
        using var model = Fit(view);
        using var stream = new MemoryStream();
        _ml.Model.Save(model, null, stream);
        stream.Position = 0;
        var loaded = new MLContext().Model.Load(stream, out _);
        using var disposable = (IDisposable)loaded;
        Predictions.AssertSame(model.Transform(view), loaded.Transform(view), _rows.Count);
    }

    private static (long Records, long Purged) Counts(Receipt receipt) => (receipt.Records, receipt.CachesPurged);

    private IDataView View(IEnumerable<NamedText> rows) => _ml.Data.LoadFromEnumerable(rows);

    private IDataView Encoded(string cache, IEnumerable<NamedText> rows)
    {
        var encoder = new HashingEncoder(new HashingOptions { Dimension = Dimension });
        var estimator = new EncodeOnnxEstimator(
            new EncodeSettings("Features", "Text", null, 2, _folder[cache], "Subject", "Id"),
            RecordInputKind.Text,
            () => new EncoderSetup { Encoder = encoder, InputKind = RecordInputKind.Text, Declaration = encoder.CanonicalJson });
        var pipeline = Rows.Declare(_ml, nameof(NamedText.Label), ["odd", "even"]).Append(estimator);
        return pipeline.Fit(View(rows)).Transform(View(rows));
    }

    private LegoNetMulticlassTrainer.Options Options(string name = "model") => new()
    {
        SubjectColumnName = "Subject",
        IdColumnName = "Id",
        Adapters = 4,
        Active = 2,
        Adapter = AdapterOptions.Ridge(1000),
        ModelPath = _folder[name],
        TagKeyPath = _folder["one.key"],
    };

    private LegoNetTransformer Fit(IDataView view, string name = "model") => _ml.MulticlassClassification.Trainers.LegoNet(Options(name)).Fit(view);

    private sealed class PlainRow
    {
        public string Label { get; set; } = "";

        public string Subject { get; set; } = "";

        public string Id { get; set; } = "";

        [VectorType(Dimension)]
        public float[] Features { get; set; } = [];
    }
}
