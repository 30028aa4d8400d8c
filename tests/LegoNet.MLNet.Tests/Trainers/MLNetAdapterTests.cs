using LegoNet.MLNet.Tests.Support;
using Microsoft.ML;

namespace LegoNet.MLNet.Tests.Trainers;

/// <summary>ML.NET's trainers as adapters of ML.NET's trainer: from a view to a model that forgets, and back.</summary>
public sealed class MLNetAdapterTests : IDisposable
{
    private readonly MLContext _ml = new(1);
    private readonly TempFolder _folder = new();
    private readonly List<Row> _train = Rows.Create(240);

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("mlnet:lbfgs", 1.0)]
    [InlineData("mlnet:sdca", 1.0)]
    [InlineData("mlnet:averagedperceptron", null)]
    [InlineData("mlnet:fasttree", null)]
    [InlineData("mlnet:fastforest", null)]
    public void Fit_ThenForget_IsTheModelThatNeverSaw(string trainer, double? temperature)
    {
        var gone = _train[5].Person;
        using var forgetful = Fit(trainer, "a", _train);
        using var never = Fit(trainer, "b", [.. _train.Where(r => r.Person != gone)]);
        Assert.NotEqual(never.Model.RootDigest, forgetful.Model.RootDigest);

        var receipt = forgetful.Forget(gone);

        Assert.Equal(never.Model.RootDigest, forgetful.Model.RootDigest);
        Tree.AssertSameModel(_folder["b"], _folder["a"]);
        Assert.True(receipt.Adapters.Count > 0);
        Assert.True(forgetful.Verify(TestContext.Current.CancellationToken).IsExact);
        if (temperature is { } expected)
        {
            Assert.Equal(expected, forgetful.Model.Spec.Temperature);
        }

        var metrics = _ml.MulticlassClassification.Evaluate(forgetful.Transform(Rows.Keyed(_ml, Rows.Create(200, seed: 2))));
        Assert.InRange(metrics.MicroAccuracy, 0.6, 1);
        Assert.InRange(metrics.LogLoss, 0, Math.Log(3)); // No worse than knowing nothing: the temperature suits the scores.
    }

    [Fact]
    public void Load_ModelWithMLNetAdapters_ScoresAndForgets()
    {
        Fit("mlnet:lbfgs", "m", _train).Dispose();
        using var model = _ml.Model.LoadLegoNet(_folder["m"], new LegoNetLoadOptions { TagKeyPath = _folder["tags.key"] });
        model.Forget(_train[0].Person);
        Assert.True(model.Verify(TestContext.Current.CancellationToken).IsExact);
        Assert.Equal(model.Model.RecordCount, _ml.Data.CreateEnumerable<Stored>(_ml.Data.LoadFromLegoNet(_folder["m"]), false).Count());
    }

    [Fact]
    public void Fit_UnknownMLNetTrainer_NamesTheKnownOnes()
    {
        var e = Assert.Throws<ArgumentException>(() => Fit("mlnet:boosted", "x", _train));
        Assert.Contains("mlnet:fasttree", e.Message, StringComparison.Ordinal);
    }

    private LegoNetTransformer Fit(string trainer, string name, List<Row> rows)
        => _ml.MulticlassClassification.Trainers.LegoNet(new LegoNetMulticlassTrainer.Options
        {
            SubjectColumnName = nameof(Row.Person),
            IdColumnName = nameof(Row.Name),
            ModelPath = _folder[name],
            TagKeyPath = _folder["tags.key"],
            FeatureRange = Rows.Range,
            Classes = Rows.Categories,
            Adapters = 4,
            Active = 2,
            Adapter = trainer,
        }).Fit(Rows.Keyed(_ml, rows));

    private sealed class Stored
    {
        public string Subject { get; set; } = "";
    }
}
