using LegoNet.Audit;
using LegoNet.MLNet.Tests.Support;
using LegoNet.Records;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace LegoNet.MLNet.Tests.Models;

public sealed class LegoNetTransformerTests : IDisposable
{
    private readonly MLContext _ml = new(1);
    private readonly TempFolder _folder = new();
    private readonly List<Row> _rows = Rows.Create(150);

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Forget_SubjectsRecordsAndViews_EqualsTrainingWithoutThem()
    {
        using var model = Fit(_rows);
        Assert.Equal(3, model.Forget("person-3").Records);
        Assert.Equal(1, model.Forget("person-4", "record-12").Records);
        Assert.Equal(4, model.Forget([new ForgetTarget("person-5"), new ForgetTarget("person-6", "record-18")], cancellationToken: Cancelled).Records);
        var requests = _ml.Data.LoadFromEnumerable([new Request { Who = "person-7" }, new Request { Who = "person-8" }]);
        Assert.Equal(6, model.Forget(requests, nameof(Request.Who), cancellationToken: Cancelled).Records);
        var single = _ml.Data.LoadFromEnumerable([new Request { Who = "person-9", What = "record-27" }]);
        var receipt = model.Forget(single, nameof(Request.Who), nameof(Request.What), cancellationToken: Cancelled);
        Assert.Equal((1, Guarantee.Exact, "forget"), ((int)receipt.Records, receipt.Guarantee, receipt.Operation));
        string[] gone = ["person-3", "person-5", "person-7", "person-8"];
        string[] single2 = ["record-12", "record-18", "record-27"];
        using var never = Fit(_rows.Where(r => !gone.Contains(r.Person) && !single2.Contains(r.Name)), "never");
        Tree.AssertSameModel(_folder["never"], _folder["model"]);
        Assert.True(model.Verify(Cancelled).IsExact);
    }

    [Fact]
    public void Forget_Unknown_IsRefusedUnlessIgnored()
    {
        using var model = Fit(_rows);
        Assert.Throws<LegoNetException>(() => model.Forget("nobody"));
        Assert.Equal(3, model.Forget([new ForgetTarget("nobody"), new ForgetTarget("person-3")], ignoreUnknown: true, Cancelled).Records);
    }

    [Fact]
    public void Forget_ViewWithAMissingName_ForgetsNothing()
    {
        using var model = Fit(_rows);
        var requests = _ml.Data.LoadFromEnumerable([new Request { Who = "person-7", What = "record-21" }, new Request { Who = "person-8" }]);
        var e = Assert.Throws<InvalidOperationException>(() => model.Forget(requests, nameof(Request.Who), nameof(Request.What), cancellationToken: Cancelled));
        Assert.Contains("'What'", e.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => model.Forget(requests, "Nowhere", cancellationToken: Cancelled));
        Assert.Equal(150, model.Model.RecordCount);
    }

    [Fact]
    public void Transform_AfterForget_NewCursorsScoreWithTheNewState()
    {
        using var model = Fit(_rows);
        var view = Rows.Keyed(_ml, _rows);
        var scored = model.Transform(view);
        var before = scored.GetColumn<float>("Probability").ToArray();
        using var cursor = scored.GetRowCursor([scored.Schema["Probability"]]);
        var getter = cursor.GetGetter<float>(scored.Schema["Probability"]);
        Assert.True(cursor.MoveNext());
        using var engine = _ml.Model.CreatePredictionEngine<Row, PredictedKey>(model, new PredictionEngineOptions { OwnsTransformer = false });
        Assert.Equal(before[0], engine.Predict(_rows[0]).Probability);
        model.Forget([.. _rows.Take(60).Select(r => new ForgetTarget(r.Person)).Distinct()], cancellationToken: Cancelled);

        // The cursor that was there goes on with its state, a new one and the engine have the new state.
        var after = scored.GetColumn<float>("Probability").ToArray();
        Assert.NotEqual(before, after);
        var old = 0f;
        getter(ref old);
        Assert.True(cursor.MoveNext());
        getter(ref old);
        Assert.Equal(before[1], old);
        Assert.Equal(after[1], engine.Predict(_rows[1]).Probability);
        using var never = Fit(_rows.Skip(60), "never");
        Assert.Equal(never.Transform(view).GetColumn<float>("Probability"), after);
    }

    [Fact]
    public void Add_RowsByTheColumnsOfTraining_EqualsTrainingOnAll()
    {
        using var model = Fit(_rows[..120]);
        var receipt = model.Add(Rows.Keyed(_ml, _rows[100..], "green", "blue", "red"), cancellationToken: Cancelled);
        Assert.Equal((30, "add"), ((int)receipt.Records, receipt.Operation));
        using var all = Fit(_rows, "all");
        Tree.AssertSameModel(_folder["all"], _folder["model"]);
    }

    [Fact]
    public void Correct_LabelsAndFeatures_EqualsTrainingOnTheCorrected()
    {
        using var model = Fit(_rows);
        var corrected = Rows.Create(150);
        corrected[3].Category = corrected[3].Category == "red" ? "blue" : "red";
        corrected[50].Features = new float[Row.Dimension];
        Assert.Equal(2, model.Correct(Rows.Keyed(_ml, [corrected[3], corrected[50], corrected[51]]), cancellationToken: Cancelled).Records);
        using var never = Fit(corrected, "never");
        Tree.AssertSameModel(_folder["never"], _folder["model"]);
        corrected[0].Name = "unheard of";
        Assert.Throws<LegoNetException>(() => model.Correct(Rows.Keyed(_ml, [corrected[0]]), cancellationToken: Cancelled));
    }

