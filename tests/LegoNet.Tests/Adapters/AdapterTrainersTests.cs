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
}
