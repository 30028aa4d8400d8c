using LegoNet.Cli.Tests.Support;

namespace LegoNet.Cli.Tests;

/// <summary>Adapters that ML.NET fits, from the command line; and a tool that was built without ML.NET.</summary>
public sealed class MLNetAdapterTests : IDisposable
{
    private const int NotComparable = 6;

    private readonly TempFolder _folder = new();

    public MLNetAdapterTests() => _folder.Write("points.csv", Points.Csv(Points.Draw(120)));

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("mlnet:lbfgs")]
    [InlineData("mlnet:fasttree")]
    public void Train_ByMLNetTrainer_TrainsOrSaysInOneSentenceWhatIsMissing(string trainer)
    {
        if (MLNetBuild.Found)
        {
            Legonet.Run("train", Spec(trainer), "--out", _folder["model"]).Succeeds();
            return;
        }

        var message = Legonet.Refuses(3, "train", Spec(trainer), "--out", _folder["model"]);
        Assert.EndsWith(
            $"adapter.trainer names \"{trainer}\", which needs ML.NET, "
            + "and this build was made without it (its package source lacks Microsoft.ML).",
            message,
            StringComparison.Ordinal);
        Assert.False(Directory.Exists(_folder["model"]));
    }

    [Theory]
    [InlineData("mlnet:lbfgs")]
    [InlineData("mlnet:fasttree")]
    public void Forget_ByMLNetTrainer_EqualsTrainingWithout(string trainer)
    {
        Assert.SkipUnless(MLNetBuild.Found, "This build has no ML.NET.");
        var (model, anew) = (_folder["model"], _folder["anew"]);
        Legonet.Run("train", Spec(trainer), "--out", model).Succeeds();
        Legonet.Run("forget", model, "--subject", "s3").Succeeds();
        Legonet.Run("forget", model, "--subject", "s7").Succeeds();
        Legonet.Run("train", Spec(trainer), "--out", anew, "--key", model + ".key", "--exclude", _folder.Write("out.txt", "s3\ns7\n")).Succeeds();
        Tree.AssertSameModel(anew, model);
        Legonet.Run("verify", model).Succeeds();
    }

    [Fact]
    public void Verify_NarrowerVectorsThanTheModels_IsNotComparableAndForgetRefuses()
    {
        Assert.SkipUnless(MLNetBuild.Found, "This build has no ML.NET.");
        Assert.SkipUnless(System.Runtime.Intrinsics.X86.Avx2.IsSupported, "This processor's vectors cannot be made narrower by a setting.");
        var model = _folder["model"];
        Legonet.Run("train", Spec("mlnet:sdca"), "--out", model).Succeeds();
        var other = new ChildOptions { Environment = new Dictionary<string, string> { ["DOTNET_EnableAVX2"] = "0" } };

        var verified = Legonet.RunChild(other, "verify", model);
        Assert.Equal(NotComparable, verified.ExitCode);
        Assert.Contains("vector width", verified.Output, StringComparison.Ordinal);
        Assert.Contains("vector width", Legonet.RunChild(other, "forget", model, "--subject", "s3", "--json").Fails(3), StringComparison.Ordinal);

        // And on the machine as it is, all is as it was.
        Legonet.RunChild("verify", model).Succeeds();
    }

    private string Spec(string trainer)
    {
        var more = trainer == "mlnet:fasttree" ? ", \"numberOfTrees\": 5" : "";
        return _folder.Write("spec.json", Points.Spec().Replace(
            """{ "trainer": "ridge", "lambda": 1000 }""", $$"""{ "trainer": "{{trainer}}"{{more}} }""", StringComparison.Ordinal));
    }
}
