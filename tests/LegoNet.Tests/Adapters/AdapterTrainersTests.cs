using LegoNet.Adapters;
using LegoNet.Data.Json;
using LegoNet.Specs;

namespace LegoNet.Tests.Adapters;

public class AdapterTrainersTests
{
    [Theory]
    [InlineData("mlnet:lbfgs", "which needs ML.NET, and this build was made without it (its package source lacks Microsoft.ML)")]
    [InlineData("forest", "which is not known here (built in: auto, ridge, softmax)")]
    [InlineData("other:lbfgs", "which is not known here (built in: auto, ridge, softmax)")]
    public void Create_TrainerThatNobodyRegistered_SaysWhatIsMissing(string trainer, string what)
    {
        // This test project has no ML.NET, as a tool whose package source lacks it.
        var adapter = StrictJson.Parse($$"""{ "adapter": { "trainer": "{{trainer}}" } }""", "spec.json").Object("adapter");
        var e = Assert.Throws<LegoNetException>(() => AdapterTrainers.Create(adapter, new LabelLayout(LearningTask.Binary, ["no", "yes"], null), 4));
        Assert.Equal(LegoNetError.BadInput, e.Error);
        Assert.Equal($"spec.json: adapter.trainer names \"{trainer}\", {what}.", e.Message);
    }

    [Theory]
    [InlineData("softmax", "")]
    [InlineData("softmax", ", \"lambda\": 0")]
    [InlineData("softmax", ", \"lambda\": 1e-10")]
    [InlineData("softmax", ", \"lambda\": 1001")]
    [InlineData("softmax", ", \"lambda\": \"auto\"")]
    [InlineData("softmax", ", \"lambda\": 1, \"folds\": 2")]
    [InlineData("auto", ", \"lambda\": 1")]
    [InlineData("auto", ", \"folds\": 1")]
    [InlineData("auto", ", \"folds\": 17")]
    [InlineData("auto", ", \"folds\": 2.5")]
    [InlineData("auto", ", \"folds\": \"2\"")]
    [InlineData("auto", ", \"ridge\": [], \"softmax\": []")]
    [InlineData("auto", ", \"ridge\": 1")]
    [InlineData("auto", ", \"ridge\": [\"1\"]")]
    [InlineData("auto", ", \"ridge\": [null]")]
    [InlineData("auto", ", \"softmax\": [1, 0]")]
    [InlineData("auto", ", \"softmax\": [1, 2000]")]
    [InlineData("auto", ", \"softmax\": [1e-12]")]
    [InlineData("auto", ", \"softmax\": [1e400]")]
    [InlineData("auto", ", \"trees\": [1]")]
    [InlineData("ridge", ", \"lambda\": \"best\"")]
    [InlineData("ridge", ", \"lambda\": \"auto\", \"ridge\": []")]
    [InlineData("ridge", ", \"lambda\": \"auto\", \"softmax\": [1]")]
    [InlineData("ridge", ", \"lambda\": \"auto\", \"folds\": 0")]
    [InlineData("ridge", ", \"lambda\": 10, \"folds\": 2")]
    public void Create_MalformedOptions_SaysOneSentenceThatNamesTheAdapter(string trainer, string options)
    {
        var e = Assert.Throws<LegoNetException>(() => Create($$"""{ "trainer": "{{trainer}}"{{options}} }""", LearningTask.Binary));
        Assert.Equal(LegoNetError.BadInput, e.Error);
        Assert.StartsWith("spec.json: adapter", e.Message, StringComparison.Ordinal);
        Assert.EndsWith(".", e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', e.Message);
        Assert.DoesNotContain(". ", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Create_TooManyCandidates_IsRefused()
    {
        var many = string.Join(", ", Enumerable.Range(1, 33));
        var e = Assert.Throws<LegoNetException>(() => Create($$"""{ "trainer": "auto", "ridge": [{{many}}] }""", LearningTask.Binary));
        Assert.StartsWith("spec.json: adapter.ridge must be", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{ "trainer": "softmax", "lambda": 1 }""", LearningTask.Regression)]
    [InlineData("""{ "trainer": "auto", "softmax": [1] }""", LearningTask.Regression)]
    public void Create_TrainerOfLogitsForNumbers_IsRefused(string adapter, LearningTask task)
        => Assert.StartsWith("spec.json: adapter", Assert.Throws<LegoNetException>(() => Create(adapter, task)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("""{ "trainer": "softmax", "lambda": 0.5 }""", LearningTask.Multilabel)]
    [InlineData("""{ "trainer": "auto" }""", LearningTask.Multiclass)]
    [InlineData("""{ "trainer": "auto", "folds": 16, "softmax": [1e-9, 1e3], "ridge": [] }""", LearningTask.Binary)]
    [InlineData("""{ "trainer": "ridge", "lambda": "auto" }""", LearningTask.Regression)]
    public void Declaration_ReadAgain_IsTheSame(string adapter, LearningTask task)
    {
        var declaration = Create(adapter, task).Declaration;
        Assert.Equal(declaration, Create(declaration, task).Declaration);
    }

    private static IAdapterTrainer Create(string adapter, LearningTask task)
    {
        var labels = new LabelLayout(
            task, task == LearningTask.Regression ? [] : ["no", "yes"], task == LearningTask.Regression ? new RegressionTarget(0, 10, 1) : null);
        return AdapterTrainers.Create(StrictJson.Parse($$"""{ "adapter": {{adapter}} }""", "spec.json").Object("adapter"), labels, 4);
    }
}
