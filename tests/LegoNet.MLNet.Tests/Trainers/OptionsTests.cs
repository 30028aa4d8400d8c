using LegoNet.Calibration;
using LegoNet.MLNet.Tests.Support;
using LegoNet.Specs;
using Microsoft.ML;

namespace LegoNet.MLNet.Tests.Trainers;

public class OptionsTests
{
    private static readonly MLContext s_ml = new(1);

    private static readonly Dictionary<string, (Action<LegoNetMulticlassTrainer.Options> Change, string Option)> s_bad = new()
    {
        ["blank label"] = (o => o.LabelColumnName = " ", "LabelColumnName"),
        ["no features"] = (o => o.FeatureColumnName = null!, "FeatureColumnName"),
        ["blank subject"] = (o => o.SubjectColumnName = "", "SubjectColumnName"),
        ["blank id"] = (o => o.IdColumnName = "", "IdColumnName"),
        ["blank path"] = (o => o.ModelPath = "", "ModelPath"),
        ["blank key path"] = (o => o.TagKeyPath = "", "TagKeyPath"),
        ["overwrite nothing"] = (o => o.Overwrite = true, "Overwrite"),
        ["small lambda"] = (o => o.Adapter = AdapterOptions.Ridge(0.5), "Adapter"),
        ["temperature 0"] = (o => o.Temperature = 0, "Temperature"),
        ["no threads"] = (o => o.Threads = 0, "Threads"),
        ["too many threads"] = (o => o.Threads = 2000, "Threads"),
        ["no adapters"] = (o => o.Adapters = 0, "Adapters"),
        ["too many adapters"] = (o => o.Adapters = 65_536, "Adapters"),
        ["more active than adapters"] = (o => (o.Adapters, o.Active) = (64, 65), "Active"),
        ["no active"] = (o => (o.Adapters, o.Active) = (64, 0), "Active"),
        ["active without adapters"] = (o => o.Active = 4, "Active"),
        ["negative seed"] = (o => o.Seed = -1, "Seed"),
        ["unknown keys"] = (o => o.Keys = (KeySource)2, "Keys"),
        ["ridge by name alone, without lambda"] = (o => o.Adapter = "ridge", "Adapter"),
        ["JSON for a name"] = (o => o.Adapter = "{}", "Adapter"),
        ["reversed range"] = (o => o.FeatureRange = new FeatureRange(1, 1), "FeatureRange"),
        ["infinite range"] = (o => o.FeatureRange = new FeatureRange(double.NegativeInfinity, 1), "FeatureRange"),
        ["card and range"] = (o => o.Card = new CalibrationCard(CodeCalibration.FromRange(8, -1, 1), default), "FeatureRange"),
        ["no classes"] = (o => o.Classes = [], "Classes"),
        ["blank class"] = (o => o.Classes = ["a", " "], "Classes"),
        ["prior of undeclared classes"] = (o => o.Prior = [0.2, 0.3, 0.5], "Prior"),
        ["prior of another length"] = (o => (o.Classes, o.Prior) = (Rows.Categories, [0.5, 0.5]), "Prior"),
        ["prior beyond 1"] = (o => (o.Classes, o.Prior) = (Rows.Categories, [0.5, 0.5, 0.5]), "Prior"),
        ["prior is no number"] = (o => (o.Classes, o.Prior) = (Rows.Categories, [double.NaN, 0.5, 0.5]), "Prior"),
        ["public keys of a range"] = (o => o.Keys = KeySource.Public, "Keys"),
        ["public keys without their number"] = (o => (o.FeatureRange, o.Keys) = (null, KeySource.Public), "Adapters"),
        ["more adapters than public keys"] = (SetCardWithoutKeys, "Keys"),
        ["unknown adapter"] = (o => o.Adapter = AdapterOptions.FromJson("""{"trainer":"unheard-of"}"""), "Adapter"),
        ["unknown option of an adapter"] = (o => o.Adapter = AdapterOptions.FromJson("""{"trainer":"ridge","lambda":5,"lamda":5}"""), "Adapter"),
        ["unknown option of ML.NET's adapter"] = (o => o.Adapter = AdapterOptions.FromJson("""{"trainer":"mlnet:lbfgs","l3Regularization":1}"""), "Adapter"),
        ["unknown option of auto"] = (o => o.Adapter = AdapterOptions.FromJson("""{"trainer":"auto","fold":3}"""), "Adapter"),
        ["lambda of softmax out of its range"] = (o => o.Adapter = AdapterOptions.Softmax(5000), "Adapter"),
        ["no candidate of auto"] = (o => o.Adapter = AdapterOptions.Auto(ridge: [], softmax: []), "Adapter"),
        ["trees of no leaves"] = (o => o.Adapter = AdapterOptions.FastTree(numberOfLeaves: 1), "Adapter"),
        ["unknown rule"] = (o => o.Ensemble = (EnsembleRule)3, "Ensemble"),
        ["unknown adapter by ML.NET"] = (o => o.Adapter = "mlnet:boosted", "Adapter"),
        ["class twice"] = (o => o.Classes = ["a", "a"], "Classes"),
    };

    public static TheoryData<string> Bad => [.. s_bad.Keys];

    [Theory]
    [MemberData(nameof(Bad))]
    public void LegoNet_BadOption_IsAnArgumentExceptionThatNamesIt(string name)
    {
        var options = new LegoNetMulticlassTrainer.Options { FeatureRange = Rows.Range };
        s_bad[name].Change(options);
        var e = Assert.ThrowsAny<ArgumentException>(() => s_ml.MulticlassClassification.Trainers.LegoNet(options));
        Assert.Equal(s_bad[name].Option, e.ParamName);
    }

