using LegoNet.Cli.Tests.Support;

namespace LegoNet.Cli.Tests.Commands;

public sealed class ForgetCommandTests(TrainedModels models)
{
    private static int Owned(string subject) => TrainedModels.Drawn.Count(p => p.Subject == subject);

    [Fact]
    public void Receipt_ThatCannotBeWrittenAfterTheChange_IsShownAndTheChangeIsNoFailure()
    {
        Assert.SkipUnless(File.Exists("/dev/full"), "needs a device that is always full");
        using var model = models.CopyPoints();
        var receipt = model.Folder["receipt.json"];
        File.CreateSymbolicLink(receipt, "/dev/full");
        var run = Legonet.Run("forget", model.Path, "--subject", "s7", "--receipt", receipt).Succeeds();
        Assert.Contains("its receipt could not be written", run.Error, StringComparison.Ordinal);
        Assert.Contains("\"signature\": ", run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("receipt in", run.Output, StringComparison.Ordinal);
        Assert.Contains("Nothing is held", Legonet.Run("inspect", model.Path, "--subject", "s7").Succeeds().Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Forget_Subject_EqualsTrainingWithoutThem()
    {
        using var model = models.CopyPoints();
        using var folder = new TempFolder();
        var never = Points.Train(folder, "never", TrainedModels.Drawn.Where(p => p.Subject != "s7"), key: model.Key);

        var receipt = Legonet.Run("forget", model.Path, "--subject", "s7", "--receipt", folder["receipt.json"], "--json").Succeeds().Json;

        Tree.AssertSameModel(never, model.Path);
        Assert.Equal(Owned("s7"), (int)receipt["records"]!);
        var written = File.ReadAllText(folder["receipt.json"]);
        Assert.Contains("howToVerify", written, StringComparison.Ordinal);
        Assert.DoesNotContain("s7\"", written, StringComparison.Ordinal);
    }

    [Fact]
    public void Forget_RecordsAndSubjectsOfAFile_EqualsTrainExclude()
    {
        using var folder = new TempFolder();
        var data = folder.Write("points.csv", Points.Csv(TrainedModels.Drawn));
        var spec = folder.Write("spec.json", Points.Spec());
        var (model, never, key) = (folder["model"], folder["never"], folder["one.key"]);
        var one = TrainedModels.Drawn[11];
        var file = folder.Write("who.txt", $"s1\n\ns2\n{one.Subject}\t{one.Id}\n");

        Legonet.Run("train", spec, "--out", model, "--key", key).Succeeds();
        Legonet.Run("forget", model, "--file", file, "--key", key).Succeeds();
        Legonet.Run("train", spec, "--out", never, "--key", key, "--exclude", file).Succeeds();

        Tree.AssertSameModel(never, model);
        Assert.NotEmpty(data);
    }

    [Fact]
    public void Forget_LineThatStartsWithAHash_IsARequestLikeAnyOther()
    {
        using var folder = new TempFolder();
        var points = TrainedModels.Drawn.Select((p, i) => i == 5 ? p with { Subject = "#4711" } : p);
        var model = Points.Train(folder, "model", points);
        var file = folder.Write("who.txt", "#4711\ns7\n");

        Assert.Equal(Owned("s7") + 1, (int)Legonet.Run("forget", model, "--file", file, "--json").Succeeds().Json["records"]!);

        Assert.Contains("Nothing is held", Legonet.Run("inspect", model, "--subject", "#4711").Succeeds().Output, StringComparison.Ordinal);
        file = folder.Write("who.txt", "#4712\ns8\n");
        Assert.Contains("who.txt: line 1: ", Legonet.Refuses(3, "forget", model, "--file", file), StringComparison.Ordinal);
    }

    [Fact]
    public void Forget_Everybody_LeavesAModelThatAnswersByItsPrior()
    {
        using var model = models.CopyPoints();
        var file = model.Folder.Write("who.txt", string.Concat(TrainedModels.Drawn.Select(p => p.Subject).Distinct().Select(s => s + "\n")));
        var data = model.Folder.Write("two.csv", Points.Csv(TrainedModels.Drawn[..2]));

        Legonet.Run("forget", model.Path, "--file", file).Succeeds();
        Legonet.Run("score", model.Path, "--data", data, "--out", model.Folder["scores.csv"]).Succeeds();

        Assert.True((bool)Legonet.Run("verify", model.Path, "--json").Succeeds().Json["exact"]!);
        Assert.All(
            File.ReadAllLines(model.Folder["scores.csv"])[1..],
            line => Assert.EndsWith(",red,-0.13862943611198905,0.25", line, StringComparison.Ordinal));
    }

    [Fact]
    public void Forget_DryRun_ForecastsWhatThenHappensAndChangesNothing()
    {
        using var model = models.CopyPoints();
        var before = Tree.Read(model.Path);

        var forecast = Legonet.Run("forget", model.Path, "--subject", "s7", "--dry-run", "--json").Succeeds().Json;

        Assert.Equal(before, Tree.Read(model.Path));
        var receipt = Legonet.Run("forget", model.Path, "--subject", "s7", "--json").Succeeds().Json;
        Assert.Equal((int)receipt["records"]!, (int)forecast["records"]!);
        Assert.Equal(receipt["adapters"]!.AsArray().Select(a => (int)a!["number"]!), forecast["adapters"]!.AsArray().Select(a => (int)a!));
        Assert.True((long)forecast["rows"]! >= Owned("s7"));
        Assert.True((double)forecast["seconds"]! >= 0);
    }

    [Fact]
    public void Forget_UnknownSubject_IsRefused()
    {
        using var model = models.CopyPoints();
        var message = model.Refuses(3, "forget", model.Path, "--subject", "nobody-known");
        Assert.Contains("subject", message, StringComparison.Ordinal);
        Assert.DoesNotContain("nobody-known", message, StringComparison.Ordinal);
        model.Refuses(3, "forget", model.Path, "--subject", "nobody-known", "--dry-run");
    }

    [Fact]
    public void Forget_SubjectTwice_IsAUsageError()
    {
        using var model = models.CopyPoints();
        Assert.Contains("--subject", model.Refuses(2, "forget", model.Path, "--subject", "s1", "--subject", "s2"), StringComparison.Ordinal);
        Assert.Contains("--label", model.Refuses(2, "correct", model.Path, "--subject", "s1", "--label", "a", "--label", "b"), StringComparison.Ordinal);
    }

    [Fact]
    public void Forget_UnknownRecordOfKnownSubject_IsRefused()
    {
        using var model = models.CopyPoints();
        Assert.Contains("record", model.Refuses(3, "forget", model.Path, "--subject", "s7", "--id", "no-such-id"), StringComparison.Ordinal);
    }

    [Fact]
    public void Forget_FileWithUnknownSubject_NamesTheLineAndForgetsNobodyUnlessIgnored()
    {
        using var model = models.CopyPoints();
        var file = model.Folder.Write("who.txt", "s7\nnobody\n");

        Assert.Contains("who.txt: line 2", model.Refuses(3, "forget", model.Path, "--file", file), StringComparison.Ordinal);
        Assert.Equal(Owned("s7"), (int)Legonet.Run("forget", model.Path, "--file", file, "--ignore-unknown", "--json").Succeeds().Json["records"]!);

        // Asked again, it is the same forget, and its receipt.
        var again = Legonet.Run("forget", model.Path, "--file", file, "--ignore-unknown", "--json").Succeeds().Json;
        Assert.True((bool)again["madeAgain"]!);
        Assert.Contains("line 1", model.Refuses(3, "forget", model.Path, "--file", file), StringComparison.Ordinal);
        var nobody = model.Folder.Write("nobody.txt", "nobody\n");
        Assert.Contains("Nothing to do", Legonet.Run("forget", model.Path, "--file", nobody, "--ignore-unknown").Succeeds().Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Forget_AskedAgainWithTheSameReceiptFile_KeepsTheFirstReceipt()
    {
        using var model = models.CopyPoints();
        var receipt = model.Folder["receipt.json"];
        Legonet.Run("forget", model.Path, "--subject", "s7", "--receipt", receipt).Succeeds();
        var first = File.ReadAllBytes(receipt);
        var again = Legonet.Run("forget", model.Path, "--subject", "s7", "--receipt", receipt).Succeeds();
        Assert.Contains("first receipt, which says more, so it was left as it is", again.Error, StringComparison.Ordinal);
        Assert.Equal(first, File.ReadAllBytes(receipt));
        var other = model.Folder["other.json"];
        Legonet.Run("forget", model.Path, "--subject", "s7", "--receipt", other).Succeeds();
        Assert.True((bool)System.Text.Json.Nodes.JsonNode.Parse(File.ReadAllText(other))!["madeAgain"]!);
    }

    [Theory]
    [InlineData("s7\n\ts\n", "who.txt: line 2")]
    [InlineData("s7\ta\tb\n", "who.txt: line 1")]
    [InlineData("# nobody\n\n", "who.txt")]
    [InlineData("", "who.txt")]
    public void Forget_MalformedFile_NamesTheLine(string content, string named)
    {
        using var model = models.CopyPoints();
        Assert.Contains(named, model.Refuses(3, "forget", model.Path, "--file", model.Folder.Write("who.txt", content)), StringComparison.Ordinal);
    }

    [Fact]
    public void Forget_MissingFile_NamesIt()
    {
        using var model = models.CopyPoints();
        Assert.Contains("nowhere.txt", model.Refuses(3, "forget", model.Path, "--file", model.Folder["nowhere.txt"]), StringComparison.Ordinal);
    }

    [Fact]
    public void Forget_WithAnotherKeyFile_IsRefused()
    {
        using var model = models.CopyPoints();
        var key = model.Folder.Write("other.key", new string('0', 64));
        Assert.Contains("other.key", model.Refuses(3, "forget", model.Path, "--subject", "s7", "--key", key), StringComparison.Ordinal);
    }

    [Fact]
    public void Forget_OnAFileInPlaceOfAModel_IsRefused()
    {
        using var folder = new TempFolder();
        var file = folder.Write("model", "no model");
        Assert.Contains(file, Legonet.Refuses(3, "forget", file, "--subject", "s7"), StringComparison.Ordinal);
    }

    [Fact]
    public void DryRun_InAProcessOfItsOwn_ForecastsWhatSuchACommandTakes()
    {
        // Of the order of magnitude: a machine that runs tests is not quiet enough for more. It used to be 30 to 300 times too little.
        using var model = models.CopyPoints();
        var forecast = (double)Legonet.Run("forget", model.Path, "--subject", "s7", "--dry-run", "--json").Succeeds().Json["seconds"]!;
        var typical = (double)Legonet.Run("inspect", model.Path, "--json").Succeeds().Json["forgetSeconds"]!;
        var taken = (double)Legonet.Run("forget", model.Path, "--subject", "s7", "--json").Succeeds().Json["seconds"]!;
        Assert.InRange(forecast, taken / 10, taken * 10);
        Assert.InRange(typical, taken / 10, taken * 10);
    }
}
