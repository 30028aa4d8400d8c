using System.Globalization;
using System.Text.Json.Nodes;
using LegoNet.Cli.Tests.Support;

namespace LegoNet.Cli.Tests.Commands;

public sealed class LedgerCommandTests(TrainedModels models)
{
    private static string Tomorrow => DateTime.UtcNow.AddDays(1).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    [Fact]
    public void List_AfterChanges_ShowsEachWithItsSigner()
    {
        using var model = models.CopyPoints();
        Legonet.Run("forget", model.Path, "--subject", "s7").Succeeds();
        var lines = Legonet.Run("ledger", "list", model.Path).Succeeds().Output.TrimEnd().Split('\n');
        Assert.Matches("^ +1  [0-9-]{10} [0-9:]{8}Z  train    root [0-9a-f]{16}…  key [0-9a-f]{16}…\\s*$", lines[0]);
        Assert.Matches("^ +2  .+  forget   root .+  1 tag\\s*$", lines[1]);

        var entries = Legonet.Run("ledger", "list", model.Path, "--json").Succeeds().Json["entries"]!.AsArray();
        Assert.Equal([1, 2], entries.Select(e => (int)e!["sequence"]!));
        Assert.Null(entries[0]!["rootBefore"]);
        Assert.Equal((string)entries[0]!["rootAfter"]!, (string)entries[1]!["rootBefore"]!);
        Assert.Equal((string)Legonet.Run("inspect", model.Path, "--json").Json["name"]!, (string)entries[0]!["digest"]!);
    }

    [Fact]
    public void Prune_EverythingSoFar_LeavesASignedEntryFromWhichVerificationGoesOn()
    {
        using var model = models.CopyPoints();
        var receipt = model.Folder["receipt.json"];
        Legonet.Run("forget", model.Path, "--subject", "s7", "--receipt", receipt).Succeeds();
        var name = (string)Legonet.Run("inspect", model.Path, "--json").Json["name"]!;
        var nothing = Legonet.Run("ledger", "prune", model.Path, "--before", "2020-01-31").Succeeds();
        Assert.Contains("no entry was written before 2020-01-31", nothing.Output, StringComparison.Ordinal);

        var run = Legonet.Run("ledger", "prune", model.Path, "--before", Tomorrow).Succeeds();
        Assert.StartsWith("Removed 2 entries; 1 entry left, the newest of which says so.", run.Output, StringComparison.Ordinal);
        var verified = Legonet.Run("verify", model.Path, "--receipt", receipt).Succeeds();
        Assert.Contains("ledger: 1 entry, chained, every signature valid", verified.Output, StringComparison.Ordinal);
        Assert.Contains("was pruned from the ledger", verified.Output, StringComparison.Ordinal);
        Assert.Equal(name, (string)Legonet.Run("inspect", model.Path, "--json").Json["name"]!);
        var json = Legonet.Run("ledger", "prune", model.Path, "--before", Tomorrow, "--json").Succeeds().Json;
        Assert.Equal((1, 1), ((int)json["removed"]!, (int)json["entries"]!));
    }

    [Theory]
    [InlineData("Say which: list, prune.", "legonet ledger --help", "ledger")]
    [InlineData("'lst'", "legonet ledger --help", "ledger", "lst", "model")]
    [InlineData("'--before' is required", "legonet ledger prune --help", "ledger", "prune", "model")]
    [InlineData("must be a date up to now, such as 2026-01-31, not \"may\".", "legonet ledger prune --help", "ledger", "prune", "model", "--before", "may")]
    [InlineData("not \"2199-01-31\".", "legonet ledger prune --help", "ledger", "prune", "model", "--before", "2199-01-31")]
    [InlineData("Say which: list, rotate, revoke.", "legonet keys --help", "keys")]
    [InlineData("'--reason' is required", "legonet keys revoke --help", "keys", "revoke", "model")]
    [InlineData("--reason must be lost or stolen, not \"nonsense\".", "legonet keys revoke --help", "keys", "revoke", "model", "--reason", "nonsense")]
    [InlineData("'--sequence' is required", "legonet receipt --help", "receipt", "model")]
    [InlineData("--sequence must be a whole number from 1.", "legonet receipt --help", "receipt", "model", "--sequence", "0")]
    public void Usage_OfNestedCommands_IsOneClearLineAndTheRightHelp(string problem, string help, params string[] args)
    {
        var run = Legonet.Run(args);
        Assert.Equal(2, run.ExitCode);
        var lines = run.Error.TrimEnd().Split(Environment.NewLine);
        Assert.Equal(2, lines.Length);
        Assert.Contains(problem, lines[0], StringComparison.Ordinal);
        Assert.Equal($"Run `{help}` for usage.", lines[1]);
    }

