using LegoNet.MLNet.Tests.Support;
using LegoNet.Specs;
using Microsoft.ML;

namespace LegoNet.MLNet.Tests.Trainers;

/// <summary>Exact ridge is one adapter on all records: its bytes are pinned.</summary>
public sealed class ExactRidgeTests : IDisposable
{
    private readonly MLContext _ml = new(1);
    private readonly TempFolder _folder = new();
    private readonly List<Row> _rows = Rows.Create(120);

    public ExactRidgeTests() => File.WriteAllText(_folder["fixed.key"], new string('7', 64));

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Multiclass_FixedRowsAndKey_HasTheKnownRootDigest()
    {
        using var model = _ml.MulticlassClassification.Trainers.ExactRidge(With(new ExactRidgeMulticlassTrainer.Options())).Fit(Rows.Keyed(_ml, _rows));
        Assert.Equal("43f7cc01c0bf5c9fed5d168b9291dbf692f22f031e96df6c0927b1210c6d3136", model.Model.RootDigest);
    }

    [Fact]
    public void Binary_FixedRowsAndKey_HasTheKnownRootDigest()
    {
        var options = With(new ExactRidgeBinaryTrainer.Options { LabelColumnName = nameof(Row.Flag) });
        using var model = _ml.BinaryClassification.Trainers.ExactRidge(options).Fit(Rows.View(_ml, _rows));
        Assert.Equal("9337d842cf1d7e5953dbaf9f5182d22a7380cce80850a8886ca5ef32013991a2", model.Model.RootDigest);
    }

    [Fact]
    public void Regression_FixedRowsAndKey_HasTheKnownRootDigest()
    {
        var options = With(new ExactRidgeRegressionTrainer.Options { LabelColumnName = nameof(Row.Amount), Target = new RegressionTarget(-10, 10, 0.1) });
        using var model = _ml.Regression.Trainers.ExactRidge(options).Fit(Rows.View(_ml, _rows));
        Assert.Equal("799adadc00e6a451c7593629adba22a9913f007ac2a8c07573f937a0724f33b8", model.Model.RootDigest);
    }

    private TOptions With<TOptions>(TOptions options)
        where TOptions : ExactTrainerOptions
    {
        options.SubjectColumnName = nameof(Row.Person);
        options.IdColumnName = nameof(Row.Name);
        options.FeatureRange = Rows.Range;
        options.Lambda = 1000;
        options.TagKeyPath = _folder["fixed.key"];
        return options;
    }
}
