using LegoNet.MLNet.Tests.Support;
using LegoNet.Specs;
using Microsoft.ML;

namespace LegoNet.MLNet.Tests.Trainers;

/// <summary>Exact ridge and exact logistic regression are one adapter on all records. The bytes of one ridge adapter are pinned.</summary>
public sealed class ExactModelsTests : IDisposable
{
    private readonly MLContext _ml = new(1);
    private readonly TempFolder _folder = new();
    private readonly List<Row> _rows = Rows.Create(120);

    public ExactModelsTests() => File.WriteAllText(_folder["fixed.key"], new string('7', 64));

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Multiclass_OneRidgeAdapterFixedRowsAndKey_HasTheKnownRootDigest()
    {
        using var model = _ml.MulticlassClassification.Trainers.LegoNet(OneRidge(new LegoNetMulticlassTrainer.Options())).Fit(Rows.Keyed(_ml, _rows));
        Assert.Equal("43f7cc01c0bf5c9fed5d168b9291dbf692f22f031e96df6c0927b1210c6d3136", model.Model.RootDigest);
    }

    [Fact]
    public void Binary_OneRidgeAdapterFixedRowsAndKey_HasTheKnownRootDigest()
    {
        var options = OneRidge(new LegoNetBinaryTrainer.Options { LabelColumnName = nameof(Row.Flag) });
        using var model = _ml.BinaryClassification.Trainers.LegoNet(options).Fit(Rows.View(_ml, _rows));
        Assert.Equal("9337d842cf1d7e5953dbaf9f5182d22a7380cce80850a8886ca5ef32013991a2", model.Model.RootDigest);
    }

    [Fact]
    public void Regression_FixedRowsAndKey_HasTheKnownRootDigest()
    {
        var options = With(Regression());
        options.Adapter = AdapterOptions.Ridge(1000);
        using var model = _ml.Regression.Trainers.ExactRidge(options).Fit(Rows.View(_ml, _rows));
        Assert.Equal("799adadc00e6a451c7593629adba22a9913f007ac2a8c07573f937a0724f33b8", model.Model.RootDigest);
    }

    [Fact]
    public void Exact_AllThreeTasks_IsLegoNetWithOneAdapter()
    {
        AssertSame(
            With(new LegoNetMulticlassTrainer.Options()),
            AdapterOptions.Softmax(0.003),
            Rows.Keyed(_ml, _rows),
            _ml.MulticlassClassification.Trainers.ExactLogisticRegression,
            _ml.MulticlassClassification.Trainers.LegoNet);
        AssertSame(
            With(new LegoNetBinaryTrainer.Options { LabelColumnName = nameof(Row.Flag) }),
            AdapterOptions.Softmax(0.003),
            Rows.View(_ml, _rows),
            _ml.BinaryClassification.Trainers.ExactLogisticRegression,
            _ml.BinaryClassification.Trainers.LegoNet);
        AssertSame(
            With(Regression()),
            AdapterOptions.Ridge(),
            Rows.View(_ml, _rows),
            _ml.Regression.Trainers.ExactRidge,
            _ml.Regression.Trainers.LegoNet);
    }

    [Fact]
    public void Exact_OptionsOfSeveralAdaptersOrAnotherTrainer_AreRefusedByName()
    {
        foreach (var (change, option) in (IEnumerable<(Action<LegoNetOptions>, string)>)
        [
            (o => o.Adapters = 2, nameof(LegoNetOptions.Adapters)),
            (o => (o.Adapters, o.Active) = (1, 2), nameof(LegoNetOptions.Active)),
            (o => o.Adapter = "mlnet:lbfgs", nameof(LegoNetOptions.Adapter)),
            (o => o.Adapter = AdapterOptions.Softmax(0), nameof(LegoNetOptions.Adapter)),
        ])
        {
            var options = With(new LegoNetMulticlassTrainer.Options());
            change(options);
            Assert.Equal(option, Assert.ThrowsAny<ArgumentException>(() => _ml.MulticlassClassification.Trainers.ExactLogisticRegression(options)).ParamName);
            var ridge = With(Regression());
            change(ridge);
            Assert.Equal(option, Assert.ThrowsAny<ArgumentException>(() => _ml.Regression.Trainers.ExactRidge(ridge)).ParamName);
        }
    }

