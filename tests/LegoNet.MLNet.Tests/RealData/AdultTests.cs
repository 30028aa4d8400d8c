using LegoNet.Calibration;
using LegoNet.Specs;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace LegoNet.MLNet.Tests.RealData;

/// <summary>Adult census by ML.NET's own loader and transforms that learn nothing, with declared ranges: classification and regression.</summary>
[Collection(RealDataRuns.Name)]
[Trait("Category", "RealData")]
public sealed class AdultTests
{
    private const int HashBits = 6;

    private static readonly string[] s_words = ["workclass", "education", "marital-status", "occupation", "relationship", "race", "sex", "native-country"];

    // Columns of numbers with the ranges that the data set's documentation gives.
    private static readonly (string Name, double Min, double Max)[] s_numbers =
        [("age", 17, 90), ("education-num", 1, 16), ("capital-gain", 0, 20_000), ("capital-loss", 0, 3_000)];

    private readonly MLContext _ml = new(1);

    [Fact]
    public void Binary_IncomeAbove50K_IsPredictedAndForgets()
    {
        var (train, test) = Load();
        using var model = Features(("hours-per-week", 1, 99), out var card)
            .Append(_ml.BinaryClassification.Trainers.LegoNet(new LegoNetBinaryTrainer.Options { Card = card, Adapters = 16, Active = 4 }))
            .Fit(train);
        var metrics = _ml.BinaryClassification.Evaluate(model.Transform(test));
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"adult: test accuracy {metrics.Accuracy:P2}, AUC {metrics.AreaUnderRocCurve:F3}, log loss {metrics.LogLoss:F3} bits.");
        Assert.InRange(metrics.Accuracy, 0.84, 1);
        Assert.InRange(metrics.AreaUnderRocCurve, 0.89, 1);
        Assert.InRange(metrics.LogLoss, 0, 0.5);
        Assert.Equal(1, model.LastTransformer.Forget("row 12345").Records);
        Assert.InRange(_ml.BinaryClassification.Evaluate(model.Transform(test)).Accuracy, 0.84, 1);
    }

    [Fact]
    public void ExactLogisticRegression_BesideMLNetsOnTheSameFeatures_IsAsGoodAndForgets()
    {
        var (train, test) = Load();
        using var model = Features(("hours-per-week", 1, 99), out var card)
            .Append(_ml.BinaryClassification.Trainers.ExactLogisticRegression(new LegoNetBinaryTrainer.Options { Card = card }))
            .Fit(train);
        var exact = _ml.BinaryClassification.Evaluate(model.Transform(test));
        var lbfgs = _ml.BinaryClassification.Evaluate(Features(("hours-per-week", 1, 99), out _)
            .Append(_ml.Transforms.NormalizeMinMax("Features"))
            .Append(_ml.BinaryClassification.Trainers.LbfgsLogisticRegression())
            .Fit(train)
            .Transform(test));
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"adult: exact {exact.Accuracy:P2}, log loss {exact.LogLoss:F3} bits; L-BFGS {lbfgs.Accuracy:P2}, log loss {lbfgs.LogLoss:F3} bits.");
        Assert.InRange(exact.Accuracy, lbfgs.Accuracy - 0.005, 1);
        Assert.InRange(exact.LogLoss, 0, lbfgs.LogLoss + 0.01);
        Assert.Equal(1, model.LastTransformer.Forget("row 12345").Records);
    }

    [Fact]
    public void Regression_HoursPerWeek_AreExplainedInPart()
    {
        var (train, test) = Load();
        using var model = Features(null, out var card)
            .Append(_ml.Regression.Trainers.LegoNet(new LegoNetRegressionTrainer.Options
            {
                LabelColumnName = "hours-per-week",
                Card = card,
                Adapters = 16,
                Active = 4,
                Target = new RegressionTarget(1, 99, 1),
            }))
            .Fit(train);
        var metrics = _ml.Regression.Evaluate(model.Transform(test), "hours-per-week");
        TestContext.Current.TestOutputHelper?.WriteLine($"adult hours: R² {metrics.RSquared:F3}, mean absolute error {metrics.MeanAbsoluteError:F2} hours.");
        Assert.InRange(metrics.RSquared, 0.15, 1);
        Assert.InRange(metrics.MeanAbsoluteError, 0, 9);
    }

    private (IDataView Train, IDataView Test) Load()
    {
        string[] order =
        [
            "age", "workclass", "fnlwgt", "education", "education-num", "marital-status", "occupation", "relationship",
            "race", "sex", "capital-gain", "capital-loss", "hours-per-week", "native-country", "Y",
        ];
        var loader = _ml.Data.CreateTextLoader(new TextLoader.Options
        {
            HasHeader = true,
            Separators = [','],
            TrimWhitespace = true,
            Columns = [.. order.Select((name, i) => new TextLoader.Column(name, name == "Y" || s_words.Contains(name) ? DataKind.String : DataKind.Single, i))],
        });
        return (loader.Load(SharedData.Need("tabular/adult/adult.data")), loader.Load(SharedData.Need("tabular/adult/adult.test")));
    }

    private EstimatorChain<ColumnConcatenatingTransformer> Features((string Name, double Min, double Max)? more, out CalibrationCard card)
    {
        (string Name, double Min, double Max)[] numbers = more is { } number ? [.. s_numbers, number] : s_numbers;
        var slots = s_words.Length << HashBits;
        double[] min = [.. numbers.Select(n => n.Min), .. Enumerable.Repeat(-1.0, slots)];
        double[] max = [.. numbers.Select(n => n.Max), .. Enumerable.Repeat(1.0, slots)];
        card = new CalibrationCard(CodeCalibration.FromRanges(min, max), default);
        return _ml.Transforms.Conversion.MapValue("Label", [KeyValuePair.Create(">50K", true), KeyValuePair.Create(">50K.", true)], "Y")
            .Append(_ml.Transforms.Categorical.OneHotHashEncoding([.. s_words.Select(w => new InputOutputColumnPair(w))], numberOfBits: HashBits))
            .Append(_ml.Transforms.Concatenate("Features", [.. numbers.Select(n => n.Name), .. s_words]));
    }
}