    [Fact]
    public void Ledger_Laundered_StopsEveryCommandThatWouldBuildOnIt()
    {
        using var model = models.CopyPoints();
        var points = model.Folder.Write("all.csv", Points.Csv(TrainedModels.Drawn));
        Legonet.Run("forget", model.Path, "--subject", "s7").Succeeds();
        foreach (var entry in Directory.GetFiles(Path.Combine(model.Path, "ledger")))
        {
            File.Delete(entry);
        }

        // With one change the history would begin anew, and nobody would know that s7 was forgotten.
        string[][] refused =
        [
            ["add", model.Path, "--data", points, "--suppress"],
            ["add", model.Path, "--data", points],
            ["forget", model.Path, "--subject", "s8"],
            ["prove", model.Path, "--subject", "s7"],
            ["receipt", model.Path, "--sequence", "1"],
            ["keys", "rotate", model.Path],
            ["ledger", "prune", model.Path, "--before", Tomorrow],
        ];
        foreach (var args in refused)
        {
            Assert.Equal(
                "ledger: has no entry, so nothing vouches for the model's present state; run `legonet verify` to see what differs.",
                model.Refuses(5, args));
        }

        Assert.Contains("differs: ledger: has no entry", Verify(4), StringComparison.Ordinal);

        // A repair goes on, and signs that the history begins with it.
        Assert.Equal(5, Legonet.Run("repair", model.Path).ExitCode);
        Legonet.Run("repair", model.Path, "--accept-loss").Succeeds();
        Assert.Contains("repair", Legonet.Run("ledger", "list", model.Path).Succeeds().Output, StringComparison.Ordinal);
        Verify(0);

        string Verify(int exitCode)
        {
            var run = Legonet.Run("verify", model.Path);
            Assert.Equal(exitCode, run.ExitCode);
            return run.Output;
        }
    }

    [Fact]
    public void Ledger_WithoutThePublicKey_ReadersSayThatNothingVouchesAndWritersRefuse()
    {
        using var model = models.CopyPoints();
        var before = model.Folder["before"];
        Tree.Copy(model.Path, before);
        Legonet.Run("forget", model.Path, "--subject", "s7").Succeeds();
        foreach (var file in Directory.GetFiles(Path.Combine(model.Path, "ledger")))
        {
            File.Copy(file, Path.Combine(before, "ledger", Path.GetFileName(file)), overwrite: true);
        }

        Directory.Delete(model.Path, recursive: true);
        Tree.Copy(before, model.Path);
        const string Rolled = "ledger/00000002.json: the ledger's newest entry leads to another state than the one that is here, "
            + "so files were altered or put back, or entries are missing";
        Assert.StartsWith(Rolled, model.Refuses(5, "inspect", model.Path), StringComparison.Ordinal);
        File.Delete(model.Path + ".signing.pub.pem");
        var run = Legonet.Run("inspect", model.Path).Succeeds();
        Assert.Matches("(?m)^warning: .+signing.pub.pem: is missing, so nothing says whether this is the state that was signed.\\s*$", run.Error);
        Assert.Contains("name       not known", run.Output, StringComparison.Ordinal);
        Assert.StartsWith(Rolled, model.Refuses(5, "forget", model.Path, "--subject", "s8"), StringComparison.Ordinal);
    }

    [Fact]
    public void Ledger_ForgedAndThePublicKeyRemoved_IsNotSignedOver()
    {
        using var model = models.CopyPoints();
        Legonet.Run("forget", model.Path, "--subject", "s7").Succeeds();
        var folder = Path.Combine(model.Path, "ledger");
        var newest = JsonNode.Parse(File.ReadAllText(Path.Combine(folder, "00000002.json")))!.AsObject();
        foreach (var entry in Directory.GetFiles(folder))
        {
            File.Delete(entry);
        }

        // A history that knows of no forget and leads to the present state, with nothing beside the model that tells its signature from another.
        (newest["sequence"], newest["operation"], newest["tags"], newest["signature"]) = (1, "train", new JsonArray(), "AAAA");
        (newest["model"], newest["rootBefore"], newest["previous"]) = (null, null, null);
        File.WriteAllText(Path.Combine(folder, "00000001.json"), newest.ToJsonString());
        foreach (var args in (string[][])[["forget", model.Path, "--subject", "s8"], ["prove", model.Path, "--subject", "s7"]])
        {
            File.Delete(model.Path + ".signing.pub.pem");
            Assert.StartsWith("ledger/00000001.json: is not what its signature was made for", model.Refuses(5, args), StringComparison.Ordinal);
        }
    }
}
