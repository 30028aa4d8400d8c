using LegoNet.Cli.Tests.Support;

namespace LegoNet.Cli.Tests;

/// <summary>A model with a flipped byte, a cut file or a missing one: exit code 5, the file named, nothing served from it.</summary>
public sealed class DamageTests(TrainedModels models)
{
    public static TheoryData<string, string> EveryKindOfFile => new()
    {
        { ".", "spec.json" },
        { ".", "keys.safetensors" },
        { ".", "calibration.safetensors" },
        { "encoder", "*.onnx" },
        { "adapters", "*.safetensors" },
        { "shards", "*.safetensors" },
        { "records", "*.safetensors" },
        { "records", "*.json" },
    };

    public static TheoryData<string, string> FilesThatScoringServes => new()
    {
        { ".", "spec.json" },
        { ".", "keys.safetensors" },
        { ".", "calibration.safetensors" },
        { "encoder", "*.onnx" },
        { "adapters", "*.safetensors" },
    };

    [Theory]
    [MemberData(nameof(EveryKindOfFile))]
    public void Verify_WithOneBitFlipped_ExitsWith5AndNamesTheFile(string folder, string pattern)
    {
        using var model = models.CopyImages();
        var file = model.FirstFile(folder, pattern);
        Flip(file);
        AssertNamed(model, file, "verify", model.Path);
    }

    [Theory]
    [MemberData(nameof(EveryKindOfFile))]
    public void Verify_WithAFileCut_ExitsWith5AndNamesTheFile(string folder, string pattern)
    {
        using var model = models.CopyImages();
        var file = model.FirstFile(folder, pattern);
        File.WriteAllBytes(file, File.ReadAllBytes(file)[..^1]);
        AssertNamed(model, file, "verify", model.Path);
    }

    [Theory]
    [MemberData(nameof(EveryKindOfFile))]
    public void Verify_WithAFileMissing_ExitsWith5AndNamesTheFile(string folder, string pattern)
    {
        using var model = models.CopyImages();
        var file = model.FirstFile(folder, pattern);
        File.Delete(file);
        AssertNamed(model, file, "verify", model.Path);
    }

    [Theory]
    [MemberData(nameof(FilesThatScoringServes))]
    public void Score_WithOneBitFlipped_ExitsWith5AndWritesNothing(string folder, string pattern)
    {
        using var model = models.CopyImages();
        TestImages.WriteFolder(model.Folder, "some", TrainedModels.TestImageSource(3));
        var file = model.FirstFile(folder, pattern);
        Flip(file);

        var message = model.Refuses(5, "score", model.Path, "--data", model.Folder["some"], "--out", model.Folder["scores.csv"]);

        Assert.Contains(Path.GetFileName(file), message, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFiles(model.Folder.Path, "scores*"));
    }

    [Theory]
    [InlineData("shards", "*.safetensors")]
    [InlineData("records", "*.safetensors")]
    [InlineData("records", "*.json")]
    public void Forget_ThatNeedsADamagedFile_ExitsWith5AndChangesNothing(string folder, string pattern)
    {
        using var model = models.CopyImages();
        foreach (var file in Directory.EnumerateFiles(Path.Combine(model.Path, folder), pattern))
        {
            Flip(file);
        }

        var (subject, id) = (TrainedModels.ImageRecord.Subject, TrainedModels.ImageRecord.Id);
        Assert.Contains(folder + "/", model.Refuses(5, "forget", model.Path, "--subject", subject, "--id", id), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)] // The opening brace.
    [InlineData(20)]
    public void AnyCommand_WithDamagedManifest_ExitsWith5(int place)
    {
        using var model = models.CopyPoints();
        var file = Path.Combine(model.Path, "manifest.json");
        var bytes = File.ReadAllBytes(file);
        bytes[place] ^= 0x80;
        File.WriteAllBytes(file, bytes);

        Assert.Contains("manifest.json", model.Refuses(5, "inspect", model.Path), StringComparison.Ordinal);
        Assert.Contains("manifest.json", model.Refuses(5, "verify", model.Path), StringComparison.Ordinal);
        model.Refuses(5, "forget", model.Path, "--subject", "s1");
        model.Refuses(5, "export", model.Path, "--out", model.Folder["model.onnx"]);
    }

    [Fact]
    public void Verify_WithDamagedLedger_ReportsIt()
    {
        using var model = models.CopyPoints();
        var file = model.FirstFile("ledger", "*.json");
        File.WriteAllText(file, File.ReadAllText(file).Replace("\"train\"", "\"tra", StringComparison.Ordinal));

        AssertNamed(model, file, "verify", model.Path);
    }

    private static void Flip(string file)
    {
        var bytes = File.ReadAllBytes(file);
        bytes[bytes.Length * 3 / 4] ^= 0x10;
        File.WriteAllBytes(file, bytes);
    }

    private static void AssertNamed(TestModel model, string file, params string[] args)
    {
        var before = Tree.Read(model.Path);
        var run = Legonet.Run([.. args, "--json"]);
        Assert.Equal(5, run.ExitCode);
        var said = run.Json["damage"] is { } damage ? string.Join('\n', damage.AsArray().Select(d => (string)d!)) : (string)run.Json["error"]!;
        Assert.Contains(Path.GetFileName(file), said, StringComparison.Ordinal);
        Assert.Equal(before, Tree.Read(model.Path));
    }
}
