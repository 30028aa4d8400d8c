using LegoNet.MLNet.Data;
using LegoNet.MLNet.Tests.Support;
using LegoNet.Specs;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace LegoNet.MLNet.Tests.Trainers;

public sealed class RegressionTests
{
    private readonly MLContext _ml = new(1);
    private readonly IDataView _train;
    private readonly IDataView _test;

    public RegressionTests()
    {
        _train = Rows.View(_ml, Rows.Create(600));
        _test = Rows.View(_ml, Rows.Create(200, seed: 2));
    }

    [Fact]
    public void Evaluate_RealEvaluator_MeasuresAUsefulModel()
    {
        using var model = Trainer().Fit(_train);
        var metrics = _ml.Regression.Evaluate(model.Transform(_test), nameof(Row.Amount));
        Assert.InRange(metrics.RSquared, 0.9, 1);
        Assert.InRange(metrics.MeanAbsoluteError, 0, 0.3);
    }

    [Fact]
    public void Transform_Column_HasTheAnnotationsOfMlNetsOwnTrainer()
    {
        var theirs = _ml.Regression.Trainers.Sdca(nameof(Row.Amount)).Fit(_train).Transform(_train).Schema["Score"];
        using var model = Trainer().Fit(_train);
        var schema = model.Transform(_train).Schema;
        Assert.Equal(Annotations(theirs), Annotations(schema["Score"]));
        Assert.Null(schema.GetColumnOrNull("PredictedLabel"));
    }

    [Fact]
    public void CrossValidate_ThreeFolds_GivesMetrics()
    {
        var results = _ml.Regression.CrossValidate(_train, Trainer(), 3, nameof(Row.Amount));
        Assert.Equal(3, results.Count);
        Assert.All(results, r => Assert.InRange(r.Metrics.RSquared, 0.85, 1));
    }

    [Fact]
    public void GetOutputSchema_Promise_HasTheScore()
    {
        var shape = Shapes.With(
            new SchemaShape([]),
            Shapes.Single(_ml, nameof(Row.Amount)),
            Shapes.Vector(_ml, "Features"),
            Shapes.Text(_ml, nameof(Row.Person)),
            Shapes.Text(_ml, nameof(Row.Name)));
        Assert.Equal(NumberDataViewType.Single, Shapes.Find(Trainer().GetOutputSchema(shape), "Score")!.Value.ItemType);
    }

    [Fact]
    public void Fit_TargetsAtTheEndsOfTheRange_AreTaken()
    {
        // 0.1 and 0.7 as float32 lie beyond the range as float64.
        var rows = Rows.Create(30);
        for (var i = 0; i < rows.Count; i++)
        {
            rows[i].Amount = i % 2 == 0 ? 0.1f : 0.7f;
        }

        using var model = _ml.Regression.Trainers
            .LegoNet(new RegressionTarget(0.1, 0.7, 0.1), nameof(Row.Amount), featureRange: Rows.Range, adapters: 2, active: 1)
            .Fit(Rows.View(_ml, rows));
        Assert.Equal(30, model.Model.RecordCount);
    }

    [Fact]
    public void ExactRidge_OneAdapter_IsUseful()
    {
        foreach (var lambda in (double?[])[1000, null])
        {
            var trainer = _ml.Regression.Trainers.ExactRidge(new RegressionTarget(-10, 10, 0.1), nameof(Row.Amount), featureRange: Rows.Range, lambda: lambda);
            using var model = trainer.Fit(_train);
            Assert.Equal(1, model.Model.Spec.Adapters);
            Assert.InRange(_ml.Regression.Evaluate(model.Transform(_test), nameof(Row.Amount)).RSquared, 0.9, 1);
        }
    }

    private static IEnumerable<string> Annotations(DataViewSchema.Column column)
        => column.Annotations.Schema.Select(a => a.Name).Order(StringComparer.Ordinal);

    private LegoNetRegressionTrainer Trainer() => _ml.Regression.Trainers.LegoNet(new LegoNetRegressionTrainer.Options
    {
        LabelColumnName = nameof(Row.Amount),
        SubjectColumnName = nameof(Row.Person),
        IdColumnName = nameof(Row.Name),
        FeatureRange = Rows.Range,
        Adapters = 5,
        Active = 2,
        Adapter = AdapterOptions.Ridge(1000),
        Target = new RegressionTarget(-10, 10, 0.1),
    });
}
