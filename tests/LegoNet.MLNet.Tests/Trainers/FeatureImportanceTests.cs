using LegoNet.MLNet.Tests.Support;
using LegoNet.Specs;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace LegoNet.MLNet.Tests.Trainers;

/// <summary>ML.NET's permutation feature importance on models of each task. Of the eight features, 0 to 2 tell all and 3 to 7 nothing.</summary>
public sealed class FeatureImportanceTests
{
    private const int Telling = 3;

    private readonly MLContext _ml = new(1);
    private readonly List<Row> _rows = [.. Rows.Create(600).Select(Blank)];

    [Fact]
    public void Multiclass_PermutationFeatureImportance_FindsWhatTells()
    {
        var view = Rows.Keyed(_ml, _rows);
        using var model = _ml.MulticlassClassification.Trainers.ExactLogisticRegression(featureRange: Rows.Range).Fit(view);
        var importance = _ml.MulticlassClassification.PermutationFeatureImportance(model, view, permutationCount: 3);
        AssertFound(importance.Select(i => -i.MicroAccuracy.Mean));
    }

    [Fact]
    public void Binary_PermutationFeatureImportance_FindsWhatTells()
    {
        var view = Rows.View(_ml, _rows);
        using var model = _ml.BinaryClassification.Trainers.LegoNet(nameof(Row.Flag), featureRange: Rows.Range, adapters: 3, active: 2).Fit(view);
        var importance = _ml.BinaryClassification.PermutationFeatureImportance(model, view, nameof(Row.Flag), permutationCount: 3);

        // Blue rows alone are true, which feature 2 tells best.
        AssertFound(importance.Select(i => -i.AreaUnderRocCurve.Mean));
        Assert.Equal(2, importance.Select((i, at) => (-i.AreaUnderRocCurve.Mean, at)).Max().at);
    }

    [Fact]
    public void Regression_PermutationFeatureImportance_FindsWhatTells()
    {
        var view = Rows.View(_ml, _rows);
        using var model = _ml.Regression.Trainers.ExactRidge(new RegressionTarget(-40, 40, 0.1), nameof(Row.Amount), featureRange: Rows.Range).Fit(view);
        var importance = _ml.Regression.PermutationFeatureImportance(model, view, nameof(Row.Amount), permutationCount: 3);
        double[] losses = [.. importance.Select(i => -i.RSquared.Mean)];
        Assert.All(losses[..2], loss => Assert.InRange(loss, 0.2, 10)); // The amount is the first feature less the second.
        Assert.All(losses[2..], loss => Assert.InRange(loss, -0.05, 0.05));
    }

    [Fact]
    public void Multiclass_LastTransformerOfAChain_TakesRowsOfTheStepsBefore()
    {
        var rows = Rows.View(_ml, _rows);
        using var chain = Rows.Key(_ml).Append(_ml.MulticlassClassification.Trainers.ExactLogisticRegression(featureRange: Rows.Range)).Fit(rows);
        var importance = _ml.MulticlassClassification.PermutationFeatureImportance(chain.LastTransformer, chain.First().Transform(rows));
        AssertFound(importance.Select(i => -i.MicroAccuracy.Mean));
        Assert.Equal(Row.Dimension, ((VectorDataViewType)chain.LastTransformer.FeatureColumnType).Size);
        Assert.Equal("Features", chain.LastTransformer.FeatureColumnName);
    }

    private static void AssertFound(IEnumerable<double> losses)
    {
        double[] all = [.. losses];
        Assert.Equal(Row.Dimension, all.Length);
        Assert.True(all[..Telling].Max() > 0.05, string.Join(' ', all));
        Assert.All(all[Telling..], loss => Assert.InRange(loss, -0.001, 0.001));
    }

    private static Row Blank(Row row)
    {
        row.Features.AsSpan(Telling).Clear();
        return row;
    }
}
