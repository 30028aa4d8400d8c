using System.Text.Json.Nodes;
using LegoNet.Cli.Tests.Support;

namespace LegoNet.Cli.Tests.Commands;

public sealed class ReceiptCommandTests(TrainedModels models)
{
    [Fact]
    public void Receipt_OfAForgetWhoseReceiptWasLost_IsMadeAgain()
    {
        using var model = models.CopyPoints();
        var first = Legonet.Run("forget", model.Path, "--subject", "s7", "--json").Succeeds().Json;
        var (printed, json) = (model.Folder["printed.json"], model.Folder["json.json"]);
        File.WriteAllText(printed, Legonet.Run("receipt", model.Path, "--sequence", "2").Succeeds().Output);
        File.WriteAllText(json, Legonet.Run("receipt", model.Path, "--sequence", "2", "--json").Succeeds().Output);
        foreach (var file in (string[])[printed, json])
        {
            var again = JsonNode.Parse(File.ReadAllText(file))!;
            Assert.True((bool)again["madeAgain"]!);
            Assert.Equal((string)first["ledgerEntry"]!, (string)again["ledgerEntry"]!);
            Legonet.Run("verify", model.Path, "--receipt", file).Succeeds();
        }

        Assert.Contains(
            "ledger/00000009.json: there is no such entry (the newest is 2",
            model.Refuses(3, "receipt", model.Path, "--sequence", "9"),
            StringComparison.Ordinal);
        Assert.Contains(
            "there are receipts of forget, add and correct",
            model.Refuses(3, "receipt", model.Path, "--sequence", "1"),
            StringComparison.Ordinal);
        Assert.Contains(
            "lies inside the model directory",
            model.Refuses(3, "receipt", model.Path, "--sequence", "2", "--out", Path.Combine(model.Path, "receipt.json")),
            StringComparison.Ordinal);
    }

    [Fact]
    public void Forget_Retried_SaysWhenItWasDoneAndWritesTheReceipt()
    {
        using var model = models.CopyPoints();
        var receipt = model.Folder["receipt.json"];
        Legonet.Run("forget", model.Path, "--subject", "s7").Succeeds();
        var run = Legonet.Run("forget", model.Path, "--subject", "s7", "--receipt", receipt).Succeeds();
        Assert.Matches("^Nothing to do: forgotten at [0-9-]{10} [0-9:]{8}Z, entry 2 of the ledger.", run.Output);
        Assert.Contains($"the receipt, made again, is in {receipt}", run.Output, StringComparison.Ordinal);
        Legonet.Run("verify", model.Path, "--receipt", receipt).Succeeds();
        Assert.Equal(2, Legonet.Run("ledger", "list", model.Path, "--json").Json["entries"]!.AsArray().Count);
    }

    [Fact]
    public void Verify_ReceiptAfterAnOldStateWasPutBack_DoesNotCallThatAnAddition()
    {
        using var model = models.CopyPoints();
        var (backup, receipt) = (model.Folder["backup"], model.Folder["receipt.json"]);
        Tree.Copy(model.Path, backup);
        Legonet.Run("forget", model.Path, "--subject", "s7", "--receipt", receipt).Succeeds();
        Directory.Delete(model.Path, recursive: true);
        Tree.Copy(backup, model.Path);

        // With its ledger the old state is whole in itself: only what is held elsewhere shows that there was a later one.
        Legonet.Run("verify", model.Path).Succeeds();
        var run = Legonet.Run("verify", model.Path, "--receipt", receipt);
        Assert.Equal(4, run.ExitCode);
        Assert.Contains("differs: ledger/00000002.json: is missing, and the receipt names it", run.Output, StringComparison.Ordinal);
        Assert.Contains("differs: records are stored under 1 of the tags that the receipt names as forgotten", run.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("added again", run.Output, StringComparison.Ordinal);
    }
}
