using System.Text.Json.Nodes;
using LegoNet.Cli.Tests.Support;

namespace LegoNet.Cli.Tests.Commands;

public sealed class CheckCommandTests(TrainedModels models)
{
    [Fact]
    public void Check_DecoyUnderTheSameKeys_ShowsByModelAndByReceipt()
    {
        using var model = models.CopyPoints();
        var (receipt, proof, published) = (model.Folder["receipt.json"], model.Folder["proof.json"], model.Path + ".signing.pub.pem");
        var name = (string)Legonet.Run("forget", model.Path, "--subject", "s7", "--receipt", receipt, "--json").Succeeds().Json["head"]!["model"]!;

        // The operator keeps s7 in the model in use, and trains another without it for those who ask.
        model.Folder.Write("decoy.csv", Points.Csv(TrainedModels.Drawn.Where(p => p.Subject != "s7")));
        var decoy = model.Folder["decoy"];
        Legonet.Run(
            "train", model.Folder.Write("decoy.json", Points.Spec(data: "decoy.csv")), "--out", decoy, "--key", model.Key, "--signing-key",
            model.Path + ".signing.pem").Succeeds();
        Legonet.Run("prove", decoy, "--subject", "s7", "--out", proof, "--key", model.Key, "--signing-key", model.Path + ".signing.pem").Succeeds();

        var run = Legonet.Run("check", proof, "--key", published, "--json").Succeeds();
        var other = (string)run.Json["model"]!;
        Assert.Equal((other, 1), ((string)Legonet.Run("inspect", decoy, "--json").Json["name"]!, (int)run.Json["sequence"]!));
        Legonet.Run("check", proof, "--key", published, "--model", other.ToUpperInvariant()).Succeeds();
        Assert.Contains($"The proof is about model {other}, not about model {name}.", Fails("--model", name), StringComparison.Ordinal);
        Assert.Contains($"The receipt is about model {name}, and the proof is about model {other}.", Fails("--receipt", receipt), StringComparison.Ordinal);

        string Fails(params string[] more)
        {
            var failed = Legonet.Run(["check", proof, "--key", published, .. more]);
            Assert.Equal(4, failed.ExitCode);
            Assert.StartsWith("The proof of absence does not hold.", failed.Output, StringComparison.Ordinal);
            return failed.Output;
        }
    }

    [Fact]
    public void Check_MaxAge_RefusesAnOlderProof()
    {
        using var model = models.CopyPoints();
        var (proof, published) = (model.Folder["proof.json"], model.Path + ".signing.pub.pem");
        Legonet.Run("prove", model.Path, "--subject", "s7", "--out", proof).Succeeds();
        foreach (var age in (string[])["30d", "12h", "90m"])
        {
            Legonet.Run("check", proof, "--key", published, "--max-age", age).Succeeds();
        }

        var run = Legonet.Run("check", proof, "--key", published, "--max-age", "0d", "--json");
        Assert.Equal(4, run.ExitCode);
        Assert.False((bool)run.Json["holds"]!);
        Assert.Contains("longer ago than is accepted; ask for a new one", (string)run.Json["failures"]![0]!, StringComparison.Ordinal);
        Assert.Empty(run.Json["proven"]!.AsArray());
    }

    [Theory]
    [InlineData("--max-age must be a number of days, hours or minutes such as 30d, 12h or 90m, not \"a week\".", "--max-age", "a week")]
    [InlineData("not \"30\".", "--max-age", "30")]
    [InlineData("not \"-1d\".", "--max-age=-1d")]
    [InlineData("not \"999999999d\".", "--max-age", "999999999d")]
    [InlineData("--model must be 64 hexadecimal digits.", "--model", "mymodel")]
    public void Check_MalformedOption_IsUsageInOneLine(string problem, params string[] args)
    {
        var run = Legonet.Run(["check", "proof.json", "--key", "public.pem", .. args]);
        Assert.Equal(2, run.ExitCode);
        Assert.Contains(problem, run.Error.Split(Environment.NewLine)[0], StringComparison.Ordinal);
        Assert.Contains("Run `legonet check --help` for usage.", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Check_ReceiptOfOneRecord_SaysWhichAndThatOthersAreStored()
    {
        using var model = models.CopyPoints();
        var id = TrainedModels.Drawn.First(p => p.Subject == "s7").Id;
        var (receipt, proof, published) = (model.Folder["receipt.json"], model.Folder["proof.json"], model.Path + ".signing.pub.pem");
        var forgotten = Legonet.Run("forget", model.Path, "--subject", "s7", "--id", id, "--receipt", receipt, "--json").Succeeds().Json;
        Legonet.Run("prove", model.Path, "--subject", "s7", "--out", proof).Succeeds();
        var run = Legonet.Run("check", proof, "--key", published, "--receipt", receipt).Succeeds();
        Assert.StartsWith("The proof of presence holds.", run.Output, StringComparison.Ordinal);
        var record = ((string)forgotten["tags"]![0]!)[65..];
        Assert.Contains($"on 1 single record of this tag (record tag {record}), and not of all", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Check_StatementOfAnEarlierFormat_IsRefusedInASentence()
    {
        using var model = models.CopyPoints();
        var node = JsonNode.Parse(Legonet.Run("prove", model.Path, "--subject", "s7").Succeeds().Output)!;
        node["format"] = 1;
        Assert.Contains(
            "not a membership proof (it has format 1, and this version reads format 2)",
            Legonet.Refuses(3, "check", model.Folder.Write("old.json", node.ToJsonString()), "--key", model.Path + ".signing.pub.pem"),
            StringComparison.Ordinal);
    }
}
