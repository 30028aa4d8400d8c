using LegoNet.Cli.Tests.Support;

namespace LegoNet.Cli.Tests.Commands;

public sealed class RepairCommandTests(TrainedModels models)
{
    [Fact]
    public void Repair_WholeModel_SaysSo()
    {
        using var model = models.CopyPoints();
        var run = Legonet.Run("repair", model.Path);
        Assert.Equal(0, run.ExitCode);
        Assert.Contains("Nothing is wrong with the model", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Repair_DamagedAdapterAndManifest_BringsBackTheSameBytes()
    {
        using var model = models.CopyPoints();
        var before = Tree.Read(model.Path);
        Flip(model.FirstFile("adapters", "*.safetensors"));
        File.Delete(Path.Combine(model.Path, "manifest.json"));
        Assert.Equal(5, Legonet.Run("verify", model.Path).ExitCode);

        var run = Legonet.Run("repair", model.Path, "--json");
        Assert.Equal(0, run.ExitCode);
        Assert.Equal("repaired", (string)run.Json["outcome"]!);
        Assert.True((bool)run.Json["verified"]!);
        Assert.Equal(before, Tree.Read(model.Path));
    }

    [Fact]
    public void Repair_LostSegment_ExitsWith5AndChangesNothingUnlessAccepted()
    {
        using var model = models.CopyPoints();
        var segment = model.FirstFile("records", "*.safetensors");
        Flip(segment);
        var before = Tree.Read(model.Path);

        var refused = Legonet.Run("repair", model.Path);
        Assert.Equal(5, refused.ExitCode);
        Assert.Contains(Path.GetFileName(segment), refused.Output, StringComparison.Ordinal);
        Assert.Contains("nothing was changed", refused.Output, StringComparison.Ordinal);
        Assert.Equal(before, Tree.Read(model.Path));

        Assert.Equal(0, Legonet.Run("repair", model.Path, "--accept-loss").ExitCode);
        Assert.Equal(0, Legonet.Run("verify", model.Path).ExitCode);
    }

    [Fact]
    public void Repair_DamagedSpec_ExitsWith5AndNamesTheDigest()
    {
        using var model = models.CopyPoints();
        Flip(Path.Combine(model.Path, "spec.json"));
        var run = Legonet.Run("repair", model.Path, "--json");
        Assert.Equal(5, run.ExitCode);
        Assert.Equal("notPossible", (string)run.Json["outcome"]!);
        Assert.Contains("SHA-256", (string)run.Json["lost"]![0]!, StringComparison.Ordinal);
    }

    [Fact]
    public void Forget_Shredding_LeavesTheModelOfAForget()
    {
        using var model = models.CopyPoints();
        Assert.Equal(0, Legonet.Run("forget", model.Path, "--subject", "s1", "--shred").ExitCode);
        Assert.Equal(0, Legonet.Run("verify", model.Path).ExitCode);
    }

    private static void Flip(string file)
    {
        var bytes = File.ReadAllBytes(file);
        bytes[bytes.Length / 2] ^= 4;
        File.WriteAllBytes(file, bytes);
    }
}
