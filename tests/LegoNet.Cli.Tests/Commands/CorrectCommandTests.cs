using LegoNet.Cli.Tests.Support;

namespace LegoNet.Cli.Tests.Commands;

public sealed class CorrectCommandTests(TrainedModels models)
{
    private static readonly Point s_first = TrainedModels.Drawn[0];

    private static string OtherLabel => s_first.Label == "blue" ? "red" : "blue";

    [Fact]
    public void Correct_Label_EqualsTrainingOnTheCorrectedRecord()
    {
        using var model = models.CopyPoints();
        using var folder = new TempFolder();
        var right = Points.Train(folder, "right", TrainedModels.Drawn.Select(p => p == s_first ? p with { Label = OtherLabel } : p), key: model.Key);

        var receipt = Legonet.Run("correct", model.Path, "--subject", s_first.Subject, "--id", s_first.Id, "--label", OtherLabel, "--json").Succeeds().Json;

        Tree.AssertSameModel(right, model.Path);
        Assert.Equal(1, (int)receipt["records"]!);
    }

    [Fact]
    public void Correct_ContentsFromASource_EqualsTrainingOnThem()
    {
        using var model = models.CopyPoints();
        using var folder = new TempFolder();
        Point[] moved = [.. TrainedModels.Drawn[..30].Select(p => p with { Values = [.. p.Values.Select(v => v + 0.75f)] })];
        var right = Points.Train(folder, "right", moved.Concat(TrainedModels.Drawn[30..]), key: model.Key);

        var receipt = Legonet.Run("correct", model.Path, "--data", folder.Write("moved.csv", Points.Csv(moved)), "--json").Succeeds().Json;

        Tree.AssertSameModel(right, model.Path);
        Assert.Equal(30, (int)receipt["records"]!);
    }

    [Fact]
    public void Correct_ToTheStoredLabel_ChangesNothing()
    {
        using var model = models.CopyPoints();
        var before = Tree.Read(model.Path);

        var run = Legonet.Run("correct", model.Path, "--subject", s_first.Subject, "--id", s_first.Id, "--label", s_first.Label).Succeeds();

        Assert.Contains("Nothing to do", run.Output, StringComparison.Ordinal);
        Assert.Equal(before, Tree.Read(model.Path));
    }

    [Fact]
    public void Correct_ToUnknownLabel_NamesIt()
    {
        using var model = models.CopyPoints();
        Assert.Contains(
            "\"purple\"",
            model.Refuses(3, "correct", model.Path, "--subject", s_first.Subject, "--id", s_first.Id, "--label", "purple"),
            StringComparison.Ordinal);
    }

    [Fact]
    public void Correct_UnknownRecord_IsRefused()
    {
        using var model = models.CopyPoints();
        Assert.Contains("stored", model.Refuses(3, "correct", model.Path, "--subject", "nobody", "--label", "red"), StringComparison.Ordinal);
        Assert.Contains(
            "stored",
            model.Refuses(3, "correct", model.Path, "--subject", s_first.Subject, "--id", "nothing", "--label", "red"),
            StringComparison.Ordinal);
    }

    [Fact]
    public void Correct_SourceWithUnknownRecord_NamesTheLine()
    {
        using var model = models.CopyPoints();
        var data = model.Folder.Write("more.csv", Points.Csv([s_first, .. Points.Draw(1, seed: 5)]));
        var message = model.Refuses(3, "correct", model.Path, "--data", data);
        Assert.Contains("more.csv", message, StringComparison.Ordinal);
        Assert.Contains("line 3", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Correct_EmptySource_IsRefused()
    {
        using var model = models.CopyPoints();
        var data = model.Folder.Write("more.csv", Points.Csv([s_first]).Split('\n')[0] + "\n");
        Assert.Contains("more.csv", model.Refuses(3, "correct", model.Path, "--data", data), StringComparison.Ordinal);
    }
}
