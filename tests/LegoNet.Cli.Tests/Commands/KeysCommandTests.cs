using System.Text.Json.Nodes;
using LegoNet.Cli.Tests.Support;

namespace LegoNet.Cli.Tests.Commands;

public sealed class KeysCommandTests(TrainedModels models)
{
    [Fact]
    public void Rotate_TheKeyInUse_ListsBothWithTheirEntriesAndSaysWhomToGiveTheList()
    {
        using var model = models.CopyPoints();
        var (receipt, published) = (model.Folder["receipt.json"], model.Path + ".signing.pub.pem");
        Legonet.Run("forget", model.Path, "--subject", "s7", "--receipt", receipt).Succeeds();
        var run = Legonet.Run("keys", "rotate", model.Path).Succeeds();
        Assert.Matches("^The key [0-9a-f]{64} signs from now on.", run.Output);
        Assert.Contains($"Give {published}, which lists the keys with these limits", run.Output, StringComparison.Ordinal);
        Legonet.Run("forget", model.Path, "--subject", "s8").Succeeds();
        Assert.Equal([(1, (int?)2, false), (3, null, false)], Limits(model));
        var listed = Legonet.Run("keys", "list", model.Path).Succeeds().Output.TrimEnd().Split(Environment.NewLine);
        Assert.EndsWith("  entries 1 to 2", listed[0], StringComparison.Ordinal);
        Assert.EndsWith("  entries 3 on", listed[1], StringComparison.Ordinal);
        Legonet.Run("verify", model.Path, "--receipt", receipt).Succeeds();
    }

    [Fact]
    public void Rotate_ToAFile_SaysToNameItFromNowOn()
    {
        using var model = models.CopyPoints();
        var key = model.Folder["next.pem"];
        var run = Legonet.Run("keys", "rotate", model.Path, "--new-key", key).Succeeds();
        Assert.Contains($"Name its file from now on: --signing-key {key}.", run.Output, StringComparison.Ordinal);
        Assert.Contains(
            "which has to sign or to be replaced; name its file with --signing-key if it is elsewhere, or give the model another with `legonet keys revoke`",
            model.Refuses(3, "forget", model.Path, "--subject", "s7"),
            StringComparison.Ordinal);
        Legonet.Run("forget", model.Path, "--subject", "s7", "--signing-key", key).Succeeds();
    }

    [Fact]
    public void Revoke_Lost_GoesOnWhereTheKeyIsGone()
    {
        using var model = models.CopyPoints();
        var receipt = model.Folder["receipt.json"];
        Legonet.Run("forget", model.Path, "--subject", "s7", "--receipt", receipt).Succeeds();
        File.Delete(model.Path + ".signing.pem");
        var message = model.Refuses(3, "keys", "rotate", model.Path);
        Assert.Contains("the signing key is missing, so it cannot endorse the next; name its file with --signing-key", message, StringComparison.Ordinal);
        Assert.EndsWith("or give the model another with `legonet keys revoke` if it is lost.", message, StringComparison.Ordinal);
        Legonet.Run("keys", "revoke", model.Path, "--reason", "lost").Succeeds();
        Legonet.Run("forget", model.Path, "--subject", "s8").Succeeds();
        Legonet.Run("verify", model.Path, "--receipt", receipt).Succeeds();
    }

    [Fact]
    public void Revoke_Stolen_WalksAsTheGuideDoes()
    {
        using var model = models.CopyPoints();
        var published = model.Path + ".signing.pub.pem";
        var (receipt, proof, again) = (model.Folder["receipt.json"], model.Folder["proof.json"], model.Folder["again.json"]);
        Legonet.Run("forget", model.Path, "--subject", "s7", "--receipt", receipt).Succeeds();
        Legonet.Run("prove", model.Path, "--subject", "s7", "--out", proof).Succeeds();
        var backup = model.Folder["backup"];
        Tree.Copy(model.Path, backup);

        // The thief's entry is signed like any other; the owner sees it by its time, and puts the backup back.
        Legonet.Run("forget", model.Path, "--subject", "s9").Succeeds();
        var evidence = model.Folder["evidence"];
        Directory.Move(model.Path, evidence);
        Tree.Copy(backup, model.Path);
        var run = Legonet.Run("keys", "revoke", model.Path, "--reason", "stolen").Succeeds();
        Assert.Contains("Receipts and proofs under the stolen key hold no more", run.Output, StringComparison.Ordinal);
        Assert.Equal([(1, (int?)2, true), (3, null, false)], Limits(model));

        const string Revoked = "is signed with a key that was stolen and revoked; ask for it to be made again under the key in use";
        Assert.Contains(Revoked, Fails("check", proof, "--key", published), StringComparison.Ordinal);
        Assert.Contains(Revoked, Fails("verify", model.Path, "--receipt", receipt), StringComparison.Ordinal);
        Assert.Contains(
            "ledger/00000003.json: is signed at entry 3 with a key that is valid for entries 1-2 only",
            Fails("verify", evidence, "--key", model.Key, "--public-key", published),
            StringComparison.Ordinal);

        run = Legonet.Run("receipt", model.Path, "--sequence", "2", "--out", again).Succeeds();
        Assert.Matches(@"^The receipt of entry 2 \(forget at [0-9-]{10} [0-9:]{8}Z\), made again, is in ", run.Output);
        Legonet.Run("prove", model.Path, "--subject", "s7", "--out", proof).Succeeds();
        run = Legonet.Run("check", proof, "--key", published, "--receipt", again, "--subject", "s7").Succeeds();
        Assert.Contains("led to this very state.", run.Output, StringComparison.Ordinal);
        Assert.Contains(
            "note: the receipt was made again from the ledger, so it names no adapters",
            Legonet.Run("verify", model.Path, "--receipt", again).Succeeds().Output,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Revoke_KeyOfABackupThatWasStolenSince_StaysRevoked()
    {
        using var model = models.CopyPoints();
        var backup = model.Folder["backup"];
        Tree.Copy(model.Path, backup);
        Legonet.Run("keys", "revoke", model.Path, "--reason", "stolen").Succeeds();
        Directory.Delete(model.Path, recursive: true);
        Tree.Copy(backup, model.Path);

        // The backup's newest entry is the stolen key's, and the key in use takes its place once more.
        model.Refuses(3, "forget", model.Path, "--subject", "s7");
        Legonet.Run("keys", "revoke", model.Path, "--reason", "lost", "--new-key", model.Path + ".signing.pem").Succeeds();
        Assert.Equal([(1, (int?)1, true), (2, null, false)], Limits(model));
        Legonet.Run("forget", model.Path, "--subject", "s7").Succeeds();
        Legonet.Run("verify", model.Path).Succeeds();
    }

    private static string Fails(params string[] args)
    {
        var run = Legonet.Run(args);
        Assert.Equal(4, run.ExitCode);
        return run.Output;
    }

    private static IEnumerable<(int First, int? Last, bool Revoked)> Limits(TestModel model)
        => Legonet.Run("keys", "list", model.Path, "--json").Succeeds().Json["keys"]!.AsArray().Select(
            (JsonNode? k) => ((int)k!["first"]!, (int?)k["last"], (bool)k["revoked"]!));
}
