using LegoNet.Adapters;
using LegoNet.Data.Files;
using LegoNet.MLNet.Adapters;
using LegoNet.MLNet.Tests.Support;
using LegoNet.Records;
using LegoNet.Specs;
using LegoNet.Store;
using LegoNet.Verification;

namespace LegoNet.MLNet.Tests.Adapters;

/// <summary>"Different" and "not comparable here" are two things.</summary>
public sealed class AdapterVerificationTests : IDisposable
{
    private const string Trees = """{"trainer":"mlnet:fasttree","numberOfTrees":4,"numberOfLeaves":4,"minimumExampleCountPerLeaf":2}""";

    private readonly TempFolder _folder = new();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Verify_OneWeightChangedUnderMatchingDigests_IsDifferent()
    {
        var tampering = Train("""{"trainer":"mlnet:lbfgs"}""");
        var adapter = LinearAdapter.Read(AdapterFile(tampering, 1), "test", PointModels.Classes, PointModels.Dimension);
        var weights = adapter.Weights.ToArray();
        weights[5] = MathF.BitIncrement(weights[5]);
        tampering.ReplaceAdapter(1, new LinearAdapter(weights, PointModels.Classes).ToFile(), null);
        AssertDifferent("weight [0, 5]");
    }

    [Fact]
    public void Verify_OneLeafChangedUnderMatchingDigests_IsDifferent()
    {
        var tampering = Train(Trees);
        var adapter = TreeAdapter.Read(AdapterFile(tampering, 1), "test", PointModels.Classes, PointModels.Dimension);
        var tree = adapter.Trees[0];
        double[] leaves = [tree.Leaves[0] + Math.Pow(2, -32), .. tree.Leaves[1..]]; // The smallest step that a leaf can take.
        var changed = AdapterTree.Create(tree.Output, tree.Features, tree.Thresholds, tree.Left, tree.Right, leaves);
        tampering.ReplaceAdapter(1, new TreeAdapter(adapter.Offsets.ToArray(), [changed, .. adapter.Trees.Skip(1)]).ToFile(), null);
        AssertDifferent("adapters/00001-");
    }

    [Theory]
    [InlineData("mlnet", "4.0.0")]
    [InlineData("architecture", "other")]
    [InlineData("vector", "64")]
    [InlineData("math", "0123456789abcdef")]
    public void OtherEnvironmentOnRecord_ChangesAreRefusedAndVerifyIsNotComparable(string member, string value)
    {
        var tampering = Train(Trees);
        Record(tampering, member, value);
        using var model = LegoNetModel.Open(_folder["model"], Options());
        var prediction = model.Scorer.Predict(PointModels.Record(Definition(Trees), 400).Code);
        Assert.Contains(prediction.Label, model.Spec.Classes);

        var root = model.RootDigest;
        var refused = Assert.Throws<LegoNetException>(() => model.Forget([new ForgetTarget("subject-1")], cancellationToken: Cancelled));
        Assert.Equal(LegoNetError.BadInput, refused.Error);
        Assert.Contains($"{value}, here ", refused.Message, StringComparison.Ordinal);
        Assert.Contains("legonet rebuild", refused.Message, StringComparison.Ordinal);
        Assert.Equal(root, model.RootDigest);

        var report = model.Verify(cancellationToken: Cancelled);
        Assert.Equal(VerificationOutcome.NotComparable, report.Outcome);
        Assert.Contains($"{value}, here ", report.WhyNotComparable, StringComparison.Ordinal);

        // All adapters anew is the way out: then the environment on record is this one.
        using var rebuilt = model.Rebuild(_folder["rebuilt"], Definition(Trees), Options(), cancellationToken: Cancelled);
        rebuilt.Forget([new ForgetTarget("subject-1")], cancellationToken: Cancelled);
        Assert.True(rebuilt.Verify(cancellationToken: Cancelled).IsExact);
    }

    [Fact]
    public void Train_OtherEnvironmentDeclared_IsRefused()
    {
        var version = FitEnvironment.Here.MLNet;
        var definition = Definition($$$"""{"trainer":"mlnet:lbfgs","environment":{"mlnet":"{{{version}}}","architecture":"x","vector":"1","math":"2"}}""");
        var records = PointModels.Records(definition, 30);
        var thrown = Assert.Throws<LegoNetException>(
            () => LegoNetModel.Train(_folder["model"], definition, records, Options(), cancellationToken: Cancelled));
        Assert.Contains("architecture x", thrown.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_folder["model"]));
    }

    private static ModelDefinition Definition(string adapter) => PointModels.Definition(adapter, LearningTask.Multiclass);

    private ModelOptions Options() => new() { TagKeyPath = _folder["tag.key"], Threads = 2 };

    private Tampering Train(string adapter)
    {
        var definition = Definition(adapter);
        LegoNetModel.Train(_folder["model"], definition, PointModels.Records(definition, 60), Options(), cancellationToken: Cancelled).Dispose();
        return new Tampering(_folder["model"], TagKey.Load(_folder["tag.key"]));
    }

    private byte[] AdapterFile(Tampering tampering, int number)
        => File.ReadAllBytes(Path.Combine(_folder["model"], tampering.Manifest.Adapters[number]!.AdapterFile(".safetensors")));

    /// <summary>Makes the model one that was trained in another environment.</summary>
    private void Record(Tampering tampering, string member, string value)
    {
        var file = Path.Combine(_folder["model"], Manifest.SpecFile);
        var spec = File.ReadAllText(file);
        var environment = spec.IndexOf("\"environment\":", StringComparison.Ordinal);
        var start = spec.IndexOf($"\"{member}\":\"", environment, StringComparison.Ordinal) + member.Length + 4;
        spec = spec[..start] + value + spec[spec.IndexOf('"', start)..];
        File.WriteAllText(file, spec);
        var before = tampering.Manifest;
        tampering.Write(new Manifest
        {
            Spec = Digests.Of(System.Text.Encoding.UTF8.GetBytes(spec)),
            Keys = before.Keys,
            Calibration = before.Calibration,
            AdapterExtension = before.AdapterExtension,
            TagKey = before.TagKey,
            Records = before.Records,
            Adapters = before.Adapters,
        });
    }

    private void AssertDifferent(string what)
    {
        var report = LegoNetModel.Verify(_folder["model"], Options(), cancellationToken: Cancelled);
        Assert.Equal(VerificationOutcome.Different, report.Outcome);
        Assert.Contains(what, Assert.Single(report.Differences), StringComparison.Ordinal);
    }
}
