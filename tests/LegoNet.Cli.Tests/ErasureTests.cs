using System.Text;
using LegoNet.Cli.Tests.Support;

namespace LegoNet.Cli.Tests;

/// <summary>What whole processes leave of a forgotten person: in the model, its cache, what they print, and the folder for temporary files.</summary>
public sealed class ErasureTests
{
    private const string Subject = "canary-subject-51ce08";
    private const string Id = "canary-id-93b7d4";
    private const int Dimension = 32;

    // As the model stores it: with the range −4…4 declared, 4 becomes 127.
    private static readonly byte[] s_code = "CANARY-CODE-of-one-person-e40a77"u8.ToArray();

    [Theory]
    [InlineData("forget")]
    [InlineData("forget --shred")]
    public void Forget_AsProcesses_LeavesNoTraceInTheTemporaryFolderOrTheLog(string command)
    {
        using var folder = new TempFolder();
        var canary = new Point(Subject, Id, "blue", Array.ConvertAll(s_code, c => c * 4f / 127));
        folder.Write("others.csv", Points.Csv(Points.Draw(200, dimension: Dimension)));
        var source = folder.Write("source/canary.csv", Points.Csv([canary]));
        var spec = folder.Write("spec.json", Points.Spec(data: "others.csv", dimension: Dimension));
        var (scanned, temporary) = (folder["scanned"], folder["scanned/tmp"]);
        Directory.CreateDirectory(temporary);
        var (model, cache, key) = (folder["scanned/model"], folder["scanned/cache"], folder["one.key"]);
        var child = new ChildOptions
        {
            Environment = new Dictionary<string, string>
            {
                ["TMPDIR"] = temporary,
                ["TMP"] = temporary,
                ["TEMP"] = temporary,
                ["DOTNET_EnableDiagnostics"] = "0",
            },
        };

        Run("train", spec, "--out", model, "--cache", cache);
        Run("add", model, "--data", source, "--cache", cache);
        Assert.Contains(Traces.Find(scanned, s_code), f => f.StartsWith(model, StringComparison.Ordinal));
        Assert.Contains(Traces.Find(scanned, s_code), f => f.StartsWith(cache, StringComparison.Ordinal));
        var printed = Run([.. command.Split(' '), model, "--subject", Subject, "--receipt", folder["scanned/receipt.json"]])
            + Run("verify", model) + Run("score", model, "--data", folder["others.csv"], "--out", folder["scanned/scores.csv"]);

        File.WriteAllText(folder["scanned/log"], printed);
        Assert.NotEqual("", printed);
        Assert.Empty(Traces.Find(scanned, s_code, Encoding.UTF8.GetBytes(Subject), Encoding.UTF8.GetBytes(Id)));

        string Run(params string[] arguments)
        {
            var run = Legonet.RunChild(child, [.. arguments, .. arguments[0] == "score" ? Array.Empty<string>() : ["--key", key]]).Succeeds();
            return run.Output + run.Error;
        }
    }
}
