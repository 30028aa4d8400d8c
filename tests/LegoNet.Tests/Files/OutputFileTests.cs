using LegoNet.Audit;
using LegoNet.Files;
using LegoNet.Store;

namespace LegoNet.Tests.Files;

/// <summary>Files that are written where users ask.</summary>
public sealed class OutputFileTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public OutputFileTests()
    {
        _folder.Write("m/manifest.json", "{}");
        Directory.CreateDirectory(_folder["m/records"]);
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Prepare_EveryPathThatAModelHas_IsRefused()
    {
        var paths = new ModelPaths(_folder["m"]);
        var owned = typeof(ModelPaths).GetProperties()
            .Where(p => p.PropertyType == typeof(string) && p.Name != nameof(ModelPaths.Root))
            .Select(p => (string)p.GetValue(paths)!)
            .ToArray();
        Assert.True(owned.Length > 10);
        Assert.All(owned, path => Assert.Throws<LegoNetException>(() => OutputFile.Prepare(path, Receipt.FileKind, force: true)));
    }

    [Theory]
    [InlineData("m.onnx")]
    [InlineData("m.csv")]
    [InlineData("other.key")]
    [InlineData("m2/receipt.json")]
    public void Prepare_APathBesideAModel_IsFree(string name)
    {
        Directory.CreateDirectory(_folder["m2"]);
        using var output = OutputFile.Prepare(_folder[name], Receipt.FileKind);
        Assert.Empty(Directory.GetFiles(_folder.Path, "*.new"));
    }

    [Fact]
    public void Write_OverAHardLink_LeavesTheOtherNameAsItWas()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "hard links are made with ln");
        var file = _folder.Write("a.json", """{"kind":"x","signer":"y","signature":"z"}""");
        using (var ln = System.Diagnostics.Process.Start("ln", [file, _folder["b.json"]]))
        {
            ln.WaitForExit();
        }

        var refused = Assert.Throws<LegoNetException>(() => OutputFile.Prepare(_folder["b.json"], MembershipProof.FileKind, force: false, file));
        Assert.Contains("read or used", refused.Message, StringComparison.Ordinal);
        using var output = OutputFile.Prepare(_folder["b.json"], MembershipProof.FileKind);
        output.Write("new"u8.ToArray());
        Assert.Equal("new", File.ReadAllText(_folder["b.json"]));
        Assert.StartsWith("{", File.ReadAllText(file), StringComparison.Ordinal);
    }

    [Fact]
    public void Write_ToADevice_GoesStraightIntoIt()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "what is a device is known on Linux");
        using (var output = OutputFile.Prepare("/dev/null", MembershipProof.FileKind))
        {
            output.Write(new byte[3]);
        }

        Assert.True(FileStatus.Of("/dev/null")!.Value.IsStream);
    }

    [Fact]
    public void Prepare_ThatIsNotCompleted_LeavesWhatWasThere()
    {
        var file = _folder.Write("a.json", "");
        using (var output = OutputFile.Prepare(file, MembershipProof.FileKind))
        {
            File.WriteAllText(output.DraftPath, "half");
        }

        Assert.Equal("", File.ReadAllText(file));
        Assert.Equal([file], Directory.GetFiles(_folder.Path));
    }
}
