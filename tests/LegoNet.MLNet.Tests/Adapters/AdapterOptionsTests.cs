using System.Text.Json;
using LegoNet.Adapters;
using LegoNet.Data.Json;
using LegoNet.MLNet.Adapters;
using LegoNet.MLNet.Tests.Support;
using LegoNet.Specs;

namespace LegoNet.MLNet.Tests.Adapters;

/// <summary>How "adapter" objects that name ML.NET's trainers are read and declared.</summary>
public class AdapterOptionsTests
{
    [Theory]
    [InlineData(
        "mlnet:lbfgs",
        LearningTask.Multiclass,
        """
        {"enforceNonNegativity":false,"historySize":20,"l1Regularization":1,"l2Regularization":1,
        "maximumNumberOfIterations":2147483647,"optimizationTolerance":1E-07,"trainer":"mlnet:lbfgs"}
        """,
        1)]
    [InlineData(
        "mlnet:sdca",
        LearningTask.Regression,
        """
        {"biasLearningRate":0,"convergenceTolerance":0.01,"l1Regularization":0,"l2Regularization":0.0001,
        "maximumNumberOfIterations":100,"shuffle":true,"trainer":"mlnet:sdca"}
        """,
        1)]
    [InlineData(
        "mlnet:averagedperceptron",
        LearningTask.Binary,
        """
        {"decreaseLearningRate":false,"l2Regularization":0,"learningRate":1,"numberOfIterations":10,"shuffle":true,
        "trainer":"mlnet:averagedperceptron"}
        """,
        1)]
    [InlineData(
        "mlnet:fasttree",
        LearningTask.Binary,
        """
        {"baggingExampleFraction":0.7,"baggingSize":0,"featureFraction":1,"featureFractionPerSplit":1,"learningRate":0.2,
        "maximumBinCountPerFeature":255,"minimumExampleCountPerLeaf":10,"numberOfLeaves":20,"numberOfTrees":100,
        "trainer":"mlnet:fasttree","unbalancedSets":false}
        """,
        2.5)]
    [InlineData(
        "mlnet:fasttree",
        LearningTask.Regression,
        """
        {"baggingExampleFraction":0.7,"baggingSize":0,"featureFraction":1,"featureFractionPerSplit":1,"learningRate":0.2,
        "maximumBinCountPerFeature":255,"minimumExampleCountPerLeaf":10,"numberOfLeaves":20,"numberOfTrees":100,
        "trainer":"mlnet:fasttree"}
        """,
        2.5)]
    [InlineData(
        "mlnet:fastforest",
        LearningTask.Multilabel,
        """
        {"baggingExampleFraction":0.7,"featureFraction":0.7,"featureFractionPerSplit":0.7,"maximumBinCountPerFeature":255,
        "minimumExampleCountPerLeaf":10,"numberOfLeaves":20,"numberOfTrees":100,"trainer":"mlnet:fastforest"}
        """,
        50)]
    public void Declaration_DefaultsOnly_NamesEveryOptionTemperatureAndEnvironment(string trainer, LearningTask task, string expected, double temperature)
    {
        var definition = PointModels.Definition($$"""{"trainer":"{{trainer}}"}""", task);
        Assert.Equal(temperature, definition.Spec.Temperature);
        using var declared = JsonDocument.Parse(definition.Spec.Adapter);
        var environment = declared.RootElement.GetProperty("environment").GetRawText();
        var here = FitEnvironment.Here;
        Assert.Equal($$"""{"architecture":"{{here.Architecture}}","math":"{{here.Math}}","mlnet":"{{here.MLNet}}","vector":"{{here.Vector}}"}""", environment);
        Assert.Equal(expected.ReplaceLineEndings(""), definition.Spec.Adapter.Replace($"\"environment\":{environment},", "", StringComparison.Ordinal));

        // What is declared reads back as itself.
        Assert.Equal(definition.Spec.Adapter, PointModels.Trainer(definition).Declaration);
        Assert.Null(PointModels.Trainer(definition).WhyNotRefittable);
    }

