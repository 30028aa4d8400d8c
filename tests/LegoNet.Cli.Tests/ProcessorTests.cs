using LegoNet.Cli.Tests.Support;
using LegoNet.Onnx.Runtime;

namespace LegoNet.Cli.Tests;

/// <summary>One model on two kinds of processors: child processes take this machine's for another.</summary>
public sealed class ProcessorTests(TrainedModels models)
{
    private const string Elsewhere = "x64 of another kind";

    private static readonly ChildOptions s_elsewhere = new()
    {
        Environment = new Dictionary<string, string>
        {
            ["DOTNET_STARTUP_HOOKS"] = typeof(ProcessorTests).Assembly.Location,
            [StartupHook.ProcessorVariable] = Elsewhere,
        },
    };

    private static string Here => ProcessorKind.Here.Floats;

    [Fact]
    public void Add_ImagesEncodedOnAnotherKindOfProcessor_IsRefusedUnlessAllowed()
    {
        using var model = models.CopyImages();
        TestImages.WriteFolder(model.Folder, "more", TrainedModels.TestImageSource());
        string[] add = ["add", model.Path, "--data", model.Folder["more"], "--key", model.Key];
        var before = Tree.Read(model.Path);

        var message = Legonet.RunChild(s_elsewhere, [.. add, "--json"]).Fails(3);

        Assert.Contains($"on another kind of processor ({Elsewhere}) than the model's ({Here})", message, StringComparison.Ordinal);
        Assert.EndsWith("; allow it with --allow-other-encoder.", message, StringComparison.Ordinal);
        Assert.Equal(before, Tree.Read(model.Path));
        Legonet.RunChild(s_elsewhere, [.. add, "--allow-other-encoder"]).Succeeds();

        var verified = Legonet.Run("verify", model.Path, "--data", model.Folder["more"], "--partial").Succeeds().Output;
        Assert.Contains(
            $"note: 12 stored codes that were made on another kind of processor ({Elsewhere}; here {Here}) are equal to what is encoded here",
            verified,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Inspect_ImageModel_NamesTheKindOfProcessor()
    {
        using var model = models.CopyImages();
        var run = Legonet.Run("inspect", model.Path).Succeeds();
        Assert.Matches($"made by    onnxruntime .*, (cpu|cuda), float32, batch [0-9]+, {System.Text.RegularExpressions.Regex.Escape(Here)}\r?\n", run.Output);
    }
}
