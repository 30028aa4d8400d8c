using LegoNet.Cli.Tests.Support;

namespace LegoNet.Cli.Tests;

/// <summary>Mistakes that would make an erasure quietly wrong are said aloud.</summary>
public sealed class SelectionTests(TrainedModels models)
{
    [Fact]
    public void Train_ExcludeLineThatMatchesNothing_IsRefusedAndLeavesNothing()
    {
        using var folder = new TempFolder();
        var points = Points.Draw(60);
        folder.Write("points.csv", Points.Csv(points));
        var spec = folder.Write("spec.json", Points.Spec());
        var exclude = folder.Write("who.txt", $"{points[0].Subject}\n#4711\n{points[0].Subject}\tno-such-record\n");

        var message = Legonet.Refuses(3, "train", spec, "--out", folder["model"], "--exclude", exclude);

        Assert.Contains("who.txt: line 2: matches no record of the source (nor does 1 other line);", message, StringComparison.Ordinal);
        Assert.Contains("--ignore-unknown", message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(folder["model"]) || Directory.Exists(folder["model.partial"]));
    }

    [Fact]
    public void Train_ExcludeLineThatMatchesNothing_IsNamedWhereThatIsAllowed()
    {
        using var folder = new TempFolder();
        var points = Points.Draw(60);
        folder.Write("points.csv", Points.Csv(points));
        var spec = folder.Write("spec.json", Points.Spec());
        var exclude = folder.Write("who.txt", $"{points[0].Subject}\nno-such-subject\n");

        var run = Legonet.Run("train", spec, "--out", folder["model"], "--exclude", exclude, "--ignore-unknown").Succeeds();

        var excluded = points.Count(p => p.Subject == points[0].Subject);
        Assert.Contains($"Excluded {excluded} record", run.Error, StringComparison.Ordinal);
        Assert.Contains("who.txt: line 2: matches no record", run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("line 1:", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Train_ExcludeSubjectAndRecordOfTheirs_TakesBothAsMatched()
    {
        using var folder = new TempFolder();
        var points = Points.Draw(60);
        folder.Write("points.csv", Points.Csv(points));
        var exclude = folder.Write("who.txt", $"{points[0].Subject}\n{points[0].Subject}\t{points[0].Id}\n");

        var run = Legonet.Run("train", folder.Write("spec.json", Points.Spec()), "--out", folder["model"], "--exclude", exclude).Succeeds();

        Assert.DoesNotContain("matches no record", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void VerifyData_ExcludeLineThatMatchesNothing_IsRefused()
    {
        using var model = models.CopyPoints();
        var data = model.Folder.Write("points.csv", Points.Csv(TrainedModels.Drawn));
        var who = model.Folder.Write("who.txt", TrainedModels.Drawn[0].Subject + "\n");
        var more = model.Folder.Write("more.txt", TrainedModels.Drawn[0].Subject + "\nnobody\n");
        Legonet.Run("forget", model.Path, "--file", who).Succeeds();

        var message = Legonet.Refuses(3, "verify", model.Path, "--data", data, "--exclude", more);
        Assert.Contains("more.txt: line 2: matches no record of the source;", message, StringComparison.Ordinal);
        var allowed = Legonet.Run("verify", model.Path, "--data", data, "--exclude", more, "--ignore-unknown").Succeeds();
        Assert.Contains("warning: " + more + ": line 2", allowed.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Add_SourceWithoutSubjects_SaysThatEveryRecordIsItsOwn()
    {
        using var model = models.CopyPoints();
        var lines = Points.Csv([.. Points.Draw(5).Select((p, i) => p with { Id = $"new-{i}" })]).Split('\n');
        model.Folder.Write("nobody.csv", string.Join('\n', lines).Replace("subject", "customer", StringComparison.Ordinal));
        model.Folder.Write(
            "nobody.json",
            """{ "type": "vectors", "path": "nobody.csv", "label": "label", "id": "id", "featuresFrom": "x1", "featuresTo": "x8" }""");
        model.Folder.Write("somebody.csv", Points.Csv([.. Points.Draw(5).Select((p, i) => p with { Id = $"other-{i}" })]));

        var nobody = Legonet.Run("add", model.Path, "--data", model.Folder["nobody.json"]);
        Assert.Contains("names no subjects", nobody.Succeeds().Error, StringComparison.Ordinal);
        var somebody = Legonet.Run("add", model.Path, "--data", model.Folder["somebody.csv"]);
        Assert.DoesNotContain("names no subjects", somebody.Succeeds().Error, StringComparison.Ordinal);
    }

    [Fact]
    public void VerifyData_ExcludedSubjectThatIsStillStored_FailsAndSaysSo()
    {
        using var model = models.CopyPoints();
        var data = model.Folder.Write("points.csv", Points.Csv(TrainedModels.Drawn));
        var exclude = model.Folder.Write("who.txt", TrainedModels.Drawn[0].Subject + "\n");

        var before = Legonet.Run("verify", model.Path, "--data", data, "--exclude", exclude);
        Assert.Equal(4, before.ExitCode);
        Assert.Contains("still stored", before.Output, StringComparison.Ordinal);

        Legonet.Run("forget", model.Path, "--file", exclude).Succeeds();
        Legonet.Run("verify", model.Path, "--data", data, "--exclude", exclude).Succeeds();
        var without = Legonet.Run("verify", model.Path, "--data", data);
        Assert.Equal(4, without.ExitCode);
        Assert.Contains("--exclude", without.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Rebuild_SpecWithAnotherEncoder_IsRefused()
    {
        using var model = models.CopyPoints();
        var spec = model.Folder.Write("other.json", Points.Spec().Replace("\"max\": ", "\"max\": 9", StringComparison.Ordinal));
        Assert.Contains("another encoder", model.Refuses(3, "rebuild", model.Path, "--spec", spec, "--out", model.Folder["rebuilt"]), StringComparison.Ordinal);
    }

    [Fact]
    public void Train_MisspelledMember_NamesWhatIsThere()
    {
        using var folder = new TempFolder();
        folder.Write("points.csv", Points.Csv(Points.Draw(20)));
        var spec = folder.Write("spec.json", Points.Spec().Replace("\"lambda\"", "\"lamda\"", StringComparison.Ordinal));
        Assert.Contains("\"lamda\"", Legonet.Refuses(3, "train", spec, "--out", folder["model"]), StringComparison.Ordinal);
    }
}