    [Fact]
    public void LegoNet_UnknownAdapter_IsToldWhatThereIs()
    {
        var options = new LegoNetMulticlassTrainer.Options { Adapter = "lbfgs" };
        var e = Assert.Throws<ArgumentException>("Adapter", () => s_ml.MulticlassClassification.Trainers.LegoNet(options));
        Assert.Contains("auto, ridge, softmax", e.Message, StringComparison.Ordinal);
        Assert.Contains("mlnet:lbfgs", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Fit_OptionThatDoesNotFitTheData_IsAnArgumentException()
    {
        var view = Rows.Keyed(s_ml, Rows.Create(12));
        foreach (var (change, word) in ((Action<LegoNetMulticlassTrainer.Options>, string)[])
        [
            (o => (o.Classes, o.Prior) = (Rows.Categories, [0.5, 0.5]), "prior"),
            (o => (o.Classes, o.Prior) = (Rows.Categories, [0.5, 0.5, 0.5]), "prior"),
            (o => (o.Keys, o.Adapters) = (KeySource.Public, 4), "Public"),
            (o => o.Adapter = AdapterOptions.FromJson("""{"trainer":"unheard-of"}"""), "trainer"),
            (o => o.Adapter = AdapterOptions.FromJson("""{"trainer":"ridge","lambda":5,"lamda":5}"""), "lamda"),
        ])
        {
            var options = Rows.Multiclass();
            options.Adapter = null;
            change(options);
            var e = Assert.Throws<ArgumentException>(() => s_ml.MulticlassClassification.Trainers.LegoNet(options).Fit(view));
            Assert.Contains(word, e.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Fit_CardOfAnotherDimension_IsASchemaMismatch()
    {
        var options = Rows.Multiclass();
        (options.FeatureRange, options.Card) = (null, new CalibrationCard(CodeCalibration.FromRange(9, -1, 1), default));
        var view = Rows.Keyed(s_ml, Rows.Create(12));
        var e = Assert.Throws<ArgumentOutOfRangeException>(() => s_ml.MulticlassClassification.Trainers.LegoNet(options).Fit(view));
        Assert.Contains("'Features'", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void BinaryAndRegression_BadOption_IsAnArgumentExceptionThatNamesIt()
    {
        var binary = new LegoNetBinaryTrainer.Options { Prior = [0.5, 0.3, 0.2] };
        Assert.Throws<ArgumentException>("Prior", () => s_ml.BinaryClassification.Trainers.LegoNet(binary));
        var regression = new LegoNetRegressionTrainer.Options { Target = new RegressionTarget(0, 1, 0.1), Prior = [2] };
        Assert.Throws<ArgumentException>("Prior", () => s_ml.Regression.Trainers.LegoNet(regression));
        foreach (var adapter in (string[])["mlnet:lbfgs", "softmax"])
        {
            (regression.Prior, regression.Adapter) = (null, AdapterOptions.FromJson($$"""{"trainer":"{{adapter}}","lambda":1}"""));
            Assert.Throws<ArgumentException>("Adapter", () => s_ml.Regression.Trainers.LegoNet(regression));
        }

        (regression.Adapter, regression.Ensemble) = (null, EnsembleRule.Agreement);
        Assert.Throws<ArgumentException>("Ensemble", () => s_ml.Regression.Trainers.LegoNet(regression));
    }

    [Fact]
    public void Fit_Defaults_LetAdaptersChoose()
    {
        var options = Rows.Multiclass();
        options.Adapter = null;
        using var classes = s_ml.MulticlassClassification.Trainers.LegoNet(options).Fit(Rows.Keyed(s_ml, Rows.Create(60)));
        Assert.Contains("\"trainer\":\"auto\"", classes.Model.Spec.Adapter, StringComparison.Ordinal);
        Assert.Equal((EnsembleRule.Agreement, 1), (classes.Model.Spec.Ensemble, classes.Model.Spec.Temperature));
        Assert.All(classes.Model.AdapterChoices, choice => Assert.Contains(choice!.Trainer, (string[])["ridge", "softmax"]));

        var target = new RegressionTarget(-10, 10, 0.1);
        using var values = s_ml.Regression.Trainers.LegoNet(target, nameof(Row.Amount), featureRange: Rows.Range, adapters: 5, active: 2)
            .Fit(Rows.View(s_ml, Rows.Create(60)));
        Assert.Contains("\"lambda\":\"auto\"", values.Model.Spec.Adapter, StringComparison.Ordinal);
        Assert.All(values.Model.AdapterChoices, choice => Assert.Equal("ridge", choice!.Trainer));
    }

    [Fact]
    public void Fit_LambdaOrEnsemble_IsWhatTheSpecGets()
    {
        var options = Rows.Multiclass();
        (options.Adapter, options.Ensemble) = (AdapterOptions.Ridge(500), EnsembleRule.Probabilities);
        using var model = s_ml.MulticlassClassification.Trainers.LegoNet(options).Fit(Rows.Keyed(s_ml, Rows.Create(60)));
        Assert.Equal("""{"lambda":500,"trainer":"ridge"}""", model.Model.Spec.Adapter);
        Assert.Equal((EnsembleRule.Probabilities, 0.1), (model.Model.Spec.Ensemble, model.Model.Spec.Temperature));
        Assert.All(model.Model.AdapterChoices, Assert.Null);
    }

    [Fact]
    public void Regression_Target_IsRequired()
        => Assert.Throws<ArgumentNullException>("Target", () => s_ml.Regression.Trainers.LegoNet(new LegoNetRegressionTrainer.Options()));

    private static void SetCardWithoutKeys(LegoNetMulticlassTrainer.Options options)
        => (options.FeatureRange, options.Card, options.Keys, options.Adapters)
            = (null, new CalibrationCard(CodeCalibration.FromRange(8, -1, 1), default), KeySource.Public, 4);
}
