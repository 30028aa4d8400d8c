using System.IO.Compression;
using System.Text;
using LegoNet.Audit;
using LegoNet.Encoders.Hashing;
using LegoNet.Encoders.Tabular;
using LegoNet.MLNet.Tests.Support;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace LegoNet.MLNet.Tests.Models;

/// <summary>The steps around a model are kept beside it, so that one call brings back a pipeline that scores and forgets.</summary>
public sealed class KeptStepsTests : IDisposable
{
    private readonly MLContext _ml = new(1);
    private readonly TempFolder _folder = new();
    private readonly List<NamedText> _rows =
    [
        .. Enumerable.Range(0, 60).Select(i => new NamedText
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
    public void LoadLegoNet_AfterSaveLegoNet_IsTheWholePipelineThatScoresAndForgets()
    {
        var view = View(_rows);
        string[] before;
        using (var trained = Pipeline().Fit(view))
        {
            _ml.Model.SaveLegoNet(trained, view.Schema);
            before = [.. trained.Transform(view).GetColumn<string>("PredictedLabel")];
        }

        using var loaded = new MLContext().Model.LoadLegoNet(_folder["model"]);
        Assert.Equal(before, loaded.Transform(view).GetColumn<string>("PredictedLabel"));
        Assert.Equal(Guarantee.Exact, loaded.GetGuarantee().Guarantee);
        Assert.True(loaded.VerifyData(view, cancellationToken: Cancelled).IsExact);

        // Rows as they come: the kept steps make their codes and labels.
        var added = View([new NamedText { Subject = "newbie", Id = "new-1", Text = "odd phrase about 7", Label = "odd" }]);
        Assert.Equal(1, loaded.Add(added, cancellationToken: Cancelled).Records);
        var corrected = View([new NamedText { Subject = "newbie", Id = "new-1", Text = "even words", Label = "even" }]);
        Assert.Equal(1, loaded.Correct(corrected, cancellationToken: Cancelled).Records);
        Assert.Equal(1, loaded.Forget("newbie").Records);
        Assert.Equal(4, loaded.Forget("subject-3").Records);
        Assert.True(loaded.Verify(Cancelled).IsExact);
        Assert.Equal(56, loaded.Model.RecordCount);

        using var engine = _ml.Model.CreatePredictionEngine<NamedText, PredictedRow>(loaded, new PredictionEngineOptions { OwnsTransformer = false });
        Assert.Equal("odd", engine.Predict(new NamedText { Text = "odd phrase about nothing" }).Category);
        _ml.Model.SaveSafely(loaded, view.Schema, _folder["scorer.zip"]);
        var scorer = _ml.Model.Load(_folder["scorer.zip"], out _);
        using var disposable = (IDisposable)scorer;
        Assert.Equal(
            loaded.Transform(view).GetColumn<string>("PredictedLabel"),
            scorer.Transform(view).GetColumn<string>("PredictedLabel"));
    }

    [Fact]
    public void LoadLegoNet_LabelStepOfTrainingAloneKeptTwice_ScoresRowsWithoutLabelsAndAddsThoseWith()
    {
        var pipeline = _ml.Transforms.HashText("Features", nameof(NamedText.Text), new HashingOptions { Dimension = 32 })
            .Append(_ml.Transforms.DeclareKeys("Key", ["even", "odd"], nameof(NamedText.Label)), TransformerScope.TrainTest)
            .Append(_ml.MulticlassClassification.Trainers.LegoNet(Options("Key")));
        using (var trained = pipeline.Fit(View(_rows)))
        {
            _ml.Model.SaveLegoNet(trained, View(_rows).Schema);
        }

        using (var again = _ml.Model.LoadLegoNet(_folder["model"]))
        {
            _ml.Model.SaveLegoNet(again, View(_rows).Schema);
        }

        using var loaded = _ml.Model.LoadLegoNet(_folder["model"]);
        var unlabelled = _ml.Transforms.DropColumns(nameof(NamedText.Label)).Fit(View(_rows)).Transform(View(_rows));
        Assert.Equal(60, loaded.Transform(unlabelled).GetColumn<float>("Probability").Count());
        Assert.Equal(1, loaded.Add(View([new() { Subject = "n", Id = "n", Text = "odd", Label = "odd" }]), cancellationToken: Cancelled).Records);
    }

    [Fact]
    public void LoadLegoNet_NothingKept_TakesRowsAsTheModelDoes()
    {
        Fit(_rows).Dispose();
        using var loaded = _ml.Model.LoadLegoNet(_folder["model"]);
        Assert.Single(loaded);
        Assert.Throws<ArgumentOutOfRangeException>(() => loaded.Transform(View(_rows)));
        Assert.NotNull(loaded.Transform(Hash().Fit(View(_rows)).Transform(View(_rows))).Schema.GetColumnOrNull("Score"));
    }

    [Fact]
    public void SaveLegoNet_StepThatLearned_IsRefusedByNameAndKeepsNothing()
    {
        var pipeline = Hash().Append(_ml.Transforms.Conversion.MapValueToKey("Label")).Append(_ml.MulticlassClassification.Trainers.LegoNet(Options()));
        using var trained = pipeline.Fit(View(_rows));
        var e = Assert.Throws<LegoNetException>(() => _ml.Model.SaveLegoNet(trained, View(_rows).Schema));
        Assert.Contains("no forget would reach them: step 2: MapValueToKey", e.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(_folder["model.steps.zip"]));
    }

    [Fact]
    public void SaveLegoNet_SchemaWithNamesFromRows_KeepsNoneOfThem()
    {
        // The view itself carries keys that were collected from rows, as annotations of a column that the pipeline does not read.
        var view = _ml.Transforms.Conversion.MapValueToKey("Collected", nameof(NamedText.Subject)).Fit(View(_rows)).Transform(View(_rows));
        using var trained = Pipeline().Fit(view);
        _ml.Model.SaveLegoNet(trained, view.Schema);
        using var zip = ZipFile.OpenRead(_folder["model.steps.zip"]);
        foreach (var entry in zip.Entries)
        {
            using var stream = entry.Open();
            using var content = new MemoryStream();
            stream.CopyTo(content);
            Assert.DoesNotContain("subject-", Encoding.UTF8.GetString(content.ToArray()), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void SaveLegoNet_PipelineItCannotBringBack_IsRefusedByParameter()
    {
        var view = View(_rows);
        var options = Options();
        options.ModelPath = null;
        using var temporary = Pipeline(options).Fit(view);
        Assert.Throws<ArgumentException>("pipeline", () => _ml.Model.SaveLegoNet(temporary, view.Schema));
        var none = Hash().Fit(view);
        Assert.Throws<ArgumentException>("pipeline", () => _ml.Model.SaveLegoNet(none, view.Schema));

        // Features by other steps than those that the model was trained with.
        using var model = Fit(_rows);
        var other = _ml.Transforms.HashText("Features", nameof(NamedText.Text), new HashingOptions { Dimension = 32, Ngrams = 1 }).Fit(view).Append(model);
        Assert.Throws<ArgumentOutOfRangeException>(() => _ml.Model.SaveLegoNet(other, view.Schema));
    }

    [Fact]
    public void LoadLegoNet_StepsLostOrChanged_SaysSoAndOpensWithoutThem()
    {
        using (var trained = Pipeline().Fit(View(_rows)))
        {
            _ml.Model.SaveLegoNet(trained, View(_rows).Schema);
        }

        File.AppendAllText(_folder["model.steps.zip"], " ");
        AssertRefused();
        File.Delete(_folder["model.steps.zip"]);
        AssertRefused();
        using var model = _ml.Model.LoadLegoNet(_folder["model"], new LegoNetLoadOptions { WithoutSteps = true });
        Assert.Equal(4, model.Forget("subject-3").Records);

        void AssertRefused()
        {
            var e = Assert.Throws<LegoNetException>(() => _ml.Model.LoadLegoNet(_folder["model"]));
            Assert.Equal(LegoNetError.Damaged, e.Error);
            Assert.Contains("model.steps.zip", e.Message, StringComparison.Ordinal);
            Assert.Contains("SaveLegoNet", e.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Fit_OverAModelWithSteps_RemovesThem()
    {
        using (var trained = Pipeline().Fit(View(_rows)))
        {
            _ml.Model.SaveLegoNet(trained, View(_rows).Schema);
        }

        var options = Options();
        options.Overwrite = true;
        Pipeline(options).Fit(View(_rows)).Dispose();
        Assert.False(File.Exists(_folder["model.steps.zip"]));
        using var loaded = _ml.Model.LoadLegoNet(_folder["model"]);
        Assert.Single(loaded);
    }

    [Fact]
    public void LoadLegoNet_EncodeOnnxInFront_OpensTheEncoderAgain()
    {
        var images = Shapes32.Pixels(24);
        var view = _ml.Data.LoadFromEnumerable(images.Select((image, i) => new Picture { Id = $"p{i}", File = Shapes32.Png(image), Kind = i % 2 == 0 }));
        var pipeline = _ml.Transforms.EncodeOnnx("Features", "File", Shapes32.Card)
            .Append(_ml.BinaryClassification.Trainers.LegoNet(new LegoNetBinaryTrainer.Options
            {
                LabelColumnName = "Kind",
                IdColumnName = "Id",
                ModelPath = _folder["model"],
            }));
        float[] before;
        using (var trained = pipeline.Fit(view))
        {
            _ml.Model.SaveLegoNet(trained, view.Schema);
            before = [.. trained.Transform(view).GetColumn<float>("Probability")];
        }

        using var loaded = _ml.Model.LoadLegoNet(_folder["model"]);
        Assert.Equal(before, loaded.Transform(view).GetColumn<float>("Probability"));
        Assert.True(loaded.VerifyData(view, cancellationToken: Cancelled).IsExact);
        Assert.Equal(1, loaded.Forget("p3").Records);
    }

    [Fact]
    public void LoadLegoNet_OwnStepsInFront_SayWhatIsWrongWithARowAsAtTraining()
    {
        var pipeline = _ml.Transforms.EncodeTable(new EncodeTableEstimator.Options
        {
            Columns =
            [
                TableColumn.Categories(nameof(Visit.Plan), ["basic", "pro"]),
                TableColumn.Bins(nameof(Visit.Hours), [2, 4]),
                TableColumn.Number(nameof(Visit.Count), 0, 9),
                TableColumn.Cross(nameof(Visit.Plan), nameof(Visit.Hours)),
            ],
            TextColumns = [nameof(Visit.Note)],
            Text = new HashingOptions { Dimension = 32 },
            MissingMarks = ["", "none"],
        })
            .Append(_ml.Transforms.DeclareKeys("Key", ["stays", "leaves"], nameof(Visit.Outcome)), TransformerScope.TrainTest)
            .Append(_ml.MulticlassClassification.Trainers.LegoNet(Options("Key")));
        Visit[] rows = [.. Enumerable.Range(0, 40).Select(i => Row($"id-{i}", i % 3 == 0 ? "pro" : "basic", i % 3 == 0 ? "stays" : "leaves"))];
        var view = _ml.Data.LoadFromEnumerable(rows);
        float[] before;
        using (var trained = pipeline.Fit(view))
        {
            _ml.Model.SaveLegoNet(trained, view.Schema);
            before = [.. trained.Transform(view).GetColumn<float>("Probability")];
        }

        using var loaded = _ml.Model.LoadLegoNet(_folder["model"]);
        Assert.Equal(before, loaded.Transform(view).GetColumn<float>("Probability"));
        Assert.True(loaded.VerifyData(view, cancellationToken: Cancelled).IsExact);
        Assert.Equal("Row 1: column \"Plan\" holds a category that is not declared.", WhyNotAdded(Row("n", "gold", "stays")));
        Assert.Contains("Row 1: column \"Plan\" has no value", WhyNotAdded(Row("n", "none", "stays")), StringComparison.Ordinal);
        Assert.Contains("is a class that is not declared", WhyNotAdded(Row("n", "pro", "sleeps")), StringComparison.Ordinal);
        Assert.EndsWith("'Key' is missing", WhyNotAdded(Row("n", "pro", "")), StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => loaded.Transform(_ml.Transforms.DropColumns("Plan").Fit(view).Transform(view)));

        string WhyNotAdded(Visit row)
            => Assert.Throws<InvalidOperationException>(() => loaded.Add(_ml.Data.LoadFromEnumerable([rows[0], row]), cancellationToken: Cancelled)).Message;
    }

    [Fact]
    public void SaveLegoNet_SameSteps_KeepsTheSameBytes()
    {
        byte[] first;
        using (var trained = Pipeline().Fit(View(_rows)))
        {
            _ml.Model.SaveLegoNet(trained, View(_rows).Schema);
            first = File.ReadAllBytes(_folder["model.steps.zip"]);
        }

        using (var zip = ZipFile.OpenRead(_folder["model.steps.zip"]))
        {
            Assert.All(zip.Entries, entry => Assert.Equal(1980, entry.LastWriteTime.Year));
        }

        // A pipeline that was brought back can be kept again.
        using var loaded = _ml.Model.LoadLegoNet(_folder["model"]);
        _ml.Model.SaveLegoNet(loaded, View(_rows).Schema);
        Assert.Equal(first, File.ReadAllBytes(_folder["model.steps.zip"]));
    }

    private static Visit Row(string id, string plan, string outcome)
        => new() { Subject = id, Id = id, Plan = plan, Hours = id.Length, Count = 3, Note = "a note", Outcome = outcome };

    private EstimatorChain<Microsoft.ML.Transforms.KeyToValueMappingTransformer> Pipeline(LegoNetMulticlassTrainer.Options? options = null)
        => _ml.Transforms.DeclareKeys("Label", ["even", "odd"])
            .Append(Hash())
            .Append(_ml.MulticlassClassification.Trainers.LegoNet(options ?? Options()))
            .Append(_ml.Transforms.Conversion.MapKeyToValue("PredictedLabel"));

    private HashTextEstimator Hash() => _ml.Transforms.HashText("Features", nameof(NamedText.Text), new HashingOptions { Dimension = 32 });

    private LegoNetTransformer Fit(List<NamedText> rows)
    {
        var view = _ml.Transforms.DeclareKeys("Label", ["even", "odd"]).Append(Hash()).Fit(View(rows)).Transform(View(rows));
        return _ml.MulticlassClassification.Trainers.LegoNet(Options()).Fit(view);
    }

    private LegoNetMulticlassTrainer.Options Options(string label = "Label") => new()
    {
        LabelColumnName = label,
        SubjectColumnName = nameof(NamedText.Subject),
        IdColumnName = nameof(NamedText.Id),
        ModelPath = _folder["model"],
        Adapters = 4,
        Active = 2,
    };

    private IDataView View(IEnumerable<NamedText> rows) => _ml.Data.LoadFromEnumerable(rows);

    private sealed class Visit
    {
        public string Subject { get; set; } = "";

        public string Id { get; set; } = "";

        public string Plan { get; set; } = "";

        public float Hours { get; set; }

        public long Count { get; set; }

        public string Note { get; set; } = "";

        public string Outcome { get; set; } = "";
    }

    private sealed class Picture
    {
        public string Id { get; set; } = "";

        public byte[] File { get; set; } = [];

        public bool Kind { get; set; }
    }
}