    [Fact]
    public void Temperature_Declared_IsTheSpecsOwn()
    {
        var definition = PointModels.Definition("""{"trainer":"mlnet:lbfgs"}, "temperature": 0.25""", LearningTask.Multiclass);
        Assert.Equal(0.25, definition.Spec.Temperature);
    }

    [Theory]
    [InlineData("\"l2Regularization\":-1", "adapter.l2Regularization must be a number from 0 to 1000000")]
    [InlineData("\"historySize\":0.5", "adapter.historySize must be a whole number from 1 to 1000")]
    [InlineData("\"lambda\":1000", "adapter.lambda is not a known member here")]
    [InlineData("\"numberOfThreads\":2", "adapter.numberOfThreads is not set here")]
    [InlineData("\"threads\":1", "adapter.threads is not set here")]
    [InlineData("\"seed\":1", "adapter.seed comes from the spec's own \"seed\"")]
    [InlineData("\"calibrator\":\"platt\"", "adapter.calibrator is not used: adapters give raw scores")]
    [InlineData("\"earlyStoppingRule\":{}", "adapter.earlyStoppingRule needs rows that are held back")]
    [InlineData("\"exampleWeightColumnName\":\"w\"", "adapter.exampleWeightColumnName is not used")]
    [InlineData("\"initialWeightsDiameter\":1", "adapter.initialWeightsDiameter is not offered")]
    [InlineData("\"environment\":{}", "adapter.environment.mlnet is missing")]
    public void Create_MemberThatIsWrongOrPinned_SaysSo(string member, string message)
        => AssertRefused($$"""{"trainer":"mlnet:lbfgs",{{member}}}""", LearningTask.Multiclass, message);

    [Theory]
    [InlineData("mlnet:lbfgs", "does not do regression (mlnet:sdca, mlnet:fasttree, mlnet:fastforest, mlnet:custom do)")]
    [InlineData("mlnet:averagedperceptron", "does not do regression (mlnet:sdca, mlnet:fasttree, mlnet:fastforest, mlnet:custom do)")]
    [InlineData(
        "mlnet:lightgbm",
        "is not known (ML.NET's trainers here: mlnet:lbfgs, mlnet:sdca, mlnet:averagedperceptron, mlnet:fasttree, mlnet:fastforest, mlnet:custom)")]
    public void Create_TrainerThatCannot_NamesThoseThatCan(string trainer, string message)
        => AssertRefused($$"""{"trainer":"{{trainer}}"}""", LearningTask.Regression, $"adapter.trainer names \"{trainer}\", which {message}");

    [Fact]
    public void Create_BagsThatDoNotFillTheTrees_SaysSo()
        => AssertRefused(
            """{"trainer":"mlnet:fasttree","numberOfTrees":10,"baggingSize":3}""", LearningTask.Binary, "adapter.baggingSize must divide numberOfTrees, 10");

    [Fact]
    public void WhyNotRefittable_OtherEnvironmentDeclared_SaysWhatDiffers()
    {
        var here = FitEnvironment.Here;
        var definition = PointModels.Definition("""{"trainer":"mlnet:lbfgs"}""", LearningTask.Binary);
        var other = definition.Spec.Adapter.Replace($"\"vector\":\"{here.Vector}\"", "\"vector\":\"64\"", StringComparison.Ordinal);
        var trainer = AdapterTrainers.Create(StrictJson.Parse(other, "test"), definition.Spec.Labels, definition.Spec.Dimension);
        Assert.Equal(
            $"mlnet:lbfgs fitted them in another environment (vector width 64, here {here.Vector}), and its last bits depend on it; "
            + "use such a machine, or make all adapters anew here with `legonet rebuild`",
            trainer.WhyNotRefittable);
        Assert.Equal(other, trainer.Declaration);
    }

    private static void AssertRefused(string adapter, LearningTask task, string message)
    {
        var e = Assert.Throws<LegoNetException>(() => PointModels.Definition(adapter, task));
        Assert.Equal(LegoNetError.BadInput, e.Error);
        Assert.Contains($"spec.json: {message}", e.Message, StringComparison.Ordinal);
    }
}