    [Fact]
    public void Exact_GivenOptions_LeavesThemAsTheyAre()
    {
        var options = With(new LegoNetMulticlassTrainer.Options());
        _ = _ml.MulticlassClassification.Trainers.ExactLogisticRegression(options);
        Assert.Equal((null, null, null), (options.Adapters, options.Active, options.Adapter));
    }

    [Fact]
    public void ExactLogisticRegression_LambdaOfItsOwn_IsWhatTheSpecGets()
    {
        var options = With(new LegoNetMulticlassTrainer.Options());
        options.Adapter = AdapterOptions.Softmax(0.5);
        using var byOptions = _ml.MulticlassClassification.Trainers.ExactLogisticRegression(options).Fit(Rows.Keyed(_ml, _rows));
        using var byArgument = _ml.BinaryClassification.Trainers
            .ExactLogisticRegression(nameof(Row.Flag), featureRange: Rows.Range, relativeL2Regularization: 0.5)
            .Fit(Rows.View(_ml, _rows));
        Assert.Equal("""{"lambda":0.5,"trainer":"softmax"}""", byOptions.Model.Spec.Adapter);
        Assert.Equal(byOptions.Model.Spec.Adapter, byArgument.Model.Spec.Adapter);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1001)]
    [InlineData(double.NaN)]
    public void ExactLogisticRegression_RegularisationOutOfItsRange_IsNamedAsItsParameter(double relative)
    {
        const string Parameter = "relativeL2Regularization";
        Assert.Throws<ArgumentOutOfRangeException>(
            Parameter, () => _ml.MulticlassClassification.Trainers.ExactLogisticRegression(relativeL2Regularization: relative));
        Assert.Throws<ArgumentOutOfRangeException>(
            Parameter, () => _ml.BinaryClassification.Trainers.ExactLogisticRegression(relativeL2Regularization: relative));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1e16)]
    [InlineData(double.NaN)]
    public void ExactRidge_LambdaOutOfItsRange_IsNamedAsItsParameter(double lambda)
        => Assert.Throws<ArgumentOutOfRangeException>(
            nameof(lambda), () => _ml.Regression.Trainers.ExactRidge(new RegressionTarget(-10, 10, 0.1), lambda: lambda));

    private static LegoNetRegressionTrainer.Options Regression()
        => new() { LabelColumnName = nameof(Row.Amount), Target = new RegressionTarget(-10, 10, 0.1) };

    private void AssertSame<TOptions>(
        TOptions options,
        AdapterOptions adapter,
        IDataView view,
        Func<TOptions, IEstimator<LegoNetTransformer>> exact,
        Func<TOptions, IEstimator<LegoNetTransformer>> legoNet)
        where TOptions : LegoNetOptions
    {
        (options.ModelPath, options.Overwrite) = (_folder["exact"], true);
        exact(options).Fit(view).Dispose();
        (options.ModelPath, options.Adapters, options.Active, options.Adapter) = (_folder["legonet"], 1, 1, adapter);
        legoNet(options).Fit(view).Dispose();
        Tree.AssertSameModel(_folder["legonet"], _folder["exact"]);
    }

    private TOptions OneRidge<TOptions>(TOptions options)
        where TOptions : LegoNetOptions
    {
        (options.Adapters, options.Adapter) = (1, AdapterOptions.Ridge(1000));
        return With(options);
    }

    private TOptions With<TOptions>(TOptions options)
        where TOptions : LegoNetOptions
    {
        options.SubjectColumnName = nameof(Row.Person);
        options.IdColumnName = nameof(Row.Name);
        options.FeatureRange = Rows.Range;
        options.TagKeyPath = _folder["fixed.key"];
        return options;
    }
}