    [Fact]
    public void VerifyData_TheTrainingView_AgreesAndAnotherDoesNot()
    {
        using var model = Fit(_rows);
        Assert.True(model.VerifyData(Rows.Keyed(_ml, _rows), cancellationToken: Cancelled).IsExact);
        var other = Rows.Create(150);
        other[7].Features[2] += 1;
        Assert.False(model.VerifyData(Rows.Keyed(_ml, other), cancellationToken: Cancelled).IsExact);
        Assert.False(model.VerifyData(Rows.Keyed(_ml, _rows[1..]), cancellationToken: Cancelled).IsExact);
        Assert.True(model.VerifyData(Rows.Keyed(_ml, _rows[1..]), complete: false, Cancelled).IsExact);
    }

    [Fact]
    public void LoadLegoNet_ModelOfATrainer_ScoresAndChangesLikeTheOriginal()
    {
        var view = Rows.Keyed(_ml, _rows);
        float[] expected;
        using (var trained = Fit(_rows))
        {
            expected = [.. trained.Transform(view).GetColumn<float>("Probability")];
        }

        using var model = _ml.Model.LoadLegoNet(_folder["model"], new LegoNetLoadOptions
        {
            SubjectColumnName = nameof(Row.Person),
            IdColumnName = nameof(Row.Name),
            TagKeyPath = _folder["one.key"],
            Classes = Rows.Categories,
        });
        var scored = model.Transform(view);
        Assert.Equal(expected, scored.GetColumn<float>("Probability"));
        Assert.Equal(Rows.Categories, model.Transformer.Classes);
        Assert.InRange(_ml.MulticlassClassification.Evaluate(scored).MicroAccuracy, 0.7, 1);
        Assert.Equal(3, model.Forget("person-3").Records);
        Assert.Equal(3, model.Add(Rows.Keyed(_ml, _rows.Where(r => r.Person == "person-3")), cancellationToken: Cancelled).Records);
        using var same = Fit(_rows, "same");
        Tree.AssertSameModel(_folder["same"], _folder["model"]);
    }

    [Fact]
    public void LoadLegoNet_BadOption_IsAnArgumentExceptionThatNamesIt()
    {
        foreach (var (change, option) in (IEnumerable<(Action<LegoNetLoadOptions>, string)>)
        [
            (o => o.FeatureColumnName = " ", "FeatureColumnName"),
            (o => o.LabelColumnName = "", "LabelColumnName"),
            (o => o.SubjectColumnName = "", "SubjectColumnName"),
            (o => o.IdColumnName = "", "IdColumnName"),
            (o => o.TagKeyPath = " ", "TagKeyPath"),
            (o => o.SigningKeyPath = "", "SigningKeyPath"),
            (o => o.Threads = 0, "Threads"),
        ])
        {
            var options = new LegoNetLoadOptions();
            change(options);
            Assert.Equal(option, Assert.ThrowsAny<ArgumentException>(() => _ml.Model.LoadLegoNet(_folder["nowhere"], options)).ParamName);
        }
    }

    [Fact]
    public void LoadLegoNet_ClassOrder_DefaultsToTheModelsAndIsChecked()
    {
        Fit(_rows).Dispose();
        using var model = _ml.Model.LoadLegoNet(_folder["model"]);
        Assert.Equal(["blue", "green", "red"], model.Transformer.Classes);
        Assert.Throws<ArgumentException>(() => _ml.Model.LoadLegoNet(_folder["model"], new LegoNetLoadOptions { Classes = ["red", "green"] }));
        using var wider = _ml.Model.LoadLegoNet(_folder["model"], new LegoNetLoadOptions { Classes = ["red", "violet", "green", "blue"] });
        Assert.All(wider.Transform(Rows.View(_ml, _rows)).GetColumn<float[]>("Score"), s => Assert.Equal(0, s[1]));
        Assert.Throws<LegoNetException>(() => _ml.Model.LoadLegoNet(_folder["nowhere"]));
    }

    [Fact]
    public void Dispose_Transformer_EndsIt()
    {
        var model = Fit(_rows);
        var scored = model.Transform(Rows.View(_ml, _rows));
        model.Dispose();
        model.Dispose();
        Assert.Throws<ObjectDisposedException>(() => model.Forget("person-3"));
        Assert.Throws<ObjectDisposedException>(() => scored.GetColumn<float>("Probability").ToArray());
        Assert.True(Directory.Exists(_folder["model"]));
    }

    [Fact]
    public void Guarantee_PlainVectors_IsExact()
    {
        using var model = Fit(_rows);
        Assert.Equal(Guarantee.Exact, model.Guarantee);
    }

    private LegoNetTransformer Fit(IEnumerable<Row> rows, string name = "model")
        => _ml.MulticlassClassification.Trainers.LegoNet(Rows.Multiclass(_folder, name)).Fit(Rows.Keyed(_ml, rows));

    private sealed class PredictedKey
    {
        public float Probability { get; set; }
    }

    private sealed class Request
    {
        public string Who { get; set; } = "";

        public string What { get; set; } = "";
    }
}
