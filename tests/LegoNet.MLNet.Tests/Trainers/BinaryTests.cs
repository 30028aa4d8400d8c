using LegoNet.MLNet.Data;
using LegoNet.MLNet.Tests.Support;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace LegoNet.MLNet.Tests.Trainers;

public sealed class BinaryTests
{
    private readonly MLContext _ml = new(1);
    private readonly IDataView _train;
    private readonly IDataView _test;

    public BinaryTests()
    {
        _train = Rows.View(_ml, Rows.Create(300));
        _test = Rows.View(_ml, Rows.Create(200, seed: 2));
    }

    [Fact]
    public void Evaluate_RealEvaluator_MeasuresAUsefulModel()
    {
        using var model = Trainer().Fit(_train);
        var metrics = _ml.BinaryClassification.Evaluate(model.Transform(_test), nameof(Row.Flag));
        Assert.InRange(metrics.AreaUnderRocCurve, 0.85, 1);
        Assert.InRange(metrics.AreaUnderPrecisionRecallCurve, 0.7, 1);
        Assert.InRange(metrics.Accuracy, 0.8, 1);
        Assert.InRange(metrics.LogLoss, 0, 0.9); // 1 bit is what knowing nothing costs.
        Assert.Equal(200, metrics.ConfusionMatrix.Counts.Sum(c => c.Sum()));
    }

    [Fact]
    public void Transform_ScoreProbabilityAndLabel_Agree()
    {
        using var model = Trainer().Fit(_train);
        var scored = model.Transform(_test);
        var rows = scored.GetColumn<float>("Score").Zip(scored.GetColumn<float>("Probability"), scored.GetColumn<bool>("PredictedLabel")).ToArray();
        Assert.Contains(rows, r => r.Third);
        Assert.Contains(rows, r => !r.Third);
        Assert.All(rows, r =>
        {
            Assert.Equal(r.First > 0, r.Third);
            Assert.Equal(1 / (1 + Math.Exp(-r.First / model.Model.Spec.Temperature)), r.Second, 5);
        });
    }

    [Fact]
    public void Transform_Columns_HaveTheAnnotationsOfMlNetsOwnTrainer()
    {
        var theirs = _ml.BinaryClassification.Trainers.LbfgsLogisticRegression(nameof(Row.Flag)).Fit(_train).Transform(_train).Schema;
        using var model = Trainer().Fit(_train);
        var ours = model.Transform(_train).Schema;
        foreach (var name in (string[])["PredictedLabel", "Score", "Probability"])
        {
            Assert.Equal(theirs[name].Type, ours[name].Type);
            Assert.Equal(Names(theirs[name]), Names(ours[name]));
        }

        static string[] Names(DataViewSchema.Column column) => [.. column.Annotations.Schema.Select(a => $"{a.Name}: {a.Type}").Order(StringComparer.Ordinal)];
    }

    [Fact]
    public void CrossValidate_ThreeFolds_GivesMetrics()
    {
        var results = _ml.BinaryClassification.CrossValidate(_train, Trainer(), 3, nameof(Row.Flag), nameof(Row.Person));
        Assert.Equal(3, results.Count);
        Assert.All(results, r => Assert.InRange(r.Metrics.AreaUnderRocCurve, 0.8, 1));
    }

    [Fact]
    public void GetOutputSchema_Promise_HasTheColumnsOfABinaryTrainer()
    {
        var shape = Shapes.With(
            new SchemaShape([]),
            Shapes.Boolean(_ml, nameof(Row.Flag)),
            Shapes.Vector(_ml, "Features"),
            Shapes.Text(_ml, nameof(Row.Person)),
            Shapes.Text(_ml, nameof(Row.Name)));
        var promised = Trainer().GetOutputSchema(shape);
        Assert.Equal(BooleanDataViewType.Instance, Shapes.Find(promised, "PredictedLabel")!.Value.ItemType);
        Assert.NotNull(Shapes.Find(promised, "Probability"));
    }

    [Fact]
    public void ExactLogisticRegression_OneAdapter_IsUseful()
    {
        using var model = _ml.BinaryClassification.Trainers.ExactLogisticRegression(nameof(Row.Flag), featureRange: Rows.Range).Fit(_train);
        Assert.Equal(1, model.Model.Spec.Adapters);
        Assert.InRange(_ml.BinaryClassification.Evaluate(model.Transform(_test), nameof(Row.Flag)).AreaUnderRocCurve, 0.85, 1);
    }

    private LegoNetBinaryTrainer Trainer() => _ml.BinaryClassification.Trainers.LegoNet(new LegoNetBinaryTrainer.Options
    {
        LabelColumnName = nameof(Row.Flag),
        SubjectColumnName = nameof(Row.Person),
        IdColumnName = nameof(Row.Name),
        FeatureRange = Rows.Range,
        Adapters = 5,
        Active = 2,
        Adapter = AdapterOptions.Ridge(1000),
        Temperature = 0.3,
    });
}
