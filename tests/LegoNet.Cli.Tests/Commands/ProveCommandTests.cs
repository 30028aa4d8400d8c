using System.Text.Json.Nodes;
using LegoNet.Cli.Tests.Support;

namespace LegoNet.Cli.Tests.Commands;

public sealed class ProveCommandTests(TrainedModels models)
{
    [Fact]
    public void Prove_BeforeAndAfterAForget_ChecksWithoutTheModel()
    {
        using var model = models.CopyPoints();
        var (before, after, receipt) = (model.Folder["before.json"], model.Folder["after.json"], model.Folder["receipt.json"]);
        Legonet.Run("prove", model.Path, "--subject", "s7", "--out", before).Succeeds();
        var forgotten = Legonet.Run("forget", model.Path, "--subject", "s7", "--receipt", receipt, "--json").Succeeds().Json;
        Assert.Contains("Proof of absence", Legonet.Run("prove", model.Path, "--subject", "s7", "--out", after).Succeeds().Output, StringComparison.Ordinal);
        var key = model.Folder["published.pem"];
        File.Copy(model.Path + ".signing.pub.pem", key);
        Directory.Delete(model.Path, recursive: true);

        var run = Legonet.Run("check", before, "--key", key).Succeeds();
        Assert.StartsWith("The proof of presence holds.", run.Output, StringComparison.Ordinal);
        Assert.Matches("the canonical way by tag [0-9a-f]{64} ends at a record with this tag", run.Output);
        Assert.Contains("The signer's word", run.Output, StringComparison.Ordinal);
        var root = (string)forgotten["rootAfter"]!;
        run = Legonet.Run("check", after, "--key", key, "--receipt", receipt, "--root", root, "--subject", "s7", "--json").Succeeds();
        Assert.True((bool)run.Json["holds"]!);
        Assert.Equal("absence", (string)run.Json["kind"]!);
        Assert.Equal(root, (string)run.Json["root"]!);

        Assert.Contains("before the change that the receipt is of", Fails("check", before, "--key", key, "--receipt", receipt), StringComparison.Ordinal);
        Assert.Contains("not about root", Fails("check", before, "--key", key, "--root", root), StringComparison.Ordinal);
        Assert.Contains("another subject", Fails("check", after, "--key", key, "--subject", "s8"), StringComparison.Ordinal);
        var node = JsonNode.Parse(File.ReadAllText(after))!;
        node["kind"] = "presence";
        Assert.Contains(
            "is not what its signature was made for",
            Fails("check", model.Folder.Write("swapped.json", node.ToJsonString()), "--key", key),
            StringComparison.Ordinal);

        static string Fails(params string[] args)
        {
            var failed = Legonet.Run(args);
            Assert.Equal(4, failed.ExitCode);
            Assert.Matches(@"^The proof of (presence|absence) does not hold\.", failed.Output);
            return failed.Output;
        }
    }

    [Fact]
    public void Check_BadInput_IsRefusedInASentence()
    {
        using var model = models.CopyPoints();
        var proof = model.Folder["proof.json"];
        Legonet.Run("prove", model.Path, "--subject", "nobody", "--out", proof).Succeeds();
        var key = model.Path + ".signing.pub.pem";
        Assert.Contains("not a membership proof", Legonet.Refuses(3, "check", model.Folder.Write("x.json", "{}"), "--key", key), StringComparison.Ordinal);
        Assert.Contains(
            "too long",
            Legonet.Refuses(3, "check", model.Folder.Write("y.json", new string(' ', 200_000)), "--key", key),
            StringComparison.Ordinal);
        Assert.Contains("z.json", Legonet.Refuses(3, "check", model.Folder["z.json"], "--key", key), StringComparison.Ordinal);
        Assert.Contains("public key", Legonet.Refuses(3, "check", proof, "--key", model.Path + ".signing.pem"), StringComparison.Ordinal);
        Assert.Contains("not a receipt", Legonet.Refuses(3, "check", proof, "--key", key, "--receipt", proof), StringComparison.Ordinal);
        Assert.Equal(2, Legonet.Run("check", proof, "--key", key, "--root", "12").ExitCode);
        Assert.Equal(2, Legonet.Run("check", proof).ExitCode);
    }

    [Fact]
    public void Prove_WithoutOut_PrintsTheProof()
    {
        using var model = models.CopyPoints();
        var proof = model.Folder.Write("proof.json", Legonet.Run("prove", model.Path, "--subject", "s3").Succeeds().Output);
        Legonet.Run("check", proof, "--key", model.Path + ".signing.pub.pem", "--subject", "s3").Succeeds();
        Assert.Equal("presence", (string)Legonet.Run("prove", model.Path, "--subject", "s3", "--json").Succeeds().Json["kind"]!);
    }

    [Fact]
    public void Verify_Receipt_IsComparedWithTheModel()
    {
        using var model = models.CopyPoints();
        var receipt = model.Folder["receipt.json"];
        Legonet.Run("forget", model.Path, "--subject", "s7", "--receipt", receipt).Succeeds();
        var run = Legonet.Run("verify", model.Path, "--receipt", receipt).Succeeds();
        Assert.Contains("ledger: 2 entries, chained, every signature valid", run.Output, StringComparison.Ordinal);
        Assert.Contains("receipt: confirmed; its change led to the present state", run.Output, StringComparison.Ordinal);
        Legonet.Run("forget", model.Path, "--subject", "s8").Succeeds();
        var json = Legonet.Run("verify", model.Path, "--receipt", receipt, "--json").Succeeds().Json;
        Assert.True((bool)json["receipt"]!["holds"]!);
        Assert.False((bool)json["receipt"]!["isPresent"]!);

        File.WriteAllText(receipt, File.ReadAllText(receipt).Replace("\"records\": ", "\"records\": 1", StringComparison.Ordinal));
        run = Legonet.Run("verify", model.Path, "--receipt", receipt);
        Assert.Equal(4, run.ExitCode);
        Assert.Contains("differs: the receipt is not what its signature was made for", run.Output, StringComparison.Ordinal);
        Assert.Contains("not a receipt", model.Refuses(3, "verify", model.Path, "--receipt", model.Folder.Write("x.json", "{}")), StringComparison.Ordinal);
    }

    [Fact]
    public void Inspect_Model_NamesTheSigner()
    {
        using var model = models.CopyPoints();
        var signer = (string)Assert.Single(Legonet.Run("inspect", model.Path, "--json").Succeeds().Json["signers"]!.AsArray())!;
        Assert.Equal(64, signer.Length);
        Assert.Contains(signer, Legonet.Run("inspect", model.Path).Succeeds().Output, StringComparison.Ordinal);
    }

    [Fact]
    public void SigningKey_Elsewhere_IsUsedThere()
    {
        using var folder = new TempFolder();
        folder.Write("points.csv", Points.Csv(TrainedModels.Drawn));
        var (model, key) = (folder["model"], folder["keys/signing.pem"]);
        Legonet.Run("train", folder.Write("spec.json", Points.Spec()), "--out", model, "--signing-key", key).Succeeds();
        Assert.True(File.Exists(key) && !File.Exists(model + ".signing.pem"));
        Assert.Contains("signing key is missing", Legonet.Refuses(3, "forget", model, "--subject", "s7"), StringComparison.Ordinal);
        Legonet.Run("forget", model, "--subject", "s7", "--signing-key", key).Succeeds();
        Legonet.Run("verify", model, "--public-key", model + ".signing.pub.pem").Succeeds();
    }
}
