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
        using var model = _ml.MulticlassClassification.Trainers.ExactRidge(With(new LegoNetMulticlassTrainer.Options())).Fit(Rows.Keyed(_ml, _rows));
        Assert.Equal("43f7cc01c0bf5c9fed5d168b9291dbf692f22f031e96df6c0927b1210c6d3136", model.Model.RootDigest);
    }

    [Fact]
    public void Binary_FixedRowsAndKey_HasTheKnownRootDigest()
    {
        var options = With(new LegoNetBinaryTrainer.Options { LabelColumnName = nameof(Row.Flag) });
        using var model = _ml.BinaryClassification.Trainers.ExactRidge(options).Fit(Rows.View(_ml, _rows));
        Assert.Equal("9337d842cf1d7e5953dbaf9f5182d22a7380cce80850a8886ca5ef32013991a2", model.Model.RootDigest);
    }

    [Fact]
    public void Regression_FixedRowsAndKey_HasTheKnownRootDigest()
    {
        var options = With(new LegoNetRegressionTrainer.Options { LabelColumnName = nameof(Row.Amount), Target = new RegressionTarget(-10, 10, 0.1) });
        using var model = _ml.Regression.Trainers.ExactRidge(options).Fit(Rows.View(_ml, _rows));
        Assert.Equal("799adadc00e6a451c7593629adba22a9913f007ac2a8c07573f937a0724f33b8", model.Model.RootDigest);
    }

    [Fact]
    public void ExactRidge_AllThreeTasks_IsLegoNetWithOneAdapter()
    {
        AssertSame(
            With(new LegoNetMulticlassTrainer.Options()),
            Rows.Keyed(_ml, _rows),
            _ml.MulticlassClassification.Trainers.ExactRidge,
            _ml.MulticlassClassification.Trainers.LegoNet);
        AssertSame(
            With(new LegoNetBinaryTrainer.Options { LabelColumnName = nameof(Row.Flag) }),
            Rows.View(_ml, _rows),
            _ml.BinaryClassification.Trainers.ExactRidge,
            _ml.BinaryClassification.Trainers.LegoNet);
        AssertSame(
            With(new LegoNetRegressionTrainer.Options { LabelColumnName = nameof(Row.Amount), Target = new RegressionTarget(-10, 10, 0.1) }),
            Rows.View(_ml, _rows),
            _ml.Regression.Trainers.ExactRidge,
            _ml.Regression.Trainers.LegoNet);
    }

    [Fact]
    public void ExactRidge_OptionsOfSeveralAdaptersOrAnotherTrainer_AreRefusedByName()
    {
        foreach (var (change, option) in (IEnumerable<(Action<LegoNetOptions>, string)>)
        [
            (o => o.Adapters = 2, nameof(LegoNetOptions.Adapters)),
            (o => o.Active = 2, nameof(LegoNetOptions.Active)),
            (o => o.Adapter = """{ "trainer": "mlnet:lbfgs" }""", nameof(LegoNetOptions.Adapter)),
            (o => o.Lambda = 0, nameof(LegoNetOptions.Lambda)),
        ])
        {
            var options = With(new LegoNetMulticlassTrainer.Options());
            change(options);
            Assert.Equal(option, Assert.ThrowsAny<ArgumentException>(() => _ml.MulticlassClassification.Trainers.ExactRidge(options)).ParamName);
        }
    }

    [Fact]
    public void ExactRidge_GivenOptions_LeavesThemAsTheyAre()
    {
        var options = With(new LegoNetMulticlassTrainer.Options());
        _ = _ml.MulticlassClassification.Trainers.ExactRidge(options);
        Assert.Equal((64, 8), (options.Adapters, options.Active));
    }

    [Fact]
    public void ExactRidge_OptionsWithoutLambda_IsRidgeAllTheSame()
    {
        var options = With(new LegoNetMulticlassTrainer.Options());
        options.Lambda = null;
        using var model = _ml.MulticlassClassification.Trainers.ExactRidge(options).Fit(Rows.Keyed(_ml, _rows));
        Assert.Equal("""{"lambda":100000,"trainer":"ridge"}""", model.Model.Spec.Adapter);
    }

    private void AssertSame<TOptions>(
        TOptions options, IDataView view, Func<TOptions, IEstimator<LegoNetTransformer>> ridge, Func<TOptions, IEstimator<LegoNetTransformer>> legoNet)
        where TOptions : LegoNetOptions
    {
        (options.ModelPath, options.Overwrite) = (_folder["ridge"], true);
        ridge(options).Fit(view).Dispose();
        (options.ModelPath, options.Adapters, options.Active) = (_folder["legonet"], 1, 1);
        legoNet(options).Fit(view).Dispose();
        Tree.AssertSameModel(_folder["legonet"], _folder["ridge"]);
    }

    private TOptions With<TOptions>(TOptions options)
        where TOptions : LegoNetOptions
    {
        options.SubjectColumnName = nameof(Row.Person);
        options.IdColumnName = nameof(Row.Name);
        options.FeatureRange = Rows.Range;
        options.Lambda = 1000;
        options.TagKeyPath = _folder["fixed.key"];
        return options;
    }
}
