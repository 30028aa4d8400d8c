using LegoNet.MLNet.Tests.Support;
using Microsoft.ML;

namespace LegoNet.MLNet.Tests.Trainers;

/// <summary>Typed options of adapters say what a spec's "adapter" member says.</summary>
public sealed class TypedAdapterTests
{
    private readonly MLContext _ml = new(1);

    public static TheoryData<AdapterOptions, string> AllOptions { get; } = new()
    {
        { AdapterOptions.Auto(), """{"trainer":"auto"}""" },
        { AdapterOptions.Auto(3, [0.1], [0.01, 0.001]), """{"trainer":"auto","folds":3,"ridge":[0.1],"softmax":[0.01,0.001]}""" },
        { AdapterOptions.Auto(ridge: []), """{"trainer":"auto","ridge":[]}""" },
        { AdapterOptions.Softmax(0.003), """{"trainer":"softmax","lambda":0.003}""" },
        { AdapterOptions.Ridge(500), """{"trainer":"ridge","lambda":500}""" },
        { AdapterOptions.Ridge(), """{"trainer":"ridge","lambda":"auto"}""" },
        {
            AdapterOptions.Lbfgs(0.5, 0.25, 1e-6, 10, 100, true),
            """
            {"trainer":"mlnet:lbfgs","l1Regularization":0.5,"l2Regularization":0.25,"optimizationTolerance":1E-06,"historySize":10,
            "maximumNumberOfIterations":100,"enforceNonNegativity":true}
            """
        },
        {
            AdapterOptions.Sdca(0.5, 0.25, 0.02, 0.1, 50, false),
            """
            {"trainer":"mlnet:sdca","l1Regularization":0.5,"l2Regularization":0.25,"convergenceTolerance":0.02,"biasLearningRate":0.1,
            "maximumNumberOfIterations":50,"shuffle":false}
            """
        },
        {
            AdapterOptions.AveragedPerceptron(0.5, true, 0.25, 5, false),
            """
            {"trainer":"mlnet:averagedperceptron","learningRate":0.5,"decreaseLearningRate":true,"l2Regularization":0.25,"numberOfIterations":5,"shuffle":false}
            """
        },
        {
            AdapterOptions.FastTree(20, 4, 5, 0.1, 64, 0.9, 0.8, 5, 0.6, true),
            """
            {"trainer":"mlnet:fasttree","numberOfTrees":20,"numberOfLeaves":4,"minimumExampleCountPerLeaf":5,"learningRate":0.1,"maximumBinCountPerFeature":64,
            "featureFraction":0.9,"featureFractionPerSplit":0.8,"baggingSize":5,"baggingExampleFraction":0.6,"unbalancedSets":true}
            """
        },
        {
            AdapterOptions.FastForest(20, 4, 5, 64, 0.9, 0.8, 0.6),
            """
            {"trainer":"mlnet:fastforest","numberOfTrees":20,"numberOfLeaves":4,"minimumExampleCountPerLeaf":5,"maximumBinCountPerFeature":64,
            "featureFraction":0.9,"featureFractionPerSplit":0.8,"baggingExampleFraction":0.6}
            """
        },
        { AdapterOptions.Custom("mine", "2"), """{"trainer":"mlnet:custom","name":"mine","version":"2"}""" },
        { "mlnet:lbfgs", """{"trainer":"mlnet:lbfgs"}""" },
    };

    [Theory]
    [MemberData(nameof(AllOptions))]
    public void Options_Typed_AreTheSpecsAndKnownToTheTrainer(AdapterOptions options, string json)
    {
        Assert.Equal(json.ReplaceLineEndings(""), options.ToString());
        Assert.Equal(options.Trainer, AdapterOptions.FromJson(json).Trainer);
        AdapterEstimators.Register("mine", "2", ml => ml.MulticlassClassification.Trainers.SdcaMaximumEntropy());

        // Reads each option, and refuses one that it does not know.
        _ = _ml.MulticlassClassification.Trainers.LegoNet(new LegoNetMulticlassTrainer.Options { Adapter = options });
    }

    [Fact]
    public void Options_NumbersThatAreNone_AreRefusedByName()
    {
        Assert.Throws<ArgumentOutOfRangeException>("lambda", () => AdapterOptions.Softmax(double.NaN));
        Assert.Throws<ArgumentOutOfRangeException>("ridge", () => AdapterOptions.Auto(ridge: [1, double.PositiveInfinity]));
        Assert.Throws<ArgumentOutOfRangeException>("learningRate", () => AdapterOptions.FastTree(learningRate: double.NegativeInfinity));
    }

    [Theory]
    [InlineData("ridge")]
    [InlineData("{}")]
    [InlineData("""{"trainer":5}""")]
    public void FromJson_NoAdapterOfASpec_IsRefused(string json)
        => Assert.Throws<ArgumentException>(nameof(json), () => AdapterOptions.FromJson(json));

    [Fact]
    public void FromString_BlankName_IsRefused() => Assert.Throws<ArgumentException>("trainer", () => AdapterOptions.FromString(" "));

    [Fact]
    public void Options_OfAnotherTask_AreRefusedWithThoseThatDoIt()
    {
        var options = new LegoNetRegressionTrainer.Options { Target = new(0, 1, 0.1), Adapter = AdapterOptions.Lbfgs() };
        var e = Assert.Throws<ArgumentException>("Adapter", () => _ml.Regression.Trainers.LegoNet(options));
        Assert.Contains("mlnet:fasttree", e.Message, StringComparison.Ordinal);
    }
}
