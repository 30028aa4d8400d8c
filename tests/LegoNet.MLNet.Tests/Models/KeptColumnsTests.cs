using LegoNet.MLNet.Tests.Support;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace LegoNet.MLNet.Tests.Models;

/// <summary>The columns of training are kept beside the model, so that nobody's rows are filed under "row 0".</summary>
public sealed class KeptColumnsTests : IDisposable
{
    private readonly MLContext _ml = new(1);
    private readonly TempFolder _folder = new();
    private readonly List<Row> _rows = Rows.Create(60);

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    private IDataView NewRows => Rows.Keyed(_ml, Rows.Create(3, seed: 9).Select((row, i) => new Row
    {
        Person = "newbie",
        Name = $"new-{i}",
        Category = row.Category,
        Features = row.Features,
    }));

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void LoadLegoNet_WithoutNames_FilesNewRowsUnderTheirPeople()
    {
        Fit(Options());
        using var model = _ml.Model.LoadLegoNet(_folder["model"]);
        Assert.Equal(("Person", "Name"), (model.Transformer.SubjectColumnName, model.Transformer.IdColumnName));
        Assert.Equal(3, model.Add(NewRows, cancellationToken: Cancelled).Records);
        Assert.Equal(3, model.Forget("newbie").Records);
        Assert.True(model.VerifyData(Rows.Keyed(_ml, _rows), cancellationToken: Cancelled).IsExact);
    }

    [Fact]
    public void LoadLegoNet_OtherLabelAndFeatureColumns_AreThoseOfTraining()
    {
        var view = _ml.Transforms.CopyColumns("Colour", "Label").Append(_ml.Transforms.CopyColumns("Vector", "Features"))
            .Append(_ml.Transforms.DropColumns("Label", "Features")).Fit(NewRows);
        var options = Options();
        (options.LabelColumnName, options.FeatureColumnName) = ("Colour", "Vector");
        _ml.MulticlassClassification.Trainers.LegoNet(options).Fit(view.Transform(Rows.Keyed(_ml, _rows))).Dispose();
        using var model = _ml.Model.LoadLegoNet(_folder["model"]);
        Assert.Equal(3, model.Add(view.Transform(NewRows), cancellationToken: Cancelled).Records);
        Assert.NotNull(model.Transform(view.Transform(NewRows)).Schema.GetColumnOrNull("PredictedLabel"));
    }

    [Fact]
    public void LoadLegoNet_NamesGiven_GoBeforeThoseOfTraining()
    {
        Fit(Options());
        using var model = _ml.Model.LoadLegoNet(_folder["model"], subjectColumnName: "Name");
        Assert.Equal(("Name", "Name"), (model.Transformer.SubjectColumnName, model.Transformer.IdColumnName));
    }

    [Fact]
    public void Add_ViewWithoutAColumnOfTraining_NamesItAndThoseThatAreThere()
    {
        Fit(Options());
        using var model = _ml.Model.LoadLegoNet(_folder["model"]);
        var view = _ml.Transforms.DropColumns("Person").Fit(NewRows).Transform(NewRows);
        var e = Assert.Throws<ArgumentOutOfRangeException>(() => model.Add(view, cancellationToken: Cancelled));
        Assert.Contains("Could not find subject column 'Person'; the columns are 'Name', 'Category'", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Add_ModelCopiedWithoutItsRunSettings_IsRefusedUntilColumnsAreNamed()
    {
        Fit(Options());
        File.Delete(_folder["model.run.json"]);
        using (var model = _ml.Model.LoadLegoNet(_folder["model"]))
        {
            Assert.NotEmpty(model.Transform(NewRows).GetColumn<float>("Probability"));
            foreach (var use in (Action[])
            [
                () => model.Add(NewRows, cancellationToken: Cancelled),
                () => model.Correct(NewRows, cancellationToken: Cancelled),
                () => model.VerifyData(NewRows, cancellationToken: Cancelled),
            ])
            {
                var e = Assert.Throws<LegoNetException>(use);
                Assert.Contains("model.run.json; name them by ml.Model.LoadLegoNet(path, subjectColumnName: ", e.Message, StringComparison.Ordinal);
            }

            Assert.Equal(60, model.Model.RecordCount);
        }

        using var named = _ml.Model.LoadLegoNet(_folder["model"], subjectColumnName: "Person", idColumnName: "Name");
        Assert.Equal(3, named.Add(NewRows, cancellationToken: Cancelled).Records);
        Assert.Equal(3, named.Forget("newbie").Records);
    }

    [Fact]
    public void Add_RowsNamedByPositionAlone_IsRefusedAndChangesNothing()
    {
        var options = Options();
        (options.SubjectColumnName, options.IdColumnName) = (null, null);
        using (var trained = _ml.MulticlassClassification.Trainers.LegoNet(options).Fit(Rows.Keyed(_ml, _rows)))
        {
            AssertRefused(trained);
            trained.Forget("row 0"); // Its name is free now, and the next view's first row must not take it.
            AssertRefused(trained);
        }

        using var model = _ml.Model.LoadLegoNet(_folder["model"]);
        AssertRefused(model.Transformer);
        Assert.True(model.VerifyData(Rows.Keyed(_ml, _rows), complete: false, Cancelled).Damage.Count == 0);
        using var named = _ml.Model.LoadLegoNet(_folder["model"], idColumnName: "Name");
        Assert.Equal(3, named.Add(NewRows, cancellationToken: Cancelled).Records);

        void AssertRefused(LegoNetTransformer model)
        {
            var before = model.Model.RootDigest;
            var e = Assert.Throws<LegoNetException>(() => model.Add(NewRows, cancellationToken: Cancelled));
            Assert.Contains("Add needs a subject or id column", e.Message, StringComparison.Ordinal);
            Assert.Throws<LegoNetException>(() => model.Correct(NewRows, cancellationToken: Cancelled));
            Assert.Equal(before, model.Model.RootDigest);
        }
    }

    [Fact]
    public void Add_SubjectsWithoutIds_IsLoudAndFindsThePerson()
    {
        var messages = new List<string>();
        _ml.Log += (_, e) => messages.Add($"{e.Kind}: {e.Message}");
        var options = Options();
        options.IdColumnName = null;
        Fit(options);
        using var model = _ml.Model.LoadLegoNet(_folder["model"]);
        messages.Clear();
        Assert.Equal(3, model.Add(NewRows, cancellationToken: Cancelled).Records);
        Assert.Contains(messages, m => m.StartsWith("Warning", StringComparison.Ordinal) && m.Contains("No id column is named", StringComparison.Ordinal));
        var e = Assert.Throws<LegoNetException>(() => model.Correct(NewRows, cancellationToken: Cancelled));
        Assert.Contains("Correct needs an id column", e.Message, StringComparison.Ordinal);
        Assert.Equal(3, model.Forget("newbie").Records);
    }

    private LegoNetMulticlassTrainer.Options Options()
    {
        var options = Rows.Multiclass(_folder);
        options.TagKeyPath = null;
        return options;
    }

    private void Fit(LegoNetMulticlassTrainer.Options options)
        => _ml.MulticlassClassification.Trainers.LegoNet(options).Fit(Rows.Keyed(_ml, _rows)).Dispose();
}
